-- name: estimates
-- note: one row a process in scope with what was awarded in all and what was expected before;
--       one framework award to several suppliers counts once
-- keep: view
select s.service, s.area, period_of(s.happened_on) as period, s.process_key,
       case when f.amount > 0 then f.amount end as awarded,
       case when p.tender_amount > 0 and p.tender_currency = f.currency then p.tender_amount
            when p.estimate_amount > 0 and p.estimate_currency = f.currency
            then p.estimate_amount end          as expected
from scope s
join process_facts f on f.process_key = s.process_key
join processes p on p.process_key = s.process_key
where in_period(s.happened_on)
