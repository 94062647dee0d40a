-- name: wins
-- note: one row a provider's share of an award in scope on whatever day it was made, so that
--       what came before the period asked for is seen
-- keep: table
with shared as (
    select s.*,
           p.provider,
           coalesce(p.share, 1.0) * case getvariable('framework')
               when 'split' then 1.0 / greatest(s.supplier_count, 1)
               when 'lead' then case when coalesce(s.position, 1) = 1 then 1.0 else 0.0 end
               else 1.0
           end as weight
    from award_suppliers s
    join providers p on p.party_key = s.party_key
        and coalesce(s.happened_on, date '9999-12-30') >= p.from_on
        and coalesce(s.happened_on, date '9999-12-30') < p.to_on
)
select s.service,
       area,
       buyer,
       process_key,
       award_id,
       provider,
       happened_on as won_on,
       starts_on,
       ends_on,
       case when s.currency is not distinct from c.currency
            then cast(amount * weight as decimal(18, 4)) end as value
from shared s
left join commonest_currency c on c.service = s.service
;
-- name: winners
-- note: one row a provider and period in which it won, as it stood at its first win there: new
--       if it had not won in that market in the years before. Not judged in the first years in
--       which the service was bought
-- keep: view
with opened as (
    select service, min(won_on) as opened_on from wins group by service
),
days as (
    select service, area, provider, won_on, sum(value) as value
    from wins
    where won_on is not null
    group by service, area, provider, won_on
),
followed as (
    select d.*,
           lag(d.won_on) over (
               partition by d.service, d.area, d.provider order by d.won_on
           ) as last_won_on
    from days d
),
judged as (
    select f.*,
           date_diff('day', o.opened_on, f.won_on) >= 365.25 * a.years as is_judged,
           coalesce(date_diff('day', f.last_won_on, f.won_on) > 365.25 * a.years, true) as is_new
    from followed f
    join opened o on o.service = f.service
    cross join assumptions a
)
select service,
       area,
       period_of(won_on)                                    as period,
       provider,
       sum(value)                                           as value,
       min_by(is_new, won_on) filter (where is_judged)      as is_new
from judged
where in_period(won_on)
group by service, area, period_of(won_on), provider
;
-- name: successions
-- note: one row an awarded contract that has ended, in the period of its end: how many contracts
--       of the same buyer and service began within half a year of that end, and whether one of
--       its providers is among theirs. Where no service is asked for, it is the class of the
--       subject
-- keep: table
with held as (
    select w.service,
           w.area,
           w.buyer,
           case when getvariable('by_service') or getvariable('services') is not null
                then w.service
                else coalesce(left(p.code, 4), 'unknown') end as subject,
           w.process_key,
           w.award_id,
           w.provider,
           w.starts_on,
           w.ends_on
    from wins w
    join processes p on p.process_key = w.process_key
    where w.provider is not null
      and w.buyer is not null
      and w.starts_on < w.ends_on
),
deals as (
    select service, area, buyer, subject, process_key, award_id,
           min(starts_on) as starts_on,
           max(ends_on)   as ends_on
    from held
    group by service, area, buyer, subject, process_key, award_id
),
lasts as (
    select service,
           coalesce(cast(nullif(getvariable('reference_day'), '') as date), max(won_on)) as day
    from wins
    group by service
),
ended as (
    select d.*
    from deals d
    join lasts l on l.service = d.service
    where d.ends_on <= l.day and in_period(d.ends_on)
),
edges as (
    select service, area, buyer, subject, ends_on as day, 0 as begun from ended
    union all
    select service, area, buyer, subject, starts_on, 1 from deals
),
daily as (
    select service, area, buyer, subject, day,
           date_diff('day', date '1970-01-01', day) as number,
           sum(begun)                               as begun
    from edges
    group by service, area, buyer, subject, day
),
around as (
    select service, area, buyer, subject, day,
           sum(begun) over (
               partition by service, area, buyer, subject order by number
               range between 182 preceding and 182 following
           ) as begun
    from daily
),
stayed as (
    select distinct e.service, e.area, e.process_key, e.award_id
    from held e
    join held n on n.service = e.service and n.area = e.area and n.buyer = e.buyer
        and n.subject = e.subject and n.provider = e.provider
    where in_period(e.ends_on)
      and date_diff('day', e.ends_on, n.starts_on) between -182 and 182
      and (n.process_key <> e.process_key or n.award_id <> e.award_id)
)
select e.service,
       e.area,
       period_of(e.ends_on) as period,
       e.buyer,
       e.process_key,
       e.award_id,
       e.ends_on,
       a.begun - cast(date_diff('day', e.starts_on, e.ends_on) <= 182 as int) as followers,
       s.process_key is not null as has_stayed
from ended e
join around a on a.service = e.service and a.area = e.area and a.buyer = e.buyer
    and a.subject = e.subject and a.day = e.ends_on
left join stayed s on s.service = e.service and s.area = e.area
    and s.process_key = e.process_key and s.award_id = e.award_id
;
-- name: yearly_incomes
-- note: one row a provider of a service: what it won in a year, on average over the years in
--       which the service was bought
-- keep: table
with spanned as (
    select service, greatest(date_diff('day', min(won_on), max(won_on)) / 365.25, 1.0) as years
    from wins
    group by service
)
select w.service,
       w.provider,
       cast(sum(w.value) as double) / max(s.years) as income
from wins w
join spanned s on s.service = w.service
where w.provider is not null
group by w.service, w.provider
having sum(w.value) > 0
;
-- name: award_prices
-- note: one row an award in scope with its whole value, a framework's ceiling too, where
--       positive and in the commonest currency; in pounds where it is in pounds
-- keep: view
select a.service,
       area,
       period,
       process_key,
       award_id,
       case when amount > 0
             and a.currency is not distinct from c.currency
            then cast(amount as double) end                                   as price,
       case when amount > 0 and a.currency = 'GBP' then cast(amount as double) end as pounds
from awards_in_scope a
left join commonest_currency c on c.service = a.service
;
-- name: presence
-- note: one row a market and period: how many providers there are now, how many there were in
--       the period before, and how many are in both
-- keep: table
with numbered as (
    select period, dense_rank() over (order by period) as number
    from (select distinct period from holdings where period <> 'unknown') known
),
present as (
    select distinct h.service, h.area, h.provider, n.number
    from holdings h
    join numbered n on n.period = h.period
    where h.provider is not null
),
moved as (
    select service, area, number, provider, true as is_now, false as was_before from present
    union all
    select service, area, number + 1, provider, false, true from present
),
merged as (
    select service, area, number, provider,
           bool_or(is_now)     as is_now,
           bool_or(was_before) as was_before
    from moved
    group by service, area, number, provider
)
select m.service,
       m.area,
       n.period,
       count(*) filter (where is_now)                   as now,
       count(*) filter (where was_before)               as before,
       count(*) filter (where is_now and was_before)    as both_times
from merged m
join numbered n on n.number = m.number
group by m.service, m.area, n.period
