-- name: award_facts
-- note: one row an award that stands; day and amount from its contracts where it gives none
-- keep: table
with lacking as (
    select process_key, award_id,
           min(coalesce(signed_at, starts_at)) as dated_at,
           sum(amount)    as amount,
           min(currency)  as currency,
           min(starts_at) as starts_at,
           max(ends_at)   as ends_at
    from contracts
    where process_key in (
        select process_key from awards
        where awarded_at is null or amount is null or ends_at is null
    )
    group by process_key, award_id
),
several as (
    select process_key, award_id, max(position) as supplier_count
    from suppliers
    where position > 1
    group by process_key, award_id
)
select a.process_key,
       a.award_id,
       day_of(coalesce(a.awarded_at, l.dated_at, a.starts_at))        as happened_on,
       coalesce(a.amount, cast(l.amount as decimal(18, 4)))          as amount,
       case when a.amount is null then l.currency else a.currency end as currency,
       day_of(coalesce(a.starts_at, l.starts_at))                     as starts_on,
       day_of(coalesce(a.ends_at, l.ends_at))                         as ends_on,
       cast(coalesce(c.supplier_count, 1) as integer)                as supplier_count
from awards a
left join lacking l on l.process_key = a.process_key and l.award_id = a.award_id
left join several c on c.process_key = a.process_key and c.award_id = a.award_id
where (a.status is null or a.status not in ('cancelled', 'unsuccessful', 'pending'))
  and (getvariable('sources') is null or list_contains(getvariable('sources'), a.source))
