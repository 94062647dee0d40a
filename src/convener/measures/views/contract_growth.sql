-- name: contract_growth
-- note: one row a contract in scope with its first and latest value; first values are known only
--       where a process was released more than once
-- keep: table
with followed as (
    select process_key from releases group by process_key having count(*) > 1
)
select s.service, s.area,
       period_of(cast(coalesce(c.signed_at, c.starts_at, s.happened_on) as date)) as period,
       c.process_key,
       c.contract_id,
       c.currency,
       case when f.process_key is not null and c.first_amount > 0 then c.first_amount end
                                                                    as first_amount,
       case when f.process_key is not null and c.first_amount > 0 then c.amount end
                                                                    as amount
from contracts c
join scope s on s.process_key = c.process_key
left join followed f on f.process_key = c.process_key
where in_period(cast(coalesce(c.signed_at, c.starts_at, s.happened_on) as date))
  and (c.status is null or c.status not in ('cancelled', 'pending'))
