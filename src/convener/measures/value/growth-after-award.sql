-- name:    growth-after-award
-- asks:    By how much of their first value have contracts grown since they were first published?
-- unit:    share of first value, 0 when unchanged
-- source:  Open Contracting Partnership, Indicators to diagnose procurement: contract value after
--          amendments
-- grain:   service, area, period
-- needs:   contracts, releases
-- minimum: 5 contracts
select service, area, period,
       (sum(cast(amount as double)) - sum(cast(first_amount as double)))
           / nullif(sum(cast(first_amount as double)), 0.0)           as value,
       sum(case when amount > first_amount then 1 else 0 end)         as grown,
       count(first_amount)                                            as count,
       count(*)                                                       as records
from contract_growth
group by all
