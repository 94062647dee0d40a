-- name:    overruns
-- asks:    What share of contracts ends later than was first published?
-- unit:    share of contracts, 0 to 1
-- source:  Procurement Act 2023, section 74: modifications of the term
-- grain:   service, area, period
-- needs:   contracts, releases
-- minimum: 10 contracts
-- event:   yes
with told as (
    select *,
           case when releases > 1 then epoch(ends_at) - epoch(first_ends_at) end as seconds_later
    from contracts_in_scope
)
select service, area, period,
       avg(cast(seconds_later >= 86400 as int)) as value,
       count(seconds_later)                     as count,
       count(*)                                 as records
from told
group by all
