-- name: contract_growth
-- note: one row a contract in scope with its first and latest value in the commonest currency;
--       first values are known only where a process was released more than once
-- keep: table
with followed as (
    select process_key from releases group by process_key having count(*) > 1
),
dated as (
    select s.service, s.area,
           coalesce(day_of(coalesce(c.signed_at, c.starts_at)), s.happened_on) as happened_on,
           c.process_key, c.contract_id, c.currency, c.amount,
           case when f.process_key is not null and c.first_amount > 0 then c.first_amount end
                                                                            as first_amount
    from contracts c
    join scope s on s.process_key = c.process_key
    left join followed f on f.process_key = c.process_key
    where c.status is null or c.status not in ('cancelled', 'pending')
),
commonest as (
    select service, currency from dated
    where first_amount is not null
    group by service, currency
    qualify row_number() over (partition by service order by count(*) desc, currency nulls last)
        = 1
)
select d.service, area,
       period_of(happened_on) as period,
       process_key,
       contract_id,
       case when d.currency is not distinct from c.currency
            then first_amount end as first_amount,
       case when d.currency is not distinct from c.currency
             and first_amount is not null then amount end as amount
from dated d
left join commonest c on c.service = d.service
where in_period(happened_on)
