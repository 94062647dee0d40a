-- name: superseded
-- note: processes that another loaded source gives later; each ocid counts once
-- keep: table
select process_key
from (
    select process_key,
           row_number() over (
               partition by ocid order by released_at desc nulls last, process_key
           ) as place_in_line
    from processes
    where getvariable('several_sources')
      and (getvariable('sources') is null or list_contains(getvariable('sources'), source))
)
where place_in_line > 1
