-- name:    share-by-kind-by-count
-- asks:    What share of the market, by number of awards, payments or places, does each kind hold?
-- unit:    share of records, 0 to 1
-- source:  Design of balanced public service markets: shares by value and by count, with no ideal
--          mix
-- grain:   service, area, period, kind
-- needs:   holdings, organisations
-- minimum: 2 records
-- varies:  framework, kinds
with kinds as (
    select service, area, period, kind,
           sum(items)   as items,
           sum(records) as records,
           sum(case when items > 0 then records else 0 end) as used
    from kind_shares
    group by all
),
listed as (
    select service, area, period, kind, items from kinds
    union all
    select service, area, period, 'in-house', 0.0
    from kinds
    group by service, area, period
    having sum(case when kind = 'in-house' then 1 else 0 end) = 0
),
totals as (
    select service, area, period,
           sum(items)                                                    as items,
           coalesce(sum(case when kind = 'unknown' then items end), 0.0) as unknown_items,
           cast(sum(used) as bigint)                                     as used,
           sum(records)                                                  as records
    from kinds
    group by all
)
select l.service, l.area, l.period, l.kind,
       case when t.items > 0 then coalesce(l.items, 0.0) / t.items end   as value,
       case when t.items > 0 then coalesce(l.items, 0.0) / t.items end   as low,
       case when t.items > 0 then
            (coalesce(l.items, 0.0)
             + case when l.kind = 'unknown' then 0.0 else t.unknown_items end)
            / t.items end                                                as high,
       t.used                                                            as count,
       t.records                                                         as records
from listed l
join totals t on t.service = l.service and t.area = l.area and t.period = l.period
