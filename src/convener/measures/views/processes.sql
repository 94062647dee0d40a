-- name: contest_hidden
-- note: sources in which contest cannot be seen: they list as tenderers nobody by name, or only
--       those who won. Under ten processes nobody can tell that habit from tenders that truly
--       drew one bid
-- keep: table
with listed as (
    select distinct source, process_key, party_key
    from tenderers
    where party_key is not null
      and source not in (select source from bids)
),
won as (
    select distinct source, process_key, party_key
    from suppliers
    where process_key in (select process_key from listed)
),
compared as (
    select coalesce(l.source, w.source)                as source,
           coalesce(l.process_key, w.process_key)      as process_key,
           l.party_key is null or w.party_key is null  as differs
    from listed l
    full join won w on w.process_key = l.process_key and w.party_key = l.party_key
)
select source
from compared
group by source
having not bool_or(differs) and count(distinct process_key) >= 10
union all
select source
from tenderers
group by source
having count(party_key) = 0
;
-- name: tender_facts
-- note: one row a process, with what its tender says; a number of bids that cannot be true or
--       cannot be seen is not known, never zero
-- keep: table
with named as (
    select t.process_key, count(distinct t.party_key) as tenderers
    from tenderers t
    left join bids b on b.process_key = t.process_key and b.bid_id = t.bid_id
    where coalesce(b.status, 'valid') not in ('invited', 'withdrawn')
      and t.process_key in (
          select process_key from processes where coalesce(tenderer_count, 0) <= 0
      )
    group by t.process_key
),
divided as (
    select process_key, count(*) as lots
    from lots
    group by process_key
),
decided as (
    select distinct process_key from award_facts
)
select p.process_key,
       p.source,
       p.method,
       p.tender_status                                               as status,
       p.award_criteria,
       p.tender_amount                                               as amount,
       p.tender_currency                                             as currency,
       p.tender_starts_at                                            as starts_at,
       p.tender_ends_at                                              as ends_at,
       p.suits_sme,
       p.suits_vcse,
       case when p.method in ('open', 'selective') then true
            when p.method in ('limited', 'direct') then false
       end                                                           as is_competitive,
       coalesce(p.tender_status, '') in ('cancelled', 'withdrawn')   as is_cancelled,
       h.source is not null                                          as is_contest_hidden,
       case when h.source is not null then null
            when p.tenderer_count > 0 then p.tenderer_count
            when n.tenderers > 0 then cast(n.tenderers as integer)
            when p.tenderer_count = 0 and d.process_key is null
             and p.tender_status in ('complete', 'unsuccessful') then 0
       end                                                           as bid_count,
       case when s.source is not null
            then cast(greatest(coalesce(l.lots, 0), 1) as integer)
       end                                                           as lot_count,
       case when p.tender_ends_at >= p.tender_starts_at
            then cast(floor(
                (epoch(p.tender_ends_at) - epoch(p.tender_starts_at)) / 86400
            ) as integer)
       end                                                           as days_to_bid
from processes p
left join contest_hidden h on h.source = p.source
left join (select distinct source from lots) s on s.source = p.source
left join named n on n.process_key = p.process_key
left join divided l on l.process_key = p.process_key
left join decided d on d.process_key = p.process_key
where coalesce(p.tender_status, p.method, p.title) is not null
   or coalesce(p.tender_starts_at, p.tender_ends_at) is not null
   or p.tenderer_count is not null
   or n.process_key is not null
;
-- name: tenders_of_scope
-- note: one row a process with a tender and service in scope, whenever it happened
-- keep: market
select s.service,
       s.area,
       s.place,
       s.region,
       s.buyer,
       s.happened_on,
       t.*
from scope s
join tender_facts t on t.process_key = s.process_key
;
-- name: tenders
-- note: one row a process with a tender and service in scope, in the period in which it happened
-- keep: view
select *, period_of(happened_on) as period
from tenders_of_scope
where in_period(happened_on)
;
-- name: open_tenders
-- note: the tenders that competition could reach: open or selective, and not cancelled. One whose
--       method is not in the standard's words stays, without figures, so that coverage shows it
-- keep: view
select service,
       area,
       period,
       place,
       region,
       buyer,
       happened_on,
       process_key,
       source,
       method,
       status,
       amount,
       currency,
       is_competitive,
       is_contest_hidden,
       suits_sme,
       suits_vcse,
       lot_count,
       case when is_competitive then bid_count end   as bid_count,
       case when is_competitive then days_to_bid end as days_to_bid
from tenders
where coalesce(is_competitive, true) and not is_cancelled
;
-- name: tender_prices
-- note: one row a tender in scope, priced where its value is positive and in the commonest
--       currency
-- keep: view
with counted as (
    select service, currency, count(*) as tenders
    from tenders
    where amount > 0
    group by service, currency
),
commonest as (
    select service, currency
    from counted
    qualify row_number() over (partition by service order by tenders desc, currency nulls last)
        = 1
)
select t.*,
       case when t.amount > 0 and t.currency is not distinct from c.currency
            then t.amount end as price
from tenders t
left join commonest c on c.service = t.service
;
-- name: contracts_in_scope
-- note: one row a contract and service in scope, in the period in which it was signed or began;
--       a planned end is the first that was published
-- keep: table
with told as (
    select process_key,
           count(*)                                                          as releases,
           min(case when list_contains(tags, 'contractTermination') then released_at end)
                                                                             as terminated_at
    from releases
    group by process_key
),
dated as (
    select c.*,
           day_of(coalesce(c.signed_at, c.starts_at)) as agreed_on
    from contracts c
    where coalesce(c.status, '') <> 'cancelled'
)
select s.service,
       s.area,
       period_of(coalesce(d.agreed_on, s.happened_on))      as period,
       s.place,
       s.buyer,
       s.source,
       d.process_key,
       d.contract_id,
       d.award_id,
       d.status,
       coalesce(d.agreed_on, s.happened_on)                 as agreed_on,
       d.amount,
       d.currency,
       d.starts_at,
       d.ends_at,
       d.first_ends_at,
       coalesce(d.first_ends_at, d.ends_at)                 as planned_end_at,
       d.terminated,
       t.terminated_at,
       p.released_at                                        as last_released_at,
       coalesce(t.releases, 1)                              as releases
from dated d
join scope s on s.process_key = d.process_key
join processes p on p.process_key = d.process_key
left join told t on t.process_key = d.process_key
where in_period(coalesce(d.agreed_on, s.happened_on))
;
-- name: kpi_ratings
-- note: one row a published observation of a contract's indicator; its rating in the words of
--       the standard or of the notice. A rating that is neither met nor missed is rated and
--       undecided
-- keep: view
with worded as (
    select c.service, c.area, c.period,
           lower(replace(replace(coalesce(m.rating, ''), ' ', ''), '_', '')) as rating
    from contracts_in_scope c
    join metrics m on m.process_key = c.process_key and m.contract_id = c.contract_id
    where m.sort = 'measured'
)
select service,
       area,
       period,
       cast(rating in ('met', 'good') as int)                                       as is_met,
       cast(rating in ('slightlybelow', 'below', 'significantlybelow', 'approachingtarget',
                       'requiresimprovement', 'inadequate') as int)                 as is_missed,
       cast(rating in ('met', 'good', 'slightlybelow', 'below', 'significantlybelow',
                       'approachingtarget', 'requiresimprovement', 'inadequate',
                       'other') as int)                                             as is_rated
from worded
