-- name:    award-against-estimate
-- asks:    How large is what was awarded beside what was expected before: the middle ratio?
-- unit:    ratio of awarded to expected value, 1 when equal
-- source:  Flyvbjerg, Holm and Buhl (2002), Underestimating costs in public works projects,
--          Journal of the American Planning Association 68(3): actual over estimate
-- grain:   service, area, period
-- needs:   awards, processes
-- minimum: 10 processes
with ratios as (
    select service, area, period,
           cast(awarded as double) / cast(expected as double) as ratio
    from estimates
)
select service, area, period,
       percentile_cont(0.5) within group (order by ratio) as value,
       count(ratio)                                       as count,
       count(*)                                           as records
from ratios
group by all
