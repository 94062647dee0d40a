-- name: buyer_shares
-- note: one row a provider and a buyer in a market, net, with how much each is of the other
-- keep: table
with netted as (
    select service, area, period, buyer, provider,
           sum(value)               as value,
           sum(case when is_valued then 1 else 0 end) as valued
    from holdings
    where provider is not null and buyer is not null
    group by all
),
kept as (
    select *, case when value > 0 then cast(value as double) end as net
    from netted
)
select service, area, period, buyer, provider, value, net, valued,
       net / sum(net) over (partition by service, area, period, buyer)     as share_of_buyer,
       net / sum(net) over (partition by service, area, period, provider)  as share_of_provider,
       sum(net) over (partition by service, area, period, buyer)               as buyer_net,
       sum(net) over (partition by service, area, period, provider)            as provider_net,
       sum(valued) over (partition by service, area, period, buyer)            as buyer_valued,
       sum(valued) over (partition by service, area, period, provider)         as provider_valued
from kept
