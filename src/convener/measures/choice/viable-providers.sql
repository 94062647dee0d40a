-- name:    viable-providers
-- asks:    How many viable providers of different owners has an area, on average?
-- unit:    number of owners in an area
-- source:  Competition and Markets Authority, Care homes market study (2017): choice among local
--          homes of different owners
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 1 areas
-- entity:  owner
-- assumes: least 0
with owners as (
    select service, area, period, place,
           count(distinct case when is_viable and item_share >= a.least
                               then provider end) as owners
    from local_shares
    cross join assumptions a
    where place <> 'unknown'
    group by all
)
select service, area, period,
       avg(cast(owners as double)) as value,
       min(owners)                 as fewest,
       max(owners)                 as most,
       count(*)                    as count
from owners
group by all
