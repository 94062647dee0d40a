-- name:    lowest-bid-disqualified
-- asks:    In what share of processes was the lowest bid disqualified?
-- unit:    share of processes that could be judged, 0 to 1
-- source:  Open Contracting Partnership, Cardinal indicator R036
-- grain:   service, area, period
-- needs:   bids, awards
-- minimum: 10 processes
-- event:   yes
select t.service, t.area, t.period,
       avg(cast(f.is_flagged as int))    as value,
       count(f.is_flagged)               as count,
       count(*)                          as records
from tenders t
left join flag_lowest_put_out f on f.process_key = t.process_key
group by all
