-- name:    grown-share
-- asks:    What share of contracts are worth more now than when they were first published?
-- unit:    share of contracts, 0 to 1
-- source:  Open Contracting Partnership, Indicators to diagnose procurement: contract value after
--          amendments
-- grain:   service, area, period
-- needs:   contracts, releases
-- minimum: 10 contracts
-- event:   yes
select service, area, period,
       avg(case when first_amount is null or amount is null then null
                when amount > first_amount then 1.0 else 0.0 end)     as value,
       sum(case when first_amount is not null and amount is not null then 1 else 0 end) as count,
       count(*)                                                       as records
from contract_growth
group by all
