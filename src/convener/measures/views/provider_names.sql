-- name: provider_names
-- note: one row a provider, with a name that no other has: where two bodies are called the same,
--       the first number of each stands behind its name
-- keep: table
with named as (
    select provider, any_value(provider_name) as provider_name
    from providers
    group by provider
),
shared as (
    select provider_name from named group by provider_name having count(*) > 1
),
numbered as (
    select hash('organisation', o.organisation_key) as provider,
           list_extract(o.identifiers, 1)           as number
    from organisations o
    join shared s on s.provider_name = o.name
),
told as (
    select n.provider,
           case when s.provider_name is null then n.provider_name
                else n.provider_name || ' (' || coalesce(o.number, 'no number') || ')'
           end as provider_name
    from named n
    left join shared s on s.provider_name = n.provider_name
    left join numbered o on o.provider = n.provider
)
select provider,
       case when row_number() over (partition by provider_name order by provider) = 1
            then provider_name
            else provider_name || ' ' || cast(
                row_number() over (partition by provider_name order by provider) as varchar
            )
       end as provider_name
from told
