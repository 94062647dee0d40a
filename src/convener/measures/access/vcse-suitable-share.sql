-- name:    vcse-suitable-share
-- asks:    What share of tendered value is marked as suitable for charities and social
--          enterprises?
-- unit:    share of value, 0 to 1
-- source:  OCDS suitability extension; Procurement Act 2023, section 12(4)
-- grain:   service, area, period
-- needs:   processes
-- minimum: 10 tenders
select service, area, period,
       cast(sum(case when suits_vcse then price end) as double)
           / cast(sum(case when suits_vcse is not null then price end) as double) as value,
       count(case when suits_vcse is not null then price end)                     as count,
       count(*)                                                                    as records
from tender_prices
where not is_cancelled
group by all
