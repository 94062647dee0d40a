-- name:    cr1
-- asks:    What share of the market, by value, has its largest provider?
-- unit:    share of value, 0 to 1
-- source:  Curry and George (1983), Industrial concentration: a survey, Journal of Industrial
--          Economics 31(3)
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 2 records
-- varies:  framework, entity
with ranked as (
    select service, area, period, share,
           market_valued as used, market_records, not_positive,
           row_number() over (
               partition by service, area, period order by share desc nulls last
           ) as place_in_line
    from provider_shares
    where provider is not null
)
select service, area, period,
       sum(share) as value,
       cast(max(used) as bigint) as count,
       max(used) as used,
       max(market_records) as records,
       case when max(not_positive) > 0 then
            'providers whose net value is not positive take no share: '
            || cast(max(not_positive) as varchar) end as note
from ranked
where place_in_line <= 1
group by all
