-- name:    excessive-unsuccessful-bids
-- asks:    What share of bidders bids often and hardly ever wins?
-- unit:    share of bidders that could be judged, 0 to 1
-- source:  Open Contracting Partnership, Cardinal indicator R025
-- grain:   service, area, period
-- needs:   bids, tenderers, awards, suppliers
-- minimum: 10 bidders
-- event:   yes
-- assumes: threshold -1, fewest 20
with bidding as (
    select distinct service, area, period, bidder
    from bids_in_scope
    where status = 'valid' and bidder is not null
)
select b.service, b.area, b.period,
       avg(cast(f.is_flagged as int))    as value,
       count(f.is_flagged)               as count,
       count(*)                          as records,
       case when count(f.bidder) > 0 and count(f.is_flagged) = 0
            then 'no limit: too few values for a fence, or no spread in them'
       end                               as note
from bidding b
left join flag_many_losses f on f.bidder = b.bidder
group by all
