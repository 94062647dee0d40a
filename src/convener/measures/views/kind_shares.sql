-- name: kind_shares
-- note: one row an organisation in a market, net, with its kind, size and whether it is a charity,
--       social enterprise or mutual
-- keep: table
with netted as (
    select service, area, period, organisation_key, provider, kind, scale,
           case when kind in ('charity', 'social-enterprise', 'mutual') then true
                when is_vcse then true
                when kind not in ('unknown', 'joint-venture') then false
           end                        as is_vcse,
           case when provider is not null or getvariable('basis') <> 'awards'
                then sum(value) end   as value,
           case when provider is not null or getvariable('basis') <> 'awards'
                then sum(item_count) end as items,
           count(*)                   as records,
           count(value)               as valued
    from holdings
    group by all
)
select *,
       case when value > 0 then cast(value as double) end as net
from netted
