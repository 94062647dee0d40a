-- name: provision_in_scope
-- note: one row a place of provision in scope, on the last day listed in each period: two lists
--       of the same homes a year apart are never added
-- keep: table
select *
from (
    select *,
           max(observed_on) over (partition by service, period) as last_on
    from provision_events_in_scope
    where getvariable('basis') = 'provision' and event is null
)
where observed_on = last_on or observed_on is null
