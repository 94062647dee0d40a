-- name: commonest_currency
-- note: one row a service: the one currency that its figures are in; amounts in others are never
--       added to it
-- keep: table
with met as (
    select service, currency from award_suppliers
    where getvariable('basis') = 'awards' and amount is not null and in_period(happened_on)
    union all
    select service, currency from payments_in_scope
    where getvariable('basis') = 'payments' and amount is not null
)
select service, currency
from met
group by service, currency
qualify row_number() over (partition by service order by count(*) desc, currency nulls last) = 1
