-- name:    large-contract-share
-- asks:    What share of contracts is worth more than five million pounds?
-- unit:    share of contracts, 0 to 1
-- source:  Procurement Act 2023, section 52: indicators are set above five million pounds
-- grain:   service, area, period
-- needs:   awards
-- minimum: 10 contracts
-- basis:   awards
-- assumes: large 5000000
select service, area, period,
       avg(cast(pounds > large as int)) as value,
       count(pounds)                    as count,
       count(*)                         as records
from award_prices
cross join assumptions
group by all
