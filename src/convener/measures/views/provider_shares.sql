-- name: provider_shares
-- note: one row a provider in a market, net: negative lines are taken off first, and a provider
--       whose net is not positive takes no share. Rows without a provider say what was left out
-- keep: table
with netted as (
    select service, area, period, provider,
           sum(value)                as value,
           sum(item_count)           as items,
           count(*)                  as records,
           sum(case when is_valued then 1 else 0 end) as valued
    from holdings
    group by service, area, period, provider
),
kept as (
    select *,
           case when provider is not null and value > 0 then cast(value as double) end as net,
           case when provider is not null and items > 0 then items end                 as held
    from netted
),
markets as (
    select service, area, period,
           sum(net)                                                     as net,
           sum(held)                                                    as held,
           sum(records)                                                 as records,
           sum(case when provider is not null then valued else 0 end)   as valued,
           sum(case when provider is not null then records else 0 end)  as named,
           sum(case when provider is not null and value <= 0 then 1 else 0 end) as not_positive
    from kept
    group by service, area, period
)
select k.service, k.area, k.period, k.provider, k.value, k.items, k.records, k.valued,
       k.net / m.net      as share,
       k.held / m.held    as item_share,
       m.records          as market_records,
       m.valued           as market_valued,
       m.named            as market_named,
       m.not_positive
from kept k
join markets m on m.service = k.service and m.area = k.area and m.period = k.period
