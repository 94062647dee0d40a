-- name: flag_short_period
-- note: R003, one row a process with a tender period: whole days from its start to its end
-- keep: view
select t.process_key,
       t.days_to_bid                                     as value,
       a.days                                            as threshold,
       t.days_to_bid < a.days                            as is_flagged
from tender_facts t
cross join assumptions a
where t.days_to_bid is not null
;
-- name: flag_single_bid
-- note: R018, one row a competitive process whose number of tenderers is known
-- keep: view
select process_key,
       bid_count     as value,
       1             as threshold,
       bid_count = 1 as is_flagged
from tender_facts
where is_competitive and bid_count is not null
;
-- name: flag_close_price
-- note: R024, one row a process with a price gap: the next price lies as close to the winning
--       one as the lower fence of all gaps in scope, or closer; no limit where gaps are few or
--       all alike
-- keep: view
with fence as (
    select count(*)                                          as size,
           percentile_cont(0.25) within group (order by gap) as low_quarter,
           percentile_cont(0.75) within group (order by gap) as high_quarter
    from price_gaps
),
limits as (
    select case when a.threshold >= 0 then a.threshold
                when f.size >= a.fewest and f.high_quarter > f.low_quarter
                then round(f.low_quarter - 1.5 * (f.high_quarter - f.low_quarter), 9)
           end as threshold
    from fence f
    cross join assumptions a
)
select g.process_key,
       g.winner,
       g.runner_up,
       g.gap                as value,
       l.threshold,
       g.gap <= l.threshold as is_flagged
from price_gaps g
cross join limits l
;
-- name: flag_many_losses
-- note: R025, one row a bidder in scope with valid bids: it bids as often as the third quarter
--       of bidders, and wins a share of its bids at or below the lower fence; no limit where
--       bidders are few or all alike
-- keep: view
with joint as (
    select distinct process_key from bid_facts where not has_one_bidder
),
eligible as (
    select process_key, first_supplier as winner
    from award_outcomes
    where active_awards = 1
      and first_supplier = last_supplier
      and is_settled
      and process_key in (select process_key from tenders)
      and process_key not in (select process_key from joint)
),
tried as (
    select b.bidder,
           count(*)                                                             as bids,
           count(distinct case when b.bidder = e.winner then b.process_key end) as wins
    from bid_facts b
    join eligible e on e.process_key = b.process_key
    where b.status = 'valid'
    group by b.bidder
),
rated as (
    select bidder, bids, round(cast(wins as double) / bids, 9) as win_share
    from tried
),
fence as (
    select count(*)                                                as size,
           percentile_cont(0.75) within group (order by bids)      as many,
           percentile_cont(0.25) within group (order by win_share) as low_quarter,
           percentile_cont(0.75) within group (order by win_share) as high_quarter
    from rated
),
limits as (
    select f.many,
           case when a.threshold >= 0 then a.threshold
                when f.size >= a.fewest and f.high_quarter > f.low_quarter
                then round(f.low_quarter - 1.5 * (f.high_quarter - f.low_quarter), 9)
           end as threshold
    from fence f
    cross join assumptions a
)
select r.bidder,
       r.bids,
       l.many,
       r.win_share                                     as value,
       l.threshold,
       r.bids >= l.many and r.win_share <= l.threshold as is_flagged
from rated r
cross join limits l
;
-- name: price_groups
-- note: one row a price that bidders gave in a process whose price was theirs to set, with how
--       many bidders gave it; bids of several count as their first bidder's
-- keep: view
with priced as (
    select process_key, currency, amount, bidder
    from bid_facts
    where amount is not null
      and bidder is not null
      and process_key not in (
          select process_key from tender_facts where award_criteria = 'qualityOnly'
      )
)
select process_key, currency, amount,
       count(distinct bidder) as bidders,
       min(bidder)            as first_bidder,
       max(bidder)            as last_bidder
from priced
group by process_key, currency, amount
;
-- name: flag_same_price
-- note: R028, one row a process with priced bids of two bidders or more: the most bidders that
--       gave one and the same price
-- keep: view
select process_key,
       max(bidders)     as value,
       2                as threshold,
       max(bidders) > 1 as is_flagged
from price_groups
group by process_key
having min(first_bidder) <> max(last_bidder)
;
-- name: late_bids
-- note: one row a dated valid bid of a winner in a process with a deadline: days that it came
--       after the deadline. A deadline without a time of day is the end of that day
-- keep: view
with closing as (
    select process_key,
           case when epoch(ends_at) % 86400 = 0 then epoch(ends_at) + 86399
                else epoch(ends_at) end as closes
    from tender_facts
    where ends_at is not null
),
won as (
    select distinct s.process_key, coalesce(b.bidder, s.party_key) as bidder
    from suppliers s
    join awards a on a.process_key = s.process_key and a.award_id = s.award_id
    left join bidders b on b.party_key = s.party_key
    where a.status = 'active'
)
select b.process_key,
       w.bidder,
       (epoch(b.bid_at) - c.closes) / 86400.0 as days_late
from bids b
join tenderers t on t.process_key = b.process_key and t.bid_id = b.bid_id
left join bidders d on d.party_key = t.party_key
join won w on w.process_key = t.process_key and w.bidder = coalesce(d.bidder, t.party_key)
join closing c on c.process_key = b.process_key
where b.status = 'valid' and b.bid_at is not null
;
-- name: flag_late_winner
-- note: R030, one row a process with a deadline, an active award and a dated valid bid of a
--       winner: days that the latest such bid came after the deadline
-- keep: view
select process_key,
       max(days_late)     as value,
       0                  as threshold,
       max(days_late) > 0 as is_flagged
from late_bids
group by process_key
;
-- name: flag_sole_survivor
-- note: R035, one row a process with valid bids and settled awards: how many other bidders were
--       disqualified, where the one bidder left won every active award
-- keep: view
with parted as (
    select b.process_key, b.status, coalesce(d.bidder, t.party_key) as bidder
    from bids b
    join tenderers t on t.process_key = b.process_key and t.bid_id = b.bid_id
    left join bidders d on d.party_key = t.party_key
    where b.status in ('valid', 'disqualified')
),
left_in as (
    select process_key, min(bidder) as bidder, count(distinct bidder) as bidders
    from parted
    where status = 'valid'
    group by process_key
),
put_out as (
    select p.process_key, count(distinct p.bidder) as others
    from parted p
    join left_in i on i.process_key = p.process_key
    where p.status = 'disqualified' and p.bidder <> i.bidder
    group by p.process_key
)
select i.process_key,
       i.bidder                                     as winner,
       coalesce(o.others, 0)                        as value,
       n.disqualified                               as threshold,
       i.bidders = 1
           and w.first_supplier = i.bidder
           and w.last_supplier = i.bidder
           and coalesce(o.others, 0) >= n.disqualified as is_flagged
from left_in i
join award_outcomes w on w.process_key = i.process_key
left join put_out o on o.process_key = i.process_key
cross join assumptions n
where w.is_settled and w.active_awards > 0
;
-- name: flag_lowest_put_out
-- note: R036, one row a process with an active award and a priced valid bid: how far the lowest
--       disqualified bid lay under the lowest valid one; left out where the buyer fixed the
--       price or is known to have judged more than price
-- keep: view
with priced as (
    select b.process_key,
           min(case when b.status = 'valid' then b.amount end)        as lowest_valid,
           min(case when b.status = 'disqualified' then b.amount end) as lowest_put_out
    from bid_facts b
    join award_outcomes a on a.process_key = b.process_key
    where a.active_awards > 0 and b.amount is not null
    group by b.process_key
    having count(distinct b.currency) = 1
)
select p.process_key,
       cast((p.lowest_valid - p.lowest_put_out) / p.lowest_valid as double) as value,
       0                                                                    as threshold,
       coalesce(p.lowest_put_out < p.lowest_valid, false)                   as is_flagged
from priced p
join tender_facts t on t.process_key = p.process_key
where p.lowest_valid is not null
  and coalesce(t.award_criteria, 'priceOnly') in ('priceOnly', 'lowestCost')
;
-- name: flag_many_put_out
-- note: R038, one row a buyer, procuring entity or bidder in scope with enough submitted bids:
--       the share disqualified is at or above the upper fence of its own side; no limit where
--       that side has few or all are alike
-- keep: view
with counted as (
    select side,
           organisation,
           count(*)                                                as bids,
           count(distinct process_key)                             as processes,
           round(cast(sum(cast(is_put_out as int)) as double) / count(*), 9) as put_out
    from bid_sides
    group by side, organisation
),
enough as (
    select c.*
    from counted c
    cross join assumptions a
    where (c.side = 'bidder' and c.bids >= a.bids)
       or (c.side <> 'bidder' and c.processes >= a.processes)
),
fence as (
    select side,
           count(*)                                              as size,
           percentile_cont(0.25) within group (order by put_out) as low_quarter,
           percentile_cont(0.75) within group (order by put_out) as high_quarter
    from enough
    group by side
),
limits as (
    select f.side,
           case when a.threshold >= 0 then a.threshold
                when f.size >= a.fewest and f.high_quarter > f.low_quarter
                then round(f.high_quarter + 1.5 * (f.high_quarter - f.low_quarter), 9)
           end as threshold
    from fence f
    cross join assumptions a
)
select e.side,
       e.organisation,
       e.bids,
       e.processes,
       e.put_out                as value,
       l.threshold,
       e.put_out >= l.threshold as is_flagged
from enough e
join limits l on l.side = e.side
;
-- name: flag_many_trades
-- note: R048, one row a supplier of awarded items in scope: distinct first digits of their codes
--       at or above the upper fence, which is taken over suppliers awarded in enough processes;
--       no limit where those are few or all alike
-- keep: view
with supplied as (
    select s.supplier,
           count(distinct s.process_key)                        as processes,
           count(distinct left(i.code, cast(a.digits as int)))  as trades
    from sole_suppliers s
    join items i on i.process_key = s.process_key
        and i.section = 'award' and i.section_id = s.award_id
    cross join assumptions a
    where i.code is not null
    group by s.supplier
),
fence as (
    select count(*)                                             as size,
           percentile_cont(0.25) within group (order by trades) as low_quarter,
           percentile_cont(0.75) within group (order by trades) as high_quarter
    from supplied
    cross join assumptions a
    where processes >= a.awarded
),
limits as (
    select case when a.threshold >= 0 then a.threshold
                when f.size >= a.fewest and f.high_quarter > f.low_quarter
                then round(f.high_quarter + 1.5 * (f.high_quarter - f.low_quarter), 9)
           end as threshold
    from fence f
    cross join assumptions a
)
select s.supplier,
       s.processes,
       s.trades                as value,
       l.threshold,
       s.trades >= l.threshold as is_flagged
from supplied s
cross join limits l
;
-- name: flag_deep_discount
-- note: R058, one row a process with a price gap: the next price lies as far above the winning
--       one as the upper fence of all gaps in scope, or further; no limit where gaps are few or
--       all alike
-- keep: view
with fence as (
    select count(*)                                          as size,
           percentile_cont(0.25) within group (order by gap) as low_quarter,
           percentile_cont(0.75) within group (order by gap) as high_quarter
    from price_gaps
),
limits as (
    select case when a.threshold >= 0 then a.threshold
                when f.size >= a.fewest and f.high_quarter > f.low_quarter
                then round(f.high_quarter + 1.5 * (f.high_quarter - f.low_quarter), 9)
           end as threshold
    from fence f
    cross join assumptions a
)
select g.process_key,
       g.winner,
       g.gap                as value,
       l.threshold,
       g.gap >= l.threshold as is_flagged
from price_gaps g
cross join limits l
