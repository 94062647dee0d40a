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
select service, area, period, buyer_name, provider_name,
       share_of_buyer                as value,
       cast(buyer_valued as bigint)  as count,
       value                         as net_value
from ranked
where place_in_line = 1 and share_of_buyer is not null
