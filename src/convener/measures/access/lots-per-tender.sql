-- name:    lots-per-tender
-- asks:    Into how many lots is a tender divided, on average?
-- unit:    lots, mean
-- source:  Procurement Act 2023, section 18: duty to consider lots
-- grain:   service, area, period
-- needs:   processes, lots
-- minimum: 10 tenders
select service, area, period,
       avg(lot_count)   as value,
       count(lot_count) as count,
       count(*)         as records
from tenders
where not is_cancelled
group by all
