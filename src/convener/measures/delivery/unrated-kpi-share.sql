-- name:    unrated-kpi-share
-- asks:    What share of the indicators agreed in contracts has no published rating?
-- unit:    share of agreed indicators, 0 to 1
-- source:  Procurement Act 2023, sections 52 and 71
-- grain:   service, area, period
-- needs:   contracts, metrics
-- minimum: 10 agreed indicators
-- event:   yes
with rated as (
    select distinct process_key, contract_id, metric_id
    from metrics
    where sort = 'measured' and rating is not null
),
agreed as (
    select distinct process_key, contract_id, metric_id
    from metrics
    where sort = 'agreed'
)
select c.service, c.area, c.period,
       avg(cast(r.metric_id is null as int)) as value,
       count(*)                              as count
from contracts_in_scope c
join agreed a on a.process_key = c.process_key and a.contract_id = c.contract_id
left join rated r on r.process_key = a.process_key and r.contract_id = a.contract_id
    and r.metric_id = a.metric_id
group by all
