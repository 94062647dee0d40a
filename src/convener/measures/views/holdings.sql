-- name: holdings
-- note: one row a provider's share of one thing: an award, a payment or a place of provision.
--       The framework rule says how an award to several is shared: split evenly, all to the
--       first, or the whole ceiling to each. What cannot be used keeps a row without provider
--       or value; an award of 0 was given none, so it is not counted as valued. The files of a
--       source have the same numbers of lines, so a payment is known by more than its line
-- keep: market
with things as (
    select a.service, area, period, place, region, buyer,
           party_key,
           cast(null as varchar)          as kind,
           cast(null as varchar)          as scale,
           case when a.currency is not distinct from c.currency
                then amount end           as amount,
           case getvariable('framework')
               when 'split' then 1.0 / greatest(supplier_count, 1)
               when 'lead' then case when coalesce(position, 1) = 1 then 1.0 else 0.0 end
               else 1.0
           end                            as weight,
           happened_on                    as held_on,
           starts_on,
           ends_on,
           process_key,
           award_id,
           supplier_count,
           true                           as is_viable
    from award_suppliers_in_scope a
    left join commonest_currency c on c.service = a.service
    where getvariable('basis') = 'awards'
    union all
    select p.service, area, period, place, region, buyer,
           payee_key, payee_kind, size_of(payee_scale),
           case when p.currency is not distinct from c.currency then amount end,
           1.0, paid_on, cast(null as date), cast(null as date),
           cast(null as bigint),
           concat_ws('/', source, cast(line as varchar), cast(buyer as varchar),
                     cast(paid_on as varchar), cast(payee_key as varchar)),
           1, true
    from payments_in_scope p
    left join commonest_currency c on c.service = p.service
    where getvariable('basis') = 'payments'
    union all
    select p.service, area, period, place, region, cast(null as ubigint),
           provider_key, kind, cast(null as varchar),
           case when p.unit is not distinct from u.unit
                then cast(quantity as decimal(18, 4)) end,
           1.0, observed_on, opened_on, cast(null as date),
           cast(null as bigint), coalesce(place_id, cast(line as varchar)), 1,
           coalesce(lower(rating), '') not in ('inadequate')
    from provision_in_scope p
    left join commonest_unit u on u.service = p.service
    where getvariable('basis') = 'provision'
)
select t.service,
       t.area,
       t.period,
       t.place,
       t.region,
       p.provider,
       p.provider_name,
       p.organisation_key,
       case getvariable('basis')
           when 'provision' then coalesce(t.kind, p.kind, 'unknown')
           else coalesce(nullif(p.kind, 'unknown'), t.kind, 'unknown')
       end                                                          as kind,
       coalesce(t.scale, p.scale)                                   as scale,
       p.is_vcse,
       t.buyer,
       case when t.weight * coalesce(p.share, 1.0) = 1.0 then t.amount
            else cast(t.amount * t.weight * coalesce(p.share, 1.0) as decimal(18, 4))
       end                                                          as value,
       t.amount is not null and (t.amount <> 0 or getvariable('basis') <> 'awards')
                                                                    as is_valued,
       t.weight * coalesce(p.share, 1.0)                            as item_count,
       t.held_on,
       t.starts_on,
       t.ends_on,
       t.process_key,
       t.award_id,
       t.supplier_count,
       t.is_viable
from things t
left join providers p on p.party_key = t.party_key
    and coalesce(t.held_on, date '9999-12-30') >= p.from_on
    and coalesce(t.held_on, date '9999-12-30') < p.to_on
