-- name: reference_day
-- note: the day on which the question stands: as asked, or the last day that is in scope
-- keep: table
select coalesce(cast(nullif(getvariable('reference_day'), '') as date), max(held_on)) as day
from holdings
