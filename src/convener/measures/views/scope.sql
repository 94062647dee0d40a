-- name: scope
-- note: one row a process and service in scope; an ocid loaded twice counts once, as last
--       released. The publisher's prefix of an ocid stands for it: a million ocids weigh more
-- keep: table
with fitting as (
    select process_key, service
    from process_services
    where level = getvariable('level')
      and (getvariable('services') is null or list_contains(getvariable('services'), service))
),
chosen as (
    select process_key, service from fitting where getvariable('by_service')
    union all
    select distinct process_key, 'all' from fitting
    where not getvariable('by_service') and getvariable('services') is not null
),
described as (
    select p.process_key,
           p.ocid,
           p.source,
           coalesce(c.service, case when getvariable('by_service') then 'unknown' else 'all' end)
                                                   as service_name,
           c.service is not null                   as is_chosen,
           coalesce(l.place, as_area('unknown')) as place,
           coalesce(l.region, as_area('unknown')) as region,
           coalesce(p.region_is_buyers, false)     as area_is_buyers,
           coalesce(d.happened_on, day_of(coalesce(p.tender_ends_at, p.tender_starts_at)))
                                                   as happened_on,
           b.buyer,
           coalesce(b.buyer_name, p.buyer_name)    as buyer_name
    from processes p
    left join chosen c on c.process_key = p.process_key
    left join places l on l.raw = p.region
    left join buyers b on b.party_key = p.buyer_key
    left join process_facts d on d.process_key = p.process_key
    where (getvariable('sources') is null or list_contains(getvariable('sources'), p.source))
      and p.process_key not in (select process_key from superseded)
)
select process_key,
       left(ocid, 11)                                as ocid_prefix,
       source,
       with_extras(service_name, buyer_name, source) as service,
       area_of(place, region)                        as area,
       place,
       region,
       area_is_buyers,
       happened_on,
       buyer
from described
where (getvariable('services') is null or is_chosen)
  and in_area(place, region)
  and (getvariable('buyers') is null
       or list_contains(getvariable('buyers'), spelling_of(buyer_name)))
  and (getvariable('prefixes') is null
       or list_contains(getvariable('prefixes'), left(ocid, 11)))
  and (getvariable('without') is null or not list_contains(getvariable('without'), ocid))
