-- name:    n-minus-1-by-provider
-- asks:    For each of the twenty providers hardest to replace: what share of its own work could
--          the rest not take up?
-- unit:    share of the provider's own size, 0 to 1
-- source:  Planning practice of electricity networks (N-1 security), applied to care homes after
--          Southern Cross (2011)
-- grain:   service, area, period, provider_name
-- needs:   holdings
-- minimum: 1 records
-- varies:  framework
-- entity:  owner
-- assumes: spare 0.1
with sized as (
    select service, area, period, place, provider, provider_name, valued,
           coalesce(net, 0.0)                                          as net,
           sum(net) over (partition by service, area, period, place)   as place_net
    from local_shares
),
lost as (
    select s.service, s.area, s.period, s.provider,
           min(s.provider_name)                                        as provider_name,
           sum(s.net)                                                  as net,
           sum(greatest(s.net - a.spare * (s.place_net - s.net), 0.0)) as left_over,
           count(distinct s.place)                                     as areas,
           cast(sum(s.valued) as bigint)                               as valued
    from sized s
    cross join assumptions a
    where s.net > 0
    group by s.service, s.area, s.period, s.provider
),
ranked as (
    select *,
           row_number() over (
               partition by service, area, period order by left_over desc, provider
           ) as place_in_line
    from lost
)
select service, area, period, provider_name,
       left_over / net as value,
       net             as size,
       left_over       as not_taken_up,
       areas,
       valued          as count
from ranked
where place_in_line <= 20
