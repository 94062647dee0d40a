-- name: reference_day
-- note: one row a service: the day on which the question stands there, as asked, or the last day
--       that is in scope
-- keep: table
select service,
       coalesce(cast(nullif(getvariable('reference_day'), '') as date), max(held_on)) as day
from holdings
group by service
