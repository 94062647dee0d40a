-- name: places
-- note: one row an area as written, with its place and region by their labels of a known list
-- keep: table
select raw, as_area(place) as place, as_area(region) as region
from area_labels
