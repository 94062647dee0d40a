-- name: commonest_currency
-- note: the one currency that figures are in; amounts in others are never added to it
-- keep: table
with met as (
    select currency from award_suppliers_in_scope
    where getvariable('basis') = 'awards' and amount is not null
    union all
    select currency from payments_in_scope
    where getvariable('basis') = 'payments' and amount is not null
)
select currency
from met
group by currency
order by count(*) desc, currency nulls last
limit 1
