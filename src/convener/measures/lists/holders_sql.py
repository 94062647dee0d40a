"""The statements of the lists of who holds a market, over the prepared views."""

from __future__ import annotations

ENDING_MONTHS = 18  # a contract that ends so soon is one to plan for

UNITS = "select service, unit from commonest_unit"
SOURCES = """
    select service, source, count(*) as things
    from {basis}_in_scope
    group by service, source
    order by service, things desc, source
"""
FACTS = """
    select h.service,
           any_value(c.currency)                             as currency,
           count(distinct (h.process_key, h.award_id))       as things,
           count(*)                                          as records,
           count(h.provider)                                 as named,
           count(h.value)                                    as valued,
           count(*) filter (where h.kind <> 'unknown')       as kind_known,
           count(distinct h.provider)                        as providers,
           count(distinct h.place) filter (where h.place <> 'unknown') as areas,
           count(distinct h.buyer)                           as buyers,
           min(h.held_on)                                    as first_on,
           max(h.held_on)                                    as last_on,
           cast(sum(h.value) as double)                      as total
    from holdings h
    left join commonest_currency c on c.service = h.service
    group by h.service
"""

KINDS = """
    select service, kind, count(distinct provider) as providers
    from holdings
    where provider is not null
    group by service, kind
"""

ENDING = f"""
    days as (
        select service, max(held_on) as day from holdings group by service
    ),
    held as (
        select h.*,
               h.ends_on is not null as has_end,
               h.ends_on >= d.day
                   and h.ends_on < d.day + interval {ENDING_MONTHS} month as ends_soon
        from holdings h
        join days d on d.service = h.service
    )
"""

# Every provider in its place by share: by number where nothing is valued.
_NAMED_SHARES = """
    called as (
        select service, provider, min(provider_name) as name
        from holdings
        where provider is not null
        group by service, provider
    ),
    measured as (
        select s.*,
               s.market_valued = 0                           as is_counted,
               coalesce(s.share, case when s.market_valued = 0 then s.item_share end) as held
        from provider_shares s
    ),
    placed as (
        select m.*,
               row_number() over (
                   partition by m.service
                   order by m.held desc nulls last, m.items desc, c.name
               )                                             as place_in_line
        from measured m
        join called c on c.service = m.service and c.provider = m.provider
    )"""

PROVIDERS = f"""
    with {ENDING},
    described as (
        select service,
               provider,
               min(provider_name)                            as name,
               arg_max(kind, item_count)                     as kind,
               count(distinct place) filter (where place <> 'unknown') as areas,
               nullif(count(distinct buyer), 0)              as buyers,
               case when bool_or(has_end)
                    then count(distinct (process_key, award_id)) filter (where ends_soon)
               end                                           as ending
        from held
        where provider is not null
        group by service, provider
    ),
    {_NAMED_SHARES},
    listed as (
        select s.service,
               s.provider,
               s.items                                       as things,
               cast(s.value as double)                       as amount,
               s.held                                        as share,
               d.name, d.kind, d.areas, d.buyers, d.ending,
               s.place_in_line                               as place
        from placed s
        join described d on d.service = s.service and d.provider = s.provider
    )
    select l.service, l.name, l.kind, o.organisation_key as organisation, l.things, l.areas,
           l.buyers, l.ending, l.amount, l.share
    from listed l
    left join organisations o on hash('organisation', o.organisation_key) = l.provider
    where getvariable('most') = '' or l.place <= cast(getvariable('most') as bigint)
    order by l.service, l.place
"""

BUYERS = f"""
    with {ENDING},
    bought as (
        select service,
               buyer,
               count(distinct (process_key, award_id))       as things,
               count(distinct provider)                      as providers,
               cast(sum(value) as double)                    as amount,
               case when bool_or(has_end)
                    then count(distinct (process_key, award_id)) filter (where ends_soon)
               end                                           as ending
        from held
        where buyer is not null
        group by service, buyer
    ),
    shares as (
        select service, buyer, provider,
               case when sum(value) > 0 then cast(sum(value) as double) end as net,
               sum(item_count)                               as items,
               min(provider_name)                            as name,
               arg_max(kind, item_count)                     as kind
        from holdings
        where buyer is not null and provider is not null
        group by service, buyer, provider
    ),
    largest as (
        select service, buyer, name, kind,
               coalesce(
                   net / sum(net) over here,
                   case when sum(net) over here is null then items / sum(items) over here end
               )                                             as share
        from shares
        window here as (partition by service, buyer)
        qualify row_number() over (
            partition by service, buyer order by net desc nulls last, items desc, name
        ) = 1
    ),
    listed as (
        select *,
               case when amount > 0
                    then amount / sum(case when amount > 0 then amount end) over here end as share,
               row_number() over (
                   partition by service order by amount desc nulls last, things desc, buyer
               )                                             as place
        from bought
        window here as (partition by service)
    )
    select l.service, coalesce(n.buyer_name, 'Not named') as name,
           o.organisation_key as organisation, l.things,
           l.providers, l.ending, l.amount, l.share,
           g.name as largest, g.kind as largest_kind, g.share as largest_share
    from listed l
    left join buyer_names n on n.buyer = l.buyer
    left join organisations o on hash('organisation', o.organisation_key) = l.buyer
    left join largest g on g.service = l.service and g.buyer = l.buyer
    where getvariable('most') = '' or l.place <= cast(getvariable('most') as bigint)
    order by l.service, l.place
"""

AREAS = """
    with described as (
        select service, place, provider, min(provider_name) as name,
               arg_max(kind, item_count) as kind, min(region) as region
        from holdings
        where provider is not null
        group by service, place, provider
    ),
    ranked as (
        select s.service,
               s.place,
               s.provider,
               coalesce(s.share, case when sum(s.valued) over here = 0 then s.item_share end)
                                                              as share,
               s.value,
               sum(case when s.value > 0 then s.value end) over here as total,
               count(*) over here                             as providers,
               sum(s.records) over here                       as things
        from local_shares s
        window here as (partition by s.service, s.place)
    )
    select r.service,
           r.place                                            as name,
           d.region,
           d.name                                             as provider,
           d.kind,
           o.organisation_key                                 as organisation,
           r.providers,
           cast(r.things as bigint)                           as things,
           cast(r.value as double)                            as amount,
           cast(r.total as double)                            as total,
           r.share
    from ranked r
    join described d on d.service = r.service and d.place = r.place and d.provider = r.provider
    left join organisations o on hash('organisation', o.organisation_key) = r.provider
    where r.place <> 'unknown'
    qualify row_number() over (
        partition by r.service, r.place order by r.share desc nulls last, d.name
    ) = 1
    order by r.service, r.share desc nulls last, r.place
"""

LOSSES = f"""
    with {_NAMED_SHARES},
    largest as (
        select service, provider, is_counted from placed where place_in_line = 1
    ),
    sized as (
        select s.service, s.place, s.provider, s.records, l.provider as leaver,
               case when l.is_counted then case when s.items > 0 then s.items end
                    else s.net end                           as size
        from local_shares s
        join largest l on l.service = s.service
        where s.place <> 'unknown'
    ),
    areas as (
        select service, place,
               sum(case when provider = leaver then size end)    as amount,
               sum(case when provider = leaver then records end) as things,
               sum(size)                                         as total,
               count(size) - 1                                   as others
        from sized
        group by service, place
    )
    select service, place as name, cast(things as bigint) as things, others,
           cast(amount as double) as amount, cast(total as double) as total
    from areas
    where amount > 0
    order by service, amount / total desc, amount desc, place
"""

# By region where a market has many areas in several regions, else by area; netted as its mix is.
MIXES = """
    with spread as (
        select service,
               count(distinct place) filter (where place <> 'unknown') > 12
                   and count(distinct region) filter (where region <> 'unknown') > 1 as by_region
        from holdings
        group by service
    ),
    netted as (
        select h.service,
               s.by_region,
               case when s.by_region then h.region else h.place end   as name,
               h.kind,
               sum(case when h.provider is not null or getvariable('basis') <> 'awards'
                        then h.value end)                             as value,
               sum(case when h.provider is not null or getvariable('basis') <> 'awards'
                        then h.item_count end)                        as items
        from holdings h
        join spread s on s.service = h.service
        group by h.service, s.by_region, name, h.kind, h.provider, h.scale, h.is_vcse
    )
    select service, name, by_region, kind,
           coalesce(cast(sum(items) as double), 0.0)                  as things,
           sum(case when value > 0 then cast(value as double) end)    as amount
    from netted
    group by service, name, by_region, kind
    order by service, name, kind
"""

PERIODS = """
    select service, period
    from holdings
    where period <> 'unknown'
    group by service, period
    order by service, period desc
"""

LISTS = {
    "kinds": KINDS,
    "providers": PROVIDERS,
    "buyers": BUYERS,
    "areas": AREAS,
    "losses": LOSSES,
    "mixes": MIXES,
}
