-- name:    excessive-disqualified-bids-by-procuring-entity
-- asks:    For what share of procuring entities is an unusually large share of bids
--          disqualified?
-- unit:    share of procuring entities that could be judged, 0 to 1
-- source:  Open Contracting Partnership, Cardinal indicator R038
-- grain:   service, area, period
-- needs:   bids, tenderers, parties
-- minimum: 10 procuring entities
-- event:   yes
-- assumes: threshold -1, fewest 20, bids 2, processes 2
with present as (
    select distinct t.service, t.area, t.period, s.organisation
    from tenders t
    join bid_sides s on s.process_key = t.process_key
    where s.side = 'procuring-entity'
)
select p.service, p.area, p.period,
       avg(cast(f.is_flagged as int))    as value,
       count(f.is_flagged)               as count,
       count(*)                          as records,
       case when count(f.organisation) > 0 and count(f.is_flagged) = 0
            then 'no limit: too few values for a fence, or no spread in them'
       end                               as note
from present p
left join flag_many_put_out f on f.organisation = p.organisation and f.side = 'procuring-entity'
group by all
