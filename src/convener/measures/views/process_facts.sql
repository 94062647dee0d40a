-- name: process_facts
-- note: one row a process with awards that stand: the day of the first, and what they sum to where
--       every one has an amount in the same currency
-- keep: table
select process_key,
       min(happened_on) as happened_on,
       case when count(amount) = count(*) and min(currency) = max(currency) then sum(amount) end
                        as amount,
       min(currency)    as currency
from award_facts
group by process_key
