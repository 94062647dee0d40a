-- name:    single-bid
-- asks:    In what share of competitive processes did one tenderer bid?
-- unit:    share of processes that could be judged, 0 to 1
-- source:  Open Contracting Partnership, Cardinal indicator R018
-- grain:   service, area, period
-- needs:   processes, bids, tenderers, suppliers
-- minimum: 10 processes
-- event:   yes
select t.service, t.area, t.period,
       avg(cast(f.is_flagged as int))    as value,
       count(f.is_flagged)               as count,
       count(*)                          as records
from tenders t
left join flag_single_bid f on f.process_key = t.process_key
where t.is_competitive
group by all
