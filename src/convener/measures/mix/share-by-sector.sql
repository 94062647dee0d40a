-- name:    share-by-sector
-- asks:    What share of the places on a register does each sector hold, in the register's own words?
-- unit:    share of places of provision, 0 to 1
-- source:  Ofsted, Children's social care in England: statistics by sector
-- grain:   service, area, period, sector
-- needs:   provision
-- basis:   provision
-- minimum: 2 records
with sectors as (
    select service, area, period, coalesce(sector, 'not given') as sector,
           count(*)                      as sites,
           sum(quantity)                 as quantity
    from provision_in_scope
    group by service, area, period, coalesce(sector, 'not given')
),
totals as (
    select service, area, period,
           cast(sum(sites) as bigint)    as sites,
           sum(quantity)                 as quantity
    from sectors
    group by service, area, period
)
select s.service, s.area, s.period, s.sector,
       cast(s.sites as double) / t.sites as value,
       cast(s.sites as bigint)           as sites,
       s.quantity / t.quantity           as quantity_share,
       t.sites                           as count,
       t.sites                           as records
from sectors s
join totals t on t.service = s.service and t.area = s.area and t.period = s.period
