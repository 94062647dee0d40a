-- name: buyers
-- note: one row a spelling of a buyer, with the organisation behind it
-- keep: table
select party_key,
       case when organisation_key is null then hash('spelling', spelling)
            else hash('organisation', organisation_key) end as buyer,
       min(organisation_name) over (
           partition by coalesce(cast(organisation_key as varchar), spelling)
       )                                                    as buyer_name
from spellings
where party_key in (select buyer_key from processes union select buyer_key from payments)
