-- name:    n-minus-1-in-rounds
-- asks:    If one owner stopped, and owners pressed too hard by those whom no spare place could
--          hold stopped in turn, what share of the market would be left unserved at worst?
-- unit:    share of the market, 0 to 1
-- source:  Motter and Lai, Cascade-based attacks on complex networks (2002), for owners and the
--          areas that they serve
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 2 records
-- varies:  framework
-- entity:  owner
-- assumes: spare 0.1, strain 0.5
with sized as (
    select service, area, period, place, provider, net, place_net,
           sum(net) over (partition by service, area, period, provider) as own_net
    from local_shares
    where net > 0
),
-- The stop itself: each owner in turn, and those whom no spare place in their area holds.
lost_first as (
    select service, area, period, place, provider as stop,
           greatest(net - spare * (place_net - net), 0.0) as unserved,
           nullif(place_net - net, 0.0)                   as rest
    from sized
    cross join assumptions
),
-- Nobody is pressed harder, over all its areas, than in its worst one.
pressing_first as (
    select *,
           max(unserved / rest) over (partition by service, area, period, stop) as hardest
    from lost_first
),
pressed_first as (
    select service, area, period, stop, provider,
           sum(unserved / rest * net) / max(own_net) as pressure
    from pressing_first
    join sized using (service, area, period, place)
    cross join assumptions
    where hardest > strain
    group by service, area, period, stop, provider
),
stopped_first as (
    select service, area, period, provider as stop, provider
    from sized
    union
    select service, area, period, stop, provider
    from pressed_first
    cross join assumptions
    where pressure > strain + 0.000000001
),
-- The same once more, now that several may have stopped in an area.
lost_second as (
    select service, area, period, place, stop,
           greatest(sum(net) - max(spare) * (max(place_net) - sum(net)), 0.0) as unserved,
           nullif(max(place_net) - sum(net), 0.0)                             as rest
    from stopped_first
    join sized using (service, area, period, provider)
    cross join assumptions
    group by service, area, period, place, stop
),
pressing_second as (
    select *,
           max(unserved / rest) over (partition by service, area, period, stop) as hardest
    from lost_second
),
pressed_second as (
    select service, area, period, stop, provider,
           sum(unserved / rest * net) / max(own_net) as pressure
    from pressing_second
    join sized using (service, area, period, place)
    cross join assumptions
    where hardest > strain
    group by service, area, period, stop, provider
),
stopped_second as (
    select service, area, period, stop, provider
    from stopped_first
    union
    select service, area, period, stop, provider
    from pressed_second
    cross join assumptions
    where pressure > strain + 0.000000001
),
lost_in_the_end as (
    select service, area, period, place, stop,
           greatest(sum(net) - max(spare) * (max(place_net) - sum(net)), 0.0) as unserved
    from stopped_second
    join sized using (service, area, period, provider)
    cross join assumptions
    group by service, area, period, place, stop
),
at_first as (
    select service, area, period, stop, sum(unserved) as at_first
    from lost_first
    group by service, area, period, stop
),
followers as (
    select service, area, period, stop, count(*) - 1 as followers
    from stopped_second
    group by service, area, period, stop
),
ended as (
    select service, area, period, stop, sum(unserved) as unserved
    from lost_in_the_end
    group by service, area, period, stop
),
ranked as (
    select *,
           row_number() over (
               partition by service, area, period order by unserved desc, stop
           ) as place_in_line
    from ended
),
markets as (
    select service, area, period, sum(net) as market_net
    from sized
    group by service, area, period
),
counted as (
    select service, area, period,
           cast(sum(case when provider is not null then valued else 0 end) as bigint) as used,
           sum(records)                                                    as records
    from provider_shares
    group by service, area, period
)
select service, area, period, provider_name as worst_to_lose,
       unserved / market_net as value,
       at_first / market_net as at_first,
       followers,
       used                  as count,
       records
from ranked
join at_first using (service, area, period, stop)
join followers using (service, area, period, stop)
join markets using (service, area, period)
join counted using (service, area, period)
join provider_names on provider = stop
where place_in_line = 1
