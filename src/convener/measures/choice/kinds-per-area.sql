-- name:    kinds-per-area
-- asks:    How many different kinds of provider has an area, on average?
-- unit:    number of kinds in an area
-- source:  Competition and Markets Authority, Care homes market study (2017): choice among local
--          homes of different owners
-- grain:   service, area, period
-- needs:   holdings, organisations
-- minimum: 1 areas
-- varies:  kinds
with kinds as (
    select service, area, period, place,
           count(distinct case when kind <> 'unknown' then kind end) as known,
           max(case when kind = 'unknown' then 1 else 0 end)         as has_unknown
    from holdings
    where place <> 'unknown' and is_viable
    group by all
)
select service, area, period,
       avg(case when known > 0 then cast(known as double) end)                  as value,
       avg(case when known > 0 then cast(known as double) else 1.0 end)         as low,
       avg(cast(least(known + has_unknown, 8) as double))                       as high,
       sum(case when known > 0 then 1 else 0 end)                               as count,
       count(*)                                                                 as records
from kinds
group by all
