-- name:    single-bid-share
-- asks:    Of the competitive tenders that drew a bid, what share drew only one?
-- unit:    share of tenders, 0 to 1
-- source:  European Commission, Single Market Scoreboard, single bidder; Open Contracting
--          Partnership, Cardinal indicator R018
-- grain:   service, area, period
-- needs:   processes, bids, tenderers, suppliers
-- minimum: 10 tenders
-- event:   yes
select service, area, period,
       avg(cast(bid_count = 1 as int)) as value,
       count(bid_count)                as count,
       count(*)                        as records,
       case when count(bid_count) > 0 then null
            when bool_or(is_contest_hidden)
            then 'how many bid is not in this data: it names as tenderers nobody, or only winners'
            when not bool_or(is_competitive is not null)
            then 'which tenders were open to competition is not in this data'
            else 'how many bid is not in this data'
       end as note
from open_tenders
where bid_count is null or bid_count > 0
group by all
