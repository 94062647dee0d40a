-- name:    new-entrants
-- asks:    Of the providers that won something, what share had not won in this market in the
--          years before?
-- unit:    share of winning providers, 0 to 1
-- source:  Open Contracting Partnership, indicators of competition: new suppliers as a share of
--          suppliers
-- grain:   service, area, period
-- needs:   awards, suppliers
-- minimum: 10 winning providers
-- varies:  entity
-- basis:   awards
-- assumes: years 3
select service, area, period,
       avg(cast(is_new as int)) as value,
       count(is_new)            as count,
       count(*)                 as records
from winners
group by all
