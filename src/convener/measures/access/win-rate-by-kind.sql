-- name:    win-rate-by-kind
-- asks:    Of the tenders that organisations of a kind bid for, what share did they win?
-- unit:    share of bidders in awarded tenders, 0 to 1
-- source:  commissioning practice: neutrality between models of provision
-- grain:   service, area, period
-- needs:   tenderers, suppliers, organisations
-- minimum: 10 bidders
-- event:   yes
-- basis:   awards
select service, area, period, kind,
       avg(cast(has_won as int)) as value,
       count(*)                  as count
from participations
group by all
