-- name:    dominated-areas
-- asks:    In which areas does one owner hold 30% of the market or more, and who is it?
-- unit:    share of the area, 0 to 1
-- source:  Care Act 2014 market oversight after the failure of Southern Cross (2011): 9% of homes
--          nationally, 30% in one region
-- grain:   service, area, period, place, provider_name
-- needs:   holdings
-- minimum: 3 records
-- varies:  framework
-- entity:  owner
-- assumes: hold 0.3, least 3
with judged as (
    select service, area, period, place, provider, place_records,
           coalesce(share, item_share) as held
    from local_shares
    where place <> 'unknown'
)
select j.service, j.area, j.period, j.place, n.provider_name,
       j.held                           as value,
       cast(j.place_records as bigint)  as count,
       j.place_records                  as records
from judged j
join provider_names n on n.provider = j.provider
cross join assumptions a
where j.held >= a.hold - 0.000000001 and j.place_records >= a.least
