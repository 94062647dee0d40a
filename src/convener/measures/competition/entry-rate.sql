-- name:    entry-rate
-- asks:    Of the providers there were one period earlier, how many are new now, as a share?
-- unit:    share of providers one period earlier, 0 or more
-- source:  commissioning practice: market health measures (entry, exit, churn)
-- grain:   service, area, period
-- needs:   awards, payments or provision
-- minimum: 10 providers one period earlier
-- varies:  entity
select service, area, period,
       cast(now - both_times as double) / nullif(before, 0) as value,
       before                                               as count,
       case when before = 0
            then 'no provider is known one period earlier; ask by period'
       end                            as note
from presence
