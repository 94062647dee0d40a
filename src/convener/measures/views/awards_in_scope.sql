-- name: awards_of_scope
-- note: one row an award and service in scope, whenever it was made
-- keep: market
select s.process_key,
       a.award_id,
       s.source,
       s.service,
       s.area,
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
;
-- name: awards_in_scope
-- note: one row an award and service in scope, in the period in which it was made
-- keep: view
select *, period_of(happened_on) as period
from awards_of_scope
where in_period(happened_on)
