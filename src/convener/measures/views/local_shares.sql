-- name: local_shares
-- note: as provider_shares, within each place of a market, so that local holds are not hidden
-- keep: table
with netted as (
    select service, area, period, place, provider,
           sum(value)                 as value,
           sum(item_count)            as items,
           count(*)                   as records,
           sum(case when is_valued then 1 else 0 end) as valued,
           bool_or(is_viable)         as is_viable
    from holdings
    where provider is not null
    group by service, area, period, place, provider
),
kept as (
    select *,
           case when value > 0 then cast(value as double) end as net,
           case when items > 0 then items end                 as held
    from netted
),
places as (
    select service, area, period, place,
           sum(net)     as net,
           sum(held)    as held,
           sum(records) as records
    from kept
    group by service, area, period, place
)
select k.service, k.area, k.period, k.place, k.provider, k.value, k.items, k.records, k.valued,
       k.is_viable,
       k.net,
       p.net           as place_net,
       p.records       as place_records,
       k.net / p.net   as share,
       k.held / p.held as item_share
from kept k
join places p
  on p.service = k.service and p.area = k.area and p.period = k.period and p.place = k.place
