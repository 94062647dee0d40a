-- name:    over-estimate-share
-- asks:    In what share of processes was more awarded than was expected before?
-- unit:    share of processes, 0 to 1
-- source:  Flyvbjerg, Holm and Buhl (2002), Underestimating costs in public works projects,
--          Journal of the American Planning Association 68(3): actual over estimate
-- grain:   service, area, period
-- needs:   awards, processes
-- minimum: 10 processes
-- event:   yes
select service, area, period,
       avg(case when awarded is null or expected is null then null
                when awarded > expected then 1.0 else 0.0 end)                     as value,
       sum(case when awarded is not null and expected is not null then 1 else 0 end) as count,
       count(*)                                                                    as records
from estimates
group by all
