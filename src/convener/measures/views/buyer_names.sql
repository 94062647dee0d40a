-- name: buyer_names
-- note: one row a buyer, with its name
-- keep: table
select buyer, any_value(buyer_name) as buyer_name
from buyers
group by buyer
