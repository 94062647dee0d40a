-- name:    contract-size
-- asks:    What is the middle contract worth?
-- unit:    currency of most awards in scope, median
-- source:  commissioning practice: median value of contracts
-- grain:   service, area, period
-- needs:   awards
-- minimum: 10 contracts
-- basis:   awards
select service, area, period,
       percentile_cont(0.5) within group (order by price) as value,
       count(price)                                       as count,
       count(*)                                           as records
from award_prices
group by all
