-- name:    identical-bid-prices
-- asks:    In what share of processes did different bidders give the same price?
-- unit:    share of processes that could be judged, 0 to 1
-- source:  Open Contracting Partnership, Cardinal indicator R028
-- grain:   service, area, period
-- needs:   bids, tenderers
-- minimum: 10 processes
-- event:   yes
select t.service, t.area, t.period,
       avg(cast(f.is_flagged as int))    as value,
       count(f.is_flagged)               as count,
       count(*)                          as records
from tenders t
left join flag_same_price f on f.process_key = t.process_key
group by all
