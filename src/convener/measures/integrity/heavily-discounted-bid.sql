-- name:    heavily-discounted-bid
-- asks:    In what share of processes does the winning bid lie unusually far under the next?
-- unit:    share of processes that could be judged, 0 to 1
-- source:  Open Contracting Partnership, Cardinal indicator R058
-- grain:   service, area, period
-- needs:   bids, tenderers, awards, suppliers
-- minimum: 10 processes
-- event:   yes
-- assumes: threshold -1, fewest 20
select t.service, t.area, t.period,
       avg(cast(f.is_flagged as int))    as value,
       count(f.is_flagged)               as count,
       count(*)                          as records,
       case when count(f.process_key) > 0 and count(f.is_flagged) = 0
            then 'no limit: too few values for a fence, or no spread in them'
       end                               as note
from tenders t
left join flag_deep_discount f on f.process_key = t.process_key
group by all
