-- name: awards_in_scope
-- note: one row an award and service in scope, in the period in which it was made
-- keep: view
select s.process_key,
       a.award_id,
       s.source,
       s.service,
       s.area,
       period_of(coalesce(a.happened_on, s.happened_on)) as period,
       s.place,
       s.region,
       s.area_is_buyers,
       s.buyer,
       coalesce(a.happened_on, s.happened_on)            as happened_on,
       a.starts_on,
       a.ends_on,
       a.amount,
       a.currency,
       a.supplier_count
from award_facts a
join scope s on s.process_key = a.process_key
where in_period(coalesce(a.happened_on, s.happened_on))
