-- name:    short-bid-periods
-- asks:    What share of competitive tenders is open for fewer days than the normal least?
-- unit:    share of tenders, 0 to 1
-- source:  Procurement Act 2023: 25 days where bids are electronic and all documents are
--          attached
-- grain:   service, area, period
-- needs:   processes
-- minimum: 10 tenders
-- event:   yes
-- assumes: days 25
select service, area, period,
       avg(cast(days_to_bid < days as int)) as value,
       count(days_to_bid)                   as count,
       count(*)                             as records
from open_tenders
cross join assumptions
group by all
