-- name: running
-- note: things held on the reference day that have a last day: contracts still in force
-- keep: view
select h.service, h.area, h.period, h.place, h.provider, h.provider_name, h.buyer,
       h.value, h.item_count, h.ends_on, d.day
from holdings h
join reference_day d on d.service = h.service
where h.provider is not null
  and coalesce(h.starts_on, h.held_on) <= d.day
  and (h.ends_on is null or h.ends_on >= d.day)
