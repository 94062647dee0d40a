-- name:    bundling
-- asks:    What share of contracts is worth more than the middle provider of the service wins
--          in a year?
-- unit:    share of contracts, 0 to 1
-- source:  Procurement Act 2023, section 18; commissioning practice: size of contracts against
--          size of providers
-- grain:   service, area, period
-- needs:   awards, suppliers
-- minimum: 10 contracts
-- varies:  entity
-- basis:   awards
-- event:   no
with middles as (
    select service,
           percentile_cont(0.5) within group (order by income) as middle
    from yearly_incomes
    group by service
)
select p.service, p.area, p.period,
       avg(cast(p.price > m.middle as int)) as value,
       count(p.price)                       as count,
       count(*)                             as records
from award_prices p
left join middles m on m.service = p.service
group by all
