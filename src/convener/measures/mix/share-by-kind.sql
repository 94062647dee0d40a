-- name:    share-by-kind
-- asks:    What share of the market, by value, does each kind of provider hold?
-- unit:    share of value, 0 to 1
-- source:  Design of balanced public service markets: shares by value and by count, with no ideal
--          mix
-- grain:   service, area, period, kind
-- needs:   holdings, organisations
-- minimum: 2 records
-- varies:  framework, kinds
with kinds as (
    select service, area, period, kind,
           sum(net)     as net,
           sum(valued)  as valued,
           sum(records) as records
    from kind_shares
    group by all
),
listed as (
    select service, area, period, kind, net, valued, records from kinds
    union all
    select service, area, period, 'in-house', cast(null as double), 0, 0
    from kinds
    group by service, area, period
    having sum(case when kind = 'in-house' then 1 else 0 end) = 0
),
totals as (
    select service, area, period,
           sum(net)                                              as net,
           coalesce(sum(case when kind = 'unknown' then net end), 0.0) as unknown_net,
           cast(sum(case when net > 0 then valued else 0 end) as bigint) as valued,
           sum(records)                                          as records
    from kinds
    group by all
)
select l.service, l.area, l.period, l.kind,
       case when t.net > 0 then coalesce(l.net, 0.0) / t.net end    as value,
       case when t.net > 0 then coalesce(l.net, 0.0) / t.net end    as low,
       case when t.net > 0 then
            (coalesce(l.net, 0.0) + case when l.kind = 'unknown' then 0.0 else t.unknown_net end)
            / t.net end                                             as high,
       l.net                                                        as held_value,
       t.valued                                                     as count,
       t.records                                                    as records
from listed l
join totals t on t.service = l.service and t.area = l.area and t.period = l.period
