-- name:    buyer-contagion
-- asks:    If one buyer stopped buying, and each provider with half or more of its value from
--          that buyer stopped with it, what share of what the other buyers spend would lose its
--          provider at worst?
-- unit:    share of the other buyers' value, 0 to 1
-- source:  Furfine, Interbank exposures: quantifying the risk of contagion (2003), for buyers and
--          providers in place of banks
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 2 buyers
-- varies:  framework, entity
-- basis:   awards, payments
-- assumes: half 0.5
with bought as (
    select service, area, period, buyer,
           max(buyer_net) as own_net,
           sum(case when share_of_provider >= a.half then provider_net - net else 0.0 end) as lost,
           sum(case when share_of_provider >= a.half then 1 else 0 end)               as providers
    from buyer_shares
    cross join assumptions a
    where net > 0
    group by service, area, period, buyer
),
markets as (
    select service, area, period,
           sum(own_net) as market_net,
           count(*)     as buyers
    from bought
    group by service, area, period
),
counted as (
    select service, area, period, count(distinct buyer) as records
    from buyer_shares
    group by service, area, period
),
told as (
    select b.service, b.area, b.period, b.buyer, b.own_net, b.providers, m.buyers,
           case when m.buyers > 1 then b.lost / nullif(m.market_net - b.own_net, 0.0) end as share
    from bought b
    join markets m on m.service = b.service and m.area = b.area and m.period = b.period
),
ranked as (
    select *,
           row_number() over (
               partition by service, area, period order by share desc, own_net desc, buyer
           ) as place_in_line
    from told
)
select r.service, r.area, r.period, n.buyer_name as worst_to_lose,
       r.share     as value,
       r.providers as dependent_providers,
       r.buyers    as count,
       c.records
from ranked r
join counted c on c.service = r.service and c.area = r.area and c.period = r.period
join buyer_names n on n.buyer = r.buyer
where r.place_in_line = 1
