-- name:    incumbents-share
-- asks:    What share of the value won went to providers that had won in this market in the
--          years before?
-- unit:    share of value, 0 to 1
-- source:  commissioning practice: contestability of a market
-- grain:   service, area, period
-- needs:   awards, suppliers
-- minimum: 10 winning providers
-- varies:  entity, framework
-- basis:   awards
-- assumes: years 3
select service, area, period,
       cast(sum(case when not is_new then value else 0 end) as double)
           / cast(sum(value) as double) as value,
       count(*)                         as count,
       count(*)                         as records
from winners
where is_new is not null and value > 0
group by all
