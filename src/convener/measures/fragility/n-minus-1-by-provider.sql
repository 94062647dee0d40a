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
    select service, area, period, place, provider, valued, net, place_net
    from local_shares
    where net > 0
),
lost as (
    select s.service, s.area, s.period, s.provider,
           sum(s.net)                                                  as net,
           sum(greatest(s.net - a.spare * (s.place_net - s.net), 0.0)) as left_over,
           count(distinct s.place)                                     as areas,
           cast(sum(s.valued) as bigint)                               as valued
    from sized s
    cross join assumptions a
    group by s.service, s.area, s.period, s.provider
),
ranked as (
    select *,
           row_number() over (
               partition by service, area, period order by left_over desc, provider
           ) as place_in_line
    from lost
)
select r.service, r.area, r.period, n.provider_name,
       r.left_over / r.net as value,
       r.net               as size,
       r.left_over         as not_taken_up,
       r.areas,
       r.valued            as count
from ranked r
join provider_names n on n.provider = r.provider
where r.place_in_line <= 20
