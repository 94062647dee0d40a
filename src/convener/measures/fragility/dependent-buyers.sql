-- name:    dependent-buyers
-- asks:    What share of buyers spend half or more of their value in the market with one provider?
-- unit:    share of buyers, 0 to 1
-- source:  Care Act 2014 market oversight; National Audit Office on Carillion (HC 1002, 2018)
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 5 buyers
-- varies:  framework, entity
-- basis:   awards, payments
-- assumes: half 0.5, least 2
with largest as (
    select service, area, period, buyer,
           max(share_of_buyer) as share,
           max(buyer_valued)   as valued
    from buyer_shares
    group by all
)
select l.service, l.area, l.period,
       avg(case when l.valued < a.least or l.share is null then null
                when l.share >= a.half then 1.0 else 0.0 end)                 as value,
       sum(case when l.valued >= a.least and l.share is not null then 1 else 0 end) as count,
       count(*)                                                               as records
from largest l
cross join assumptions a
group by all
