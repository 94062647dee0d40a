-- name:    switching
-- asks:    When a contract ends and the same buyer buys the service again, how often does none
--          of its providers stay?
-- unit:    share of ended contracts with a successor, 0 to 1
-- source:  commissioning practice: contestability of a market (switching)
-- grain:   service, area, period
-- needs:   awards, suppliers
-- minimum: 10 ended contracts with a successor
-- event:   yes
-- varies:  entity
-- basis:   awards
select service, area, period,
       avg(case when followers > 0 then cast(not has_stayed as int) end) as value,
       count(case when followers > 0 then 1 end)                         as count,
       count(*)                                                          as records
from successions
group by all
