-- name:    early-terminations
-- asks:    What share of contracts was ended before its planned end?
-- unit:    share of contracts, 0 to 1
-- source:  Procurement Act 2023, section 80: contract termination notices
-- grain:   service, area, period
-- needs:   contracts, releases
-- minimum: 10 contracts
-- event:   yes
with told as (
    select service, area, period,
           case when not terminated then false
                when planned_end_at is null then null
                when ends_at < first_ends_at then true
                else coalesce(terminated_at, last_released_at) < planned_end_at
           end as is_early
    from contracts_in_scope
)
select service, area, period,
       avg(cast(is_early as int)) as value,
       count(is_early)            as count,
       count(*)                   as records
from told
group by all
