-- name:    share-with-lots
-- asks:    What share of tenders is divided into two lots or more?
-- unit:    share of tenders, 0 to 1
-- source:  Procurement Act 2023, section 18: duty to consider lots
-- grain:   service, area, period
-- needs:   processes, lots
-- minimum: 10 tenders
-- event:   yes
select service, area, period,
       avg(cast(lot_count >= 2 as int)) as value,
       count(lot_count)                 as count,
       count(*)                         as records
from tenders
where not is_cancelled
group by all
