-- name: award_suppliers
-- note: one row a supplier of an award in scope, whenever it was made; an award that names none
--       keeps one row
-- keep: table
select a.process_key, a.award_id, a.service, a.area, a.place, a.region, a.buyer,
       a.happened_on, a.starts_on, a.ends_on, a.amount, a.currency, a.supplier_count,
       t.position,
       t.party_key
from awards_of_scope a
left join suppliers t on t.process_key = a.process_key and t.award_id = a.award_id
;
-- name: award_suppliers_in_scope
-- note: one row a supplier of an award in scope, in the period in which it was made
-- keep: view
select *, period_of(happened_on) as period
from award_suppliers
where in_period(happened_on)
