-- name:    all-but-winner-disqualified
-- asks:    In what share of processes was everyone but the winner disqualified?
-- unit:    share of processes that could be judged, 0 to 1
-- source:  Open Contracting Partnership, Cardinal indicator R035
-- grain:   service, area, period
-- needs:   bids, tenderers, awards, suppliers
-- minimum: 10 processes
-- event:   yes
-- assumes: disqualified 1
select t.service, t.area, t.period,
       avg(cast(f.is_flagged as int))    as value,
       count(f.is_flagged)               as count,
       count(*)                          as records
from tenders t
left join flag_sole_survivor f on f.process_key = t.process_key
group by all
