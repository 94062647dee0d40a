-- name:    short-submission-period
-- asks:    In what share of processes was there less time to bid than the limit?
-- unit:    share of processes that could be judged, 0 to 1
-- source:  Open Contracting Partnership, Cardinal indicator R003
-- grain:   service, area, period
-- needs:   processes
-- minimum: 10 processes
-- event:   yes
-- assumes: days 15
select t.service, t.area, t.period,
       avg(cast(f.is_flagged as int))    as value,
       count(f.is_flagged)               as count,
       count(*)                          as records
from tenders t
left join flag_short_period f on f.process_key = t.process_key
group by all
