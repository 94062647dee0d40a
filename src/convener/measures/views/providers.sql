-- name: providers
-- note: one row a spelling and the provider that it stands for: a name, an organisation, or an
--       owner by share, whichever the question asks for. Owners change: theirs are the days from
--       `from_on` until `to_on`, and what has no day is theirs who own it last
-- keep: table
with told as (
    select organisation_key, owner_key, share, from_on, to_on
    from owner_shares
    where getvariable('entity') = 'owner'
    union all
    select organisation_key, owner_key, 1.0, null, null
    from organisations
    where getvariable('entity') = 'owner'
      and owner_key <> organisation_key
      and organisation_key not in (select organisation_key from owner_shares)
),
held as (
    select organisation_key, owner_key, share, from_on, to_on from told
    union all
    select organisation_key, organisation_key, 1.0 - sum(share), from_on, to_on
    from told
    group by organisation_key, from_on, to_on
    having sum(share) < 0.999999
),
named as (
    select s.party_key,
           case getvariable('entity')
               when 'name' then null
               when 'organisation' then s.organisation_key
               else coalesce(h.owner_key, s.organisation_key)
           end                  as known,
           s.spelling,
           case getvariable('entity')
               when 'name' then s.name
               when 'organisation' then s.organisation_name
               else coalesce(
                   case when o.kind = 'individual' then 'A person, not named' else o.name end,
                   case when s.owner_key = h.owner_key then s.owner_name end,
                   s.organisation_name
               )
           end                  as label,
           s.organisation_key,
           s.kind,
           s.scale,
           s.is_vcse,
           coalesce(h.share, 1.0)                  as share,
           coalesce(h.from_on, date '0001-01-01')  as from_on,
           coalesce(h.to_on, date '9999-12-31')    as to_on
    from spellings s
    left join held h on h.organisation_key = s.organisation_key
    left join organisations o on o.organisation_key = h.owner_key
)
select party_key,
       case when known is null then hash('spelling', spelling)
            else hash('organisation', known) end                                as provider,
       min(label) over (partition by coalesce(cast(known as varchar), spelling)) as provider_name,
       share,
       from_on,
       to_on,
       organisation_key,
       kind,
       scale,
       is_vcse
from named
