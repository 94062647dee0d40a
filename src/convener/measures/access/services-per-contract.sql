-- name:    services-per-contract
-- asks:    How many distinct services does one purchase bundle, on average?
-- unit:    classes of the common procurement vocabulary, mean
-- source:  commissioning practice: bundle factor, distinct services per contract
-- grain:   service, area, period
-- needs:   process_services
-- minimum: 10 processes
with classes as (
    select process_key, count(*) as classes
    from process_services
    where level = 'class'
    group by process_key
)
select t.service, t.area, t.period,
       avg(c.classes)   as value,
       count(c.classes) as count,
       count(*)         as records
from tenders t
left join classes c on c.process_key = t.process_key
group by all
