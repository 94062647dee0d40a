-- name:    days-to-bid
-- asks:    How many whole days is the middle competitive tender open for bids?
-- unit:    days, median
-- source:  Procurement Act 2023, time limits for tendering
-- grain:   service, area, period
-- needs:   processes
-- minimum: 10 tenders
select service, area, period,
       percentile_cont(0.5) within group (order by days_to_bid) as value,
       count(days_to_bid)                                       as count,
       count(*)                                                 as records
from open_tenders
group by all
