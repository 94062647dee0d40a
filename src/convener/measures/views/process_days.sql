-- name: process_days
-- note: the day on which a process was first decided
-- keep: view
select process_key, min(happened_on) as happened_on
from award_facts
group by process_key
