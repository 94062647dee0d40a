-- name:    largest-providers
-- asks:    Who are the twenty largest providers of the market, and what share has each?
-- unit:    share of value, 0 to 1
-- source:  Curry and George (1983), Industrial concentration: a survey, Journal of Industrial
--          Economics 31(3)
-- grain:   service, area, period, provider_name
-- needs:   holdings
-- minimum: 2 records
-- varies:  framework
with ranked as (
    select *,
           row_number() over (
               partition by service, area, period order by share desc nulls last, provider
           ) as place_in_line
    from provider_shares
    where provider is not null
)
select r.service, r.area, r.period, n.provider_name, r.place_in_line,
       r.share                          as value,
       r.value                          as net_value,
       cast(r.market_valued as bigint)  as count,
       r.market_valued                  as used,
       r.market_records                 as records
from ranked r
join provider_names n on n.provider = r.provider
where r.place_in_line <= 20 and r.share is not null
