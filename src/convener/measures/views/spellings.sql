-- name: spellings
-- note: one row a spelling, with the organisation that it was resolved to, where it was; a person
--       is told apart from others and not named
-- keep: table
with known as (
    select party_key from identities where party_key is not null and name is not null
),
written as (
    select party_key, name, organisation_key from identities
    union all
    select distinct party_key, name, cast(null as bigint) from suppliers
    where party_key not in (select party_key from known)
    union all
    select distinct payee_key, payee_name, cast(null as bigint) from payments
    where payee_key not in (select party_key from known)
    union all
    select distinct provider_key, provider_name, cast(null as bigint) from provision
    where provider_key not in (select party_key from known)
    union all
    select distinct buyer_key, buyer_name, cast(null as bigint) from processes
    where buyer_key not in (select party_key from known)
    union all
    select distinct buyer_key, buyer_name, cast(null as bigint) from payments
    where buyer_key not in (select party_key from known)
),
kept as (
    select party_key, min(name) as name, any_value(organisation_key) as organisation_key
    from written
    where party_key is not null
    group by party_key
)
select k.party_key,
       case when o.kind = 'individual' then 'A person, not named' else k.name end as name,
       nullif(spelling_of(k.name), '')              as spelling,
       k.organisation_key,
       case when o.kind = 'individual' then 'A person, not named'
            else coalesce(o.name, k.name) end       as organisation_name,
       coalesce(o.kind, 'unknown')                  as kind,
       size_of(o.scale)                             as scale,
       o.is_vcse,
       o.owner_key,
       case when w.kind = 'individual' then 'A person, not named'
            else o.owner_name end                   as owner_name
from kept k
left join organisations o on o.organisation_key = k.organisation_key
left join organisations w on w.organisation_key = o.owner_key
