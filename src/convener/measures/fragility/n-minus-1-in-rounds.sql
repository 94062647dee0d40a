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
-- The stop itself: each owner in turn.
stopped_first as (
    select distinct service, area, period, provider as stop, provider
    from sized
),
lost_first as (
    select t.service, t.area, t.period, t.stop, s.place,
           greatest(sum(s.net) - max(a.spare) * (max(s.place_net) - sum(s.net)), 0.0) as unserved,
           max(s.place_net) - sum(s.net)                                             as rest
    from stopped_first t
    join sized s on s.service = t.service and s.area = t.area and s.period = t.period
        and s.provider = t.provider
    cross join assumptions a
    group by t.service, t.area, t.period, t.stop, s.place
),
-- Nobody is pressed harder, over all its areas, than in its worst one.
pressing_first as (
    select *,
           max(unserved / nullif(rest, 0.0)) over (
               partition by service, area, period, stop
           ) as hardest
    from lost_first
),
followed_first as (
    select p.service, p.area, p.period, p.stop, s.provider
    from pressing_first p
    join sized s on s.service = p.service and s.area = p.area and s.period = p.period
        and s.place = p.place
    left join stopped_first t on t.service = s.service and t.area = s.area
        and t.period = s.period and t.stop = p.stop and t.provider = s.provider
    cross join assumptions a
    where p.hardest > a.strain and t.stop is null
    group by p.service, p.area, p.period, p.stop, s.provider
    having sum(p.unserved / p.rest * s.net) / max(s.own_net) > max(a.strain) + 0.000000001
),
-- The first round of those who follow.
stopped_second as (
    select service, area, period, stop, provider from stopped_first
    union all
    select service, area, period, stop, provider from followed_first
),
lost_second as (
    select t.service, t.area, t.period, t.stop, s.place,
           greatest(sum(s.net) - max(a.spare) * (max(s.place_net) - sum(s.net)), 0.0) as unserved,
           max(s.place_net) - sum(s.net)                                             as rest
    from stopped_second t
    join sized s on s.service = t.service and s.area = t.area and s.period = t.period
        and s.provider = t.provider
    cross join assumptions a
    group by t.service, t.area, t.period, t.stop, s.place
),
pressing_second as (
    select *,
           max(unserved / nullif(rest, 0.0)) over (
               partition by service, area, period, stop
           ) as hardest
    from lost_second
),
followed_second as (
    select p.service, p.area, p.period, p.stop, s.provider
    from pressing_second p
    join sized s on s.service = p.service and s.area = p.area and s.period = p.period
        and s.place = p.place
    left join stopped_second t on t.service = s.service and t.area = s.area
        and t.period = s.period and t.stop = p.stop and t.provider = s.provider
    cross join assumptions a
    where p.hardest > a.strain and t.stop is null
    group by p.service, p.area, p.period, p.stop, s.provider
    having sum(p.unserved / p.rest * s.net) / max(s.own_net) > max(a.strain) + 0.000000001
),
-- The second, and last.
stopped_third as (
    select service, area, period, stop, provider from stopped_second
    union all
    select service, area, period, stop, provider from followed_second
),
lost_third as (
    select t.service, t.area, t.period, t.stop, s.place,
           greatest(sum(s.net) - max(a.spare) * (max(s.place_net) - sum(s.net)), 0.0) as unserved
    from stopped_third t
    join sized s on s.service = t.service and s.area = t.area and s.period = t.period
        and s.provider = t.provider
    cross join assumptions a
    group by t.service, t.area, t.period, t.stop, s.place
),
at_first as (
    select service, area, period, stop, sum(unserved) as unserved
    from lost_first
    group by service, area, period, stop
),
followers as (
    select service, area, period, stop, count(*) - 1 as owners
    from stopped_third
    group by service, area, period, stop
),
ended as (
    select service, area, period, stop, sum(unserved) as unserved
    from lost_third
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
select r.service, r.area, r.period, n.provider_name as worst_to_lose,
       r.unserved / m.market_net as value,
       b.unserved / m.market_net as at_first,
       f.owners                  as followers,
       c.used                    as count,
       c.records
from ranked r
join at_first b on b.service = r.service and b.area = r.area and b.period = r.period
    and b.stop = r.stop
join followers f on f.service = r.service and f.area = r.area and f.period = r.period
    and f.stop = r.stop
join markets m on m.service = r.service and m.area = r.area and m.period = r.period
join counted c on c.service = r.service and c.area = r.area and c.period = r.period
join provider_names n on n.provider = r.stop
where r.place_in_line = 1
