-- name:    exposure
-- asks:    If one of the twenty largest providers stopped, what would stop with it: how much
--          value, and how many buyers, areas and records?
-- unit:    value in the currency or unit of the basis
-- source:  Care Act 2014 market oversight; National Audit Office on Carillion (HC 1002, 2018)
-- grain:   service, area, period, provider_name
-- needs:   holdings
-- minimum: 1 records
-- varies:  framework
with sized as (
    select service, area, period, provider,
           sum(value)             as net_value,
           sum(item_count)        as items,
           count(distinct buyer)  as buyers,
           count(distinct place)  as areas,
           count(*)               as records
    from holdings
    where provider is not null
    group by all
),
ranked as (
    select *,
           row_number() over (
               partition by service, area, period
               order by net_value desc nulls last, items desc, provider
           ) as place_in_line
    from sized
)
select r.service, r.area, r.period, n.provider_name,
       r.net_value  as value,
       r.items      as item_count,
       r.buyers,
       r.areas,
       r.records    as count
from ranked r
join provider_names n on n.provider = r.provider
where r.place_in_line <= 20
