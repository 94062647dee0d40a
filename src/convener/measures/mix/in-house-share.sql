-- name:    in-house-share
-- asks:    Of the size whose kind of provider is known, what share does the public body provide
--          itself?
-- unit:    share of places, people or hours, 0 to 1
-- source:  Design of balanced public service markets: shares by value and by count, with no ideal
--          mix
-- grain:   service, area, period
-- needs:   holdings, organisations
-- minimum: 2 records
-- varies:  framework, kinds
-- basis:   provision
with marked as (
    select service, area, period, net, valued, records,
           kind = 'in-house' as is_one,
           kind <> 'unknown' as is_known
    from kind_shares
),
sums as (
    select service, area, period,
           sum(case when is_known and is_one then net else 0.0 end) as held,
           sum(case when is_known then net else 0.0 end)            as known,
           sum(net)                                                 as net,
           cast(sum(case when is_known and net > 0 then valued else 0 end) as bigint) as used,
           sum(records)                                             as records
    from marked
    group by all
)
select service, area, period,
       case when known > 0 then held / known end               as value,
       case when known > 0 then held / net end                 as low,
       case when known > 0 then (held + net - known) / net end as high,
       held                                                    as held_value,
       known                                                   as known_value,
       used                                                    as count,
       records
from sums
