-- name: local_shares
-- note: as provider_shares, within each place of a market, so that local holds are not hidden
-- keep: table
with netted as (
    select service, area, period, place, provider,
           min(provider_name)         as provider_name,
           sum(value)                 as value,
           sum(item_count)            as items,
           count(*)                   as records,
           count(value)               as valued,
           bool_or(is_viable)         as is_viable
    from holdings
    where provider is not null
    group by all
),
kept as (
    select *,
           case when value > 0 then cast(value as double) end as net,
           case when items > 0 then items end                 as held
    from netted
)
select service, area, period, place, provider, provider_name, value, items, records, valued,
       is_viable, net,
       net / sum(net) over here   as share,
       held / sum(held) over here as item_share
from kept
window here as (partition by service, area, period, place)
