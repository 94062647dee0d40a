-- name:    n-minus-1
-- asks:    If the provider that would be hardest to replace stopped, what share of the market
--          could the rest not take up, each adding a stated part of its own size in the same area?
-- unit:    share of the market, 0 to 1
-- source:  Planning practice of electricity networks (N-1 security), applied to care homes after
--          Southern Cross (2011)
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 2 records
-- varies:  framework
-- entity:  owner
-- assumes: spare 0.1
with sized as (
    select service, area, period, provider, net, place_net
    from local_shares
    where net > 0
),
lost as (
    select s.service, s.area, s.period, s.provider,
           sum(s.net)                                                      as net,
           sum(greatest(s.net - a.spare * (s.place_net - s.net), 0.0))     as left_over
    from sized s
    cross join assumptions a
    group by s.service, s.area, s.period, s.provider
),
markets as (
    select service, area, period,
           sum(net)       as market_net,
           max(left_over) as most
    from lost
    group by service, area, period
),
ranked as (
    select l.*, m.market_net,
           row_number() over (
               partition by l.service, l.area, l.period order by l.provider
           ) as place_in_line
    from lost l
    join markets m on m.service = l.service and m.area = l.area and m.period = l.period
        and m.most = l.left_over
),
counted as (
    select service, area, period,
           cast(sum(case when provider is not null then valued else 0 end) as bigint) as used,
           sum(records)                                                    as records
    from provider_shares
    group by all
)
select r.service, r.area, r.period, n.provider_name as hardest_to_replace,
       r.left_over / r.market_net  as value,
       r.net / r.market_net        as own_share,
       r.left_over / r.net         as share_of_its_own,
       c.used                      as count,
       c.records
from ranked r
join provider_names n on n.provider = r.provider
join counted c on c.service = r.service and c.area = r.area and c.period = r.period
where r.place_in_line = 1
