-- name:    effective-number-of-kinds
-- asks:    Of how many kinds of provider, were they equal in value, would the market consist?
-- unit:    number of equal kinds, 1 to 8
-- source:  Hill (1973), Diversity and evenness: a unifying notation, Ecology 54(2), order 2
-- grain:   service, area, period
-- needs:   holdings, organisations
-- minimum: 2 records
-- varies:  framework, kinds
with kinds as (
    select service, area, period, kind, sum(net) as net
    from kind_shares
    where net > 0
    group by all
),
turns as (
    select t.turn
    from (values ('left out'), ('in-house'), ('public-body'), ('private'), ('charity'),
                 ('social-enterprise'), ('mutual'), ('joint-venture'), ('individual')) as t(turn)
),
turned as (
    select k.service, k.area, k.period, t.turn,
           case when k.kind = 'unknown' then t.turn else k.kind end as kind,
           sum(k.net) as net
    from kinds k
    cross join turns t
    where k.kind <> 'unknown' or t.turn <> 'left out'
    group by k.service, k.area, k.period, t.turn,
             case when k.kind = 'unknown' then t.turn else k.kind end
),
numbers as (
    select service, area, period, turn, sum(net) * sum(net) / sum(net * net) as effective
    from turned
    group by all
),
ranges as (
    select service, area, period,
           max(case when turn = 'left out' then effective end) as value,
           min(effective)                                      as low,
           max(effective)                                      as high
    from numbers
    group by all
),
counts as (
    select service, area, period,
           cast(sum(case when net > 0 and kind <> 'unknown' then valued else 0 end) as bigint)
                        as used,
           sum(records) as records
    from kind_shares
    group by all
)
select c.service, c.area, c.period, r.value, r.low, r.high,
       c.used as count,
       c.records
from counts c
left join ranges r on r.service = c.service and r.area = c.area and r.period = c.period
