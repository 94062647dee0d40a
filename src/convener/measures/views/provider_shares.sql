-- name: provider_shares
-- note: one row a provider in a market, net: negative lines are taken off first, and a provider
--       whose net is not positive takes no share. Rows without a provider say what was left out
-- keep: table
with netted as (
    select service, area, period, provider,
           min(provider_name)        as provider_name,
           sum(value)                as value,
           sum(item_count)           as items,
           count(*)                  as records,
           count(value)              as valued
    from holdings
    group by all
),
kept as (
    select *,
           case when provider is not null and value > 0 then cast(value as double) end as net,
           case when provider is not null and items > 0 then items end                 as held
    from netted
)
select service, area, period, provider, provider_name, value, items, records, valued,
       net / sum(net) over market                                             as share,
       held / sum(held) over market                                           as item_share,
       sum(records) over market                                               as market_records,
       sum(case when provider is not null then valued else 0 end) over market as market_valued,
       sum(case when provider is not null then records else 0 end) over market as market_named,
       sum(case when provider is not null and value <= 0 then 1 else 0 end) over market
                                                                              as not_positive
from kept
window market as (partition by service, area, period)
