-- name: bidders
-- note: one row a spelling and the organisation that bids, wins or buys under it, whichever
--       entity the question asks for; a spelling without a name stands for itself
-- keep: table
with unresolved as (
    select party_key, name
    from tenderers
    where party_key not in (select party_key from spellings)
    union
    select party_key, name
    from parties
    where list_contains(roles, 'procuringEntity')
      and party_key not in (select party_key from spellings)
),
written as (
    select party_key, organisation_key, spelling, organisation_name as bidder_name, kind
    from spellings
    union all
    select party_key, cast(null as bigint), nullif(spelling_of(min(name)), ''), min(name),
           'unknown'
    from unresolved
    where party_key is not null
    group by party_key
)
select party_key,
       case when organisation_key is not null then hash('organisation', organisation_key)
            when spelling is not null then hash('spelling', spelling)
            else party_key end as bidder,
       bidder_name,
       kind
from written
;
-- name: bid_facts
-- note: one row a submitted bid (valid or disqualified), with the first of its bidders; an
--       amount that is not positive is not a price
-- keep: table
with tendering as (
    select t.process_key,
           t.bid_id,
           min(coalesce(b.bidder, t.party_key)) as bidder,
           max(coalesce(b.bidder, t.party_key)) as last_bidder
    from tenderers t
    left join bidders b on b.party_key = t.party_key
    where t.bid_id is not null
    group by t.process_key, t.bid_id
)
select b.process_key,
       b.bid_id,
       b.status,
       b.bid_at,
       case when b.amount > 0 then b.amount end  as amount,
       coalesce(b.currency, '')                  as currency,
       coalesce(t.bidder = t.last_bidder, false) as has_one_bidder,
       t.bidder
from bids b
left join tendering t on t.process_key = b.process_key and t.bid_id = b.bid_id
where b.status in ('valid', 'disqualified')
;
-- name: bids_in_scope
-- note: one row a submitted bid and service in scope
-- keep: view
select t.service,
       t.area,
       t.period,
       t.place,
       t.buyer,
       b.*
from tenders t
join bid_facts b on b.process_key = t.process_key
;
-- name: bid_sides
-- note: one row a submitted bid in scope and a side of it: its buyer, its procuring entity and
--       each of its bidders
-- keep: table
with sides as (
    select 'buyer' as side, p.process_key, cast(null as varchar) as bid_id,
           p.buyer_key as party_key
    from processes p
    where p.buyer_key is not null
    union all
    select 'procuring-entity', process_key, null, party_key
    from parties
    where list_contains(roles, 'procuringEntity')
    union all
    select 'bidder', process_key, bid_id, party_key
    from tenderers
    where bid_id is not null
)
select s.side,
       coalesce(d.bidder, s.party_key)     as organisation,
       b.process_key,
       b.bid_id,
       b.status = 'disqualified'           as is_put_out
from sides s
join bid_facts b on b.process_key = s.process_key
    and (s.bid_id is null or s.bid_id = b.bid_id)
left join bidders d on d.party_key = s.party_key
where b.process_key in (select process_key from tenders)
group by all
;
-- name: award_outcomes
-- note: one row a process with awards: how many are active, whether all are settled, who won
-- keep: table
with by_award as (
    select a.process_key,
           a.award_id,
           a.status,
           min(coalesce(b.bidder, s.party_key)) as first_supplier,
           max(coalesce(b.bidder, s.party_key)) as last_supplier
    from awards a
    left join suppliers s on s.process_key = a.process_key and s.award_id = a.award_id
    left join bidders b on b.party_key = s.party_key
    group by a.process_key, a.award_id, a.status
)
select process_key,
       count(*) filter (where status = 'active')              as active_awards,
       bool_and(coalesce(status, 'unknown') in ('active', 'cancelled', 'unsuccessful'))
                                                              as is_settled,
       min(first_supplier) filter (where status = 'active')   as first_supplier,
       max(last_supplier) filter (where status = 'active')    as last_supplier
from by_award
group by process_key
;
-- name: price_gaps
-- note: one row a process in scope whose only active award went to the cheapest valid bid of one
--       bidder: how far the next bidder's price lay above it, as a share of the winning price
-- keep: table
with joint as (
    select distinct process_key from bid_facts where not has_one_bidder
),
priced as (
    select b.process_key,
           a.first_supplier                                                   as winner,
           b.bidder,
           b.currency,
           b.amount
    from bid_facts b
    join award_outcomes a on a.process_key = b.process_key
    where a.active_awards = 1
      and a.first_supplier = a.last_supplier
      and a.is_settled
      and b.status = 'valid'
      and b.amount is not null
      and b.process_key in (select process_key from tenders)
      and b.process_key not in (select process_key from joint)
),
compared as (
    select process_key,
           winner,
           min(case when bidder = winner then amount end)                     as winning,
           min(case when bidder <> winner then amount end)                    as next_lowest,
           min_by(case when bidder <> winner then bidder end,
                  case when bidder <> winner then amount end)                 as runner_up
    from priced
    group by process_key, winner
    having count(distinct currency) = 1
)
select process_key,
       winner,
       runner_up,
       round(cast((next_lowest - winning) / winning as double), 9) as gap
from compared
where next_lowest >= winning
;
-- name: sole_suppliers
-- note: one row an active award in scope that went to one supplier
-- keep: table
select s.process_key,
       s.award_id,
       min(coalesce(b.bidder, s.party_key)) as supplier
from suppliers s
join awards a on a.process_key = s.process_key and a.award_id = s.award_id
left join bidders b on b.party_key = s.party_key
where a.status = 'active'
  and s.process_key in (select process_key from tenders)
group by s.process_key, s.award_id
having min(coalesce(b.bidder, s.party_key)) = max(coalesce(b.bidder, s.party_key))
;
-- name: participations
-- note: one row an organisation that bid for a process in scope that was awarded, and whether it
--       won
-- keep: table
with won as (
    select distinct s.process_key, coalesce(b.bidder, s.party_key) as bidder
    from suppliers s
    join award_facts f on f.process_key = s.process_key and f.award_id = s.award_id
    left join bidders b on b.party_key = s.party_key
),
tried as (
    select t.process_key,
           coalesce(b.bidder, t.party_key)      as bidder,
           min(coalesce(b.kind, 'unknown'))     as kind
    from tenderers t
    left join bidders b on b.party_key = t.party_key
    left join bids d on d.process_key = t.process_key and d.bid_id = t.bid_id
    where t.party_key is not null
      and t.source not in (select source from contest_hidden)
      and t.process_key in (select process_key from won)
      and coalesce(d.status, 'valid') not in ('invited', 'withdrawn')
    group by t.process_key, coalesce(b.bidder, t.party_key)
)
select p.service,
       p.area,
       p.period,
       p.process_key,
       r.bidder,
       r.kind,
       w.bidder is not null as has_won
from tenders p
join tried r on r.process_key = p.process_key
left join won w on w.process_key = r.process_key and w.bidder = r.bidder
