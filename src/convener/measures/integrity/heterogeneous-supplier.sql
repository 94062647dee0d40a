-- name:    heterogeneous-supplier
-- asks:    What share of suppliers wins items of unusually many different trades?
-- unit:    share of suppliers that could be judged, 0 to 1
-- source:  Open Contracting Partnership, Cardinal indicator R048
-- grain:   service, area, period
-- needs:   awards, suppliers, items
-- minimum: 10 suppliers
-- event:   yes
-- assumes: threshold -1, fewest 20, digits 2, awarded 20
with winning as (
    select distinct t.service, t.area, t.period, w.supplier
    from tenders t
    join sole_suppliers w on w.process_key = t.process_key
)
select w.service, w.area, w.period,
       avg(cast(f.is_flagged as int))    as value,
       count(f.is_flagged)               as count,
       count(*)                          as records,
       case when count(f.supplier) > 0 and count(f.is_flagged) = 0
            then 'no limit: too few values for a fence, or no spread in them'
       end                               as note
from winning w
left join flag_many_trades f on f.supplier = w.supplier
group by all
