-- name:    hhi
-- asks:    How concentrated is the market, by value? The sum of squared percentage shares of its
--          providers.
-- unit:    index, 0 to 10,000
-- source:  US Department of Justice and Federal Trade Commission, Merger Guidelines (2023), 2.1
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 2 records
-- varies:  framework, entity
select service, area, period,
       10000.0 * sum(share * share) as value,
       cast(max(market_valued) as bigint) as count,
       max(market_valued) as used,
       max(market_records) as records,
       case when max(not_positive) > 0 then
            'providers whose net value is not positive take no share: '
            || cast(max(not_positive) as varchar) end as note
from provider_shares
where provider is not null
group by all
