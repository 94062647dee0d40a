-- name: provision_events_in_scope
-- note: one row a place of provision or a joining or leaving in scope, of every day listed
-- keep: view
with chosen as (
    select label,
           case when getvariable('by_service') then service else 'all' end as service
    from label_services
    where level = getvariable('label_level')
      and (getvariable('services') is null or list_contains(getvariable('services'), service))
    group by all
),
described as (
    select p.*,
           coalesce(c.service, case when getvariable('by_service') then 'unknown' else 'all' end)
                                                                  as service_name,
           c.service is not null                                  as is_chosen,
           coalesce(l.place, r.place, as_area('unknown'))      as place,
           coalesce(
               r.region, nullif(l.region, as_area('unknown')), as_area('unknown')
           )                                                      as region_name
    from provision p
    left join chosen c on c.label = p.service
        and (getvariable('by_service') or getvariable('services') is not null)
    left join places l on l.raw = p.area
    left join places r on r.raw = p.region
    where getvariable('sources') is null or list_contains(getvariable('sources'), p.source)
)
select source,
       line,
       with_extras(service_name, cast(null as varchar), source) as service,
       area_of(place, region_name)                              as area,
       period_of(observed_on)                                   as period,
       place,
       region_name                                              as region,
       observed_on,
       service_name                                             as service_label,
       place_id,
       place_name,
       provider_key,
       sector,
       kind,
       quantity,
       unit,
       rating,
       opened_on,
       event
from described
where (getvariable('services') is null or is_chosen)
  and in_area(place, region_name)
  and in_period(observed_on)
