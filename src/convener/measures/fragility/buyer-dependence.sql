-- name:    buyer-dependence
-- asks:    How much of what a buyer spends in the market goes to its largest provider?
-- unit:    share of the buyer's value, 0 to 1
-- source:  Care Act 2014 market oversight; National Audit Office on Carillion (HC 1002, 2018)
-- grain:   service, area, period, buyer_name
-- needs:   holdings
-- minimum: 2 records
-- varies:  framework
-- basis:   awards, payments
with ranked as (
    select *,
           row_number() over (
               partition by service, area, period, buyer
               order by share_of_buyer desc nulls last, provider
           ) as place_in_line
    from buyer_shares
)
select r.service, r.area, r.period, b.buyer_name, p.provider_name,
       r.share_of_buyer as value,
       cast(r.buyer_valued as bigint) as count,
       r.value as net_value
from ranked r
join buyer_names b on b.buyer = r.buyer
join provider_names p on p.provider = r.provider
where r.place_in_line = 1 and r.share_of_buyer is not null
