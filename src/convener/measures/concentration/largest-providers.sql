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
select service, area, period, provider_name, place_in_line,
       share                            as value,
       value                            as net_value,
       cast(market_valued as bigint)    as count,
       market_valued                    as used,
       market_records                   as records
from ranked
where place_in_line <= 20 and share is not null
