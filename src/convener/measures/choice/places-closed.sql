-- name:    places-closed
-- asks:    How many places of provision left the register?
-- unit:    number of places of provision
-- source:  Own definition: joining and leaving as signs of how open a market is
-- grain:   service, area, period
-- needs:   provision
-- minimum: 1 places
-- basis:   provision
select service, area, period,
       sum(case when event = 'leave' then 1 else 0 end)                        as value,
       sum(case when event = 'leave' then cast(quantity as double) end)        as size,
       count(*)                                                                as count
from provision_events_in_scope
where event in ('join', 'leave')
group by all
