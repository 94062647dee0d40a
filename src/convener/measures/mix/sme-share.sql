-- name:    sme-share
-- asks:    Of the value whose size of provider is known, what share goes to small and medium ones?
-- unit:    share of value, 0 to 1
-- source:  UK government small business spend, by value (National Audit Office, 2016)
-- grain:   service, area, period
-- needs:   holdings, organisations
-- minimum: 2 records
-- varies:  framework, kinds
with marked as (
    select service, area, period, net, valued, records,
           scale = 'sme' as is_one,
           scale is not null as is_known
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
