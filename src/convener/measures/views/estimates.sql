-- name: estimates
-- note: one row a process in scope with what was awarded in all and what was expected before;
--       one framework award to several suppliers counts once
-- keep: table
with awarded as (
    select process_key, service, area, period,
           sum(amount)    as amount,
           min(currency)  as currency,
           count(*)       as awards,
           count(amount)  as valued,
           count(distinct currency) as currencies
    from awards_in_scope
    group by all
)
select a.service, a.area, a.period, a.process_key,
       case when a.valued = a.awards and a.currencies = 1 and a.amount > 0 then a.amount end
                                                                 as awarded,
       case when p.tender_amount > 0 and p.tender_currency is not distinct from a.currency
            then p.tender_amount
            when p.estimate_amount > 0 and p.estimate_currency is not distinct from a.currency
            then p.estimate_amount end                           as expected
from awarded a
join processes p on p.process_key = a.process_key
