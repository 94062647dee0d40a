-- name: payments_in_scope
-- note: one row a payment line and service in scope. Which services it is of follows from its own
--       words: the files of one source have the same numbers of lines
-- keep: table
with chosen as (
    select label,
           case when getvariable('by_service') then service else 'all' end as service
    from label_services
    where level = getvariable('label_level')
      and (getvariable('services') is null or list_contains(getvariable('services'), service))
    group by all
),
labelled as (
    select service as written, purpose, service as label from payments
    where service is not null
    union
    select service, purpose, purpose from payments
    where purpose is not null and getvariable('label_level') = 'bundle'
),
served as (
    select l.written, l.purpose, c.service
    from labelled l
    join chosen c on c.label = l.label
    where getvariable('by_service') or getvariable('services') is not null
    group by all
),
described as (
    select p.*,
           coalesce(c.service, case when getvariable('by_service') then 'unknown' else 'all' end)
                                                      as service_name,
           c.service is not null                      as is_chosen,
           coalesce(l.place, as_area('unknown'))   as place,
           coalesce(l.region, as_area('unknown'))  as region,
           b.buyer,
           coalesce(b.buyer_name, p.buyer_name)       as buyer_label
    from payments p
    left join served c on c.written is not distinct from p.service
        and c.purpose is not distinct from p.purpose
    left join places l on l.raw = p.area
    left join buyers b on b.party_key = p.buyer_key
    where getvariable('basis') = 'payments'
      and (getvariable('sources') is null or list_contains(getvariable('sources'), p.source))
)
select source,
       line,
       with_extras(service_name, buyer_label, source) as service,
       area_of(place, region)                         as area,
       period_of(paid_on)                             as period,
       place,
       region,
       coalesce(area_is_buyers, false)                as area_is_buyers,
       buyer,
       buyer_label                                    as buyer_name,
       paid_on,
       amount,
       currency,
       payee_key,
       payee_kind,
       payee_scale,
       payee_withheld,
       purpose
from described
where (getvariable('services') is null or is_chosen)
  and in_area(place, region)
  and in_period(paid_on)
  and (getvariable('buyers') is null
       or list_contains(getvariable('buyers'), spelling_of(buyer_label)))
