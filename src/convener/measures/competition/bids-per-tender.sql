-- name:    bids-per-tender
-- asks:    How many bids does a competitive tender draw, on average?
-- unit:    bids, mean
-- source:  Open Contracting Partnership, indicators of competition: tenderers per process
-- grain:   service, area, period
-- needs:   processes, bids, tenderers, suppliers
-- minimum: 10 tenders
select service, area, period,
       avg(bid_count)   as value,
       count(bid_count) as count,
       count(*)         as records,
       case when count(bid_count) > 0 then null
            when bool_or(is_contest_hidden)
            then 'how many bid is not in this data: it names as tenderers nobody, or only winners'
            when not bool_or(is_competitive is not null)
            then 'which tenders were open to competition is not in this data'
            else 'how many bid is not in this data'
       end as note
from open_tenders
group by all
