-- name: commonest_unit
-- note: the one unit in which provision is counted; others are never added to it
-- keep: table
select unit
from provision_in_scope
where quantity is not null
group by unit
order by count(*) desc, unit nulls last
limit 1
