-- name:    effective-number-of-providers
-- asks:    Of how many providers, were they equal in value, would the market consist?
-- unit:    number of equal providers, 1 or more
-- source:  Adelman (1969), Comment on the H concentration measure as a numbers equivalent, Review
--          of Economics and Statistics 51(1)
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 2 records
-- varies:  framework, entity
select service, area, period,
       1.0 / sum(share * share) as value,
       cast(max(market_valued) as bigint) as count,
       max(market_valued) as used,
       max(market_records) as records,
       case when max(not_positive) > 0 then
            'providers whose net value is not positive take no share: '
            || cast(max(not_positive) as varchar) end as note
from provider_shares
where provider is not null
group by all
