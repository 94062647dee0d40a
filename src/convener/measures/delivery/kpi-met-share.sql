-- name:    kpi-met-share
-- asks:    What share of published ratings of contract indicators says that the target was met?
-- unit:    share of ratings, 0 to 1
-- source:  Procurement Act 2023, section 71 and the ratings of contract performance notices
-- grain:   service, area, period
-- needs:   contracts, metrics
-- minimum: 10 ratings
select service, area, period,
       cast(sum(is_met) as double) / nullif(sum(is_met) + sum(is_missed), 0) as value,
       cast(sum(is_met) as double) / nullif(sum(is_rated), 0)                as low,
       cast(sum(is_met) + sum(is_rated) - sum(is_met) - sum(is_missed) as double)
           / nullif(sum(is_rated), 0)                                        as high,
       cast(sum(is_met) + sum(is_missed) as int)                             as count,
       count(*)                                                              as records
from kpi_ratings
group by all
