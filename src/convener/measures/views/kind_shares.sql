-- name: kind_shares
-- note: one row a provider and kind in a market, net, with its size and whether it is a charity,
--       social enterprise or mutual. An award that names nobody has no kind, so it takes no share
-- keep: table
with marked as (
    select service, area, period, provider, kind, scale, value, item_count, is_valued,
           case when kind in ('charity', 'social-enterprise', 'mutual') then true
                when is_vcse then true
                when kind not in ('unknown', 'joint-venture') then false
           end                                                            as has_mission,
           provider is not null or getvariable('basis') <> 'awards'       as is_usable
    from holdings
),
netted as (
    select service, area, period, provider, kind, scale, has_mission as is_vcse,
           sum(case when is_usable then value end)                        as value,
           sum(case when is_usable then item_count end)                   as items,
           count(*)                                                       as records,
           sum(case when is_usable and is_valued then 1 else 0 end)       as valued
    from marked
    group by service, area, period, provider, kind, scale, has_mission
)
select *,
       case when value > 0 then cast(value as double) end as net
from netted
