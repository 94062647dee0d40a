-- name:    bids-per-tender
-- asks:    How many bids does a competitive tender draw, on average?
-- unit:    bids, mean
-- source:  Open Contracting Partnership, indicators of competition: tenderers per process
-- grain:   service, area, period
-- needs:   processes, bids, tenderers, suppliers
-- minimum: 10 tenders
select service, area, period,
       avg(bid_count)   as value,
       count(bid_count) as count,
       count(*)         as records
from open_tenders
group by all
