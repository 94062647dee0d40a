-- name:    areas-with-one-owner
-- asks:    In what share of areas are all viable providers of one owner, so that nobody there can
--          choose?
-- unit:    share of areas, 0 to 1
-- source:  Competition and Markets Authority, Care homes market study (2017): choice among local
--          homes of different owners
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 1 areas
-- entity:  owner
with owners as (
    select service, area, period, place,
           count(distinct case when is_viable then provider end) as owners
    from local_shares
    where place <> 'unknown'
    group by all
)
select service, area, period,
       avg(case when owners <= 1 then 1.0 else 0.0 end)       as value,
       sum(case when owners <= 1 then 1 else 0 end)           as areas_with_one,
       sum(case when owners <= 2 then 1 else 0 end)           as areas_with_two_or_fewer,
       count(*)                                               as count
from owners
group by all
