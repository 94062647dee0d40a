-- name: commonest_unit
-- note: one row a service: the one unit in which its provision is counted; others are never added
-- keep: table
select service, unit
from provision_in_scope
where quantity is not null
group by service, unit
qualify row_number() over (partition by service order by count(*) desc, unit nulls last) = 1
