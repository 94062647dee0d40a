-- name:    area-dominance
-- asks:    In what share of areas does one owner hold 30% of the market or more?
-- unit:    share of areas, 0 to 1
-- source:  Care Act 2014 market oversight after the failure of Southern Cross (2011): 9% of homes
--          nationally, 30% in one region
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 1 areas
-- varies:  framework
-- entity:  owner
-- assumes: hold 0.3, least 3
with judged as (
    select service, area, period, place,
           max(coalesce(share, item_share)) as largest,
           max(place_records)               as records
    from local_shares
    where place <> 'unknown'
    group by all
)
select j.service, j.area, j.period,
       avg(case when j.records < a.least then null
                when j.largest >= a.hold - 0.000000001 then 1.0 else 0.0 end) as value,
       sum(case when j.records >= a.least then 1 else 0 end)                  as count,
       count(*)                                                               as records
from judged j
cross join assumptions a
group by all
