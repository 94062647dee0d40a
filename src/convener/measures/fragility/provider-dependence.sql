-- name:    provider-dependence
-- asks:    How much of what a provider earns in the market comes from its largest buyer?
-- unit:    share of the provider's value, 0 to 1
-- source:  Care Act 2014 market oversight; National Audit Office on Carillion (HC 1002, 2018)
-- grain:   service, area, period, provider_name
-- needs:   holdings
-- minimum: 2 records
-- varies:  framework
-- basis:   awards, payments
with ranked as (
    select *,
           row_number() over (
               partition by service, area, period, provider
               order by share_of_provider desc nulls last, buyer
           ) as place_in_line
    from buyer_shares
)
select r.service, r.area, r.period, p.provider_name, b.buyer_name,
       r.share_of_provider as value,
       cast(r.provider_valued as bigint) as count,
       r.value as net_value
from ranked r
join buyer_names b on b.buyer = r.buyer
join provider_names p on p.provider = r.provider
where r.place_in_line = 1 and r.share_of_provider is not null
