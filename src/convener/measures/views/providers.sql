-- name: providers
-- note: one row a spelling and the provider that it stands for: a name, an organisation, or an
--       owner by share, whichever the question asks for
-- keep: table
with owned as (
    select organisation_key, owner_key, share from owner_shares where owner_key <> organisation_key
    union all
    select organisation_key, owner_key, 1.0 from organisations
    where owner_key <> organisation_key
      and organisation_key not in (select organisation_key from owner_shares)
),
held as (
    select organisation_key, owner_key, share from owned
    union all
    select organisation_key, organisation_key, greatest(1.0 - sum(share), 0.0)
    from owned
    group by organisation_key
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
                   o.name,
                   case when s.owner_key = h.owner_key then s.owner_name end,
                   s.organisation_name
               )
           end                  as label,
           case when getvariable('entity') = 'owner' then coalesce(h.share, 1.0) else 1.0 end
                                as share
    from spellings s
    left join held h
           on h.organisation_key = s.organisation_key and getvariable('entity') = 'owner'
    left join organisations o on o.organisation_key = h.owner_key
)
select party_key,
       case when known is null then hash('spelling', spelling)
            else hash('organisation', known) end                                as provider,
       min(label) over (partition by coalesce(cast(known as varchar), spelling)) as provider_name,
       share
from named
