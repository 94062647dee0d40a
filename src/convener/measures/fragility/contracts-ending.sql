-- name:    contracts-ending
-- asks:    Of the value of contracts in force on the day of the question, what share ends within
--          twelve months?
-- unit:    share of value, 0 to 1
-- source:  Own definition: how soon work in force can be contested again
-- grain:   service, area, period
-- needs:   awards
-- minimum: 5 contracts
-- varies:  framework
-- basis:   awards
with dated as (
    select service, area, period,
           cast(value as double)                          as value,
           ends_on,
           ends_on <= day + interval '12' month           as is_ending
    from running
)
select service, area, period,
       sum(case when is_ending then value else 0.0 end)
           / nullif(sum(case when ends_on is not null then value end), 0.0) as value,
       sum(case when ends_on is not null and value is not null then 1 else 0 end) as count,
       sum(case when is_ending then 1 else 0 end) as ending,
       count(*) as records
from dated
group by all
