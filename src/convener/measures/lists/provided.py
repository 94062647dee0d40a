"""What one organisation provides: its contracts, its buyers, its markets, and what would stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from convener.base.kinds import Kind
from convener.measures.bench import Bench
from convener.measures.lists.deals import BUNDLED, Deals, Page, ask, deals_of
from convener.measures.lists.holders import NOT_NAMED
from convener.measures.lists.holders_sql import ENDING_MONTHS
from convener.measures.lists.narrowing import provided_by
from convener.measures.lists.organisation import Profile, spellings_behind
from convener.measures.question import Question

BASES = ("provision", "awards", "payments")  # the first that there is, is shown first
BUYERS_MAX = 200
SPOTS_MAX = 500


@dataclass(frozen=True)
class Totals:
    """All that an organisation holds on one basis."""

    things: float
    amount: float | None
    valued: int
    currency: str
    unit: str
    buyers: int
    areas: int
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True)
class Customer:
    """One buyer of an organisation: what it is worth to it."""

    name: str
    organisation: int | None
    things: int
    amount: float | None
    share: float | None
    ending: int | None
    last_end: date | None


@dataclass(frozen=True)
class Spot:
    """What an organisation holds of one service, in one area or in all."""

    service: str
    level: str
    place: str
    region: str
    things: float
    amount: float | None
    last_end: date | None


@dataclass(frozen=True)
class Year:
    """What an organisation won, was paid or listed in one year."""

    period: str
    things: float
    amount: float | None
    buyers: int


@dataclass(frozen=True)
class Through:
    """One body through which it provides, or one owner to whom what it provides counts."""

    key: int | None
    name: str
    kind: Kind
    things: float
    amount: float | None
    share: float | None


@dataclass(frozen=True)
class Provided:
    """What an organisation provides, on one basis."""

    basis: str
    bases: tuple[str, ...]
    totals: Totals
    deals: Deals
    buyers: tuple[Customer, ...]
    markets: tuple[Spot, ...]
    spots: tuple[Spot, ...]
    years: tuple[Year, ...]
    through: tuple[Through, ...]
    owners: tuple[Through, ...]


def read_provided(
    cursor: duckdb.DuckDBPyConnection,
    profile: Profile,
    *,
    basis: str,
    day: date | None,
    page: Page,
) -> Provided | None:
    """Return what an organisation provides; nothing where the data has nothing of it.

    ``basis`` is the one wanted, where there is any of it. ``day`` is the one from which what ends
    soon is counted.
    """
    with provided_by(cursor, spellings_behind(cursor, profile)):
        bases = _bases(cursor)
        if not bases:
            return None
        chosen = basis if basis in bases else bases[0]
        return _read(cursor, profile, chosen, bases, day, page)


def _bases(cursor: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    found = cursor.execute(
        "select (select count(*) from temp.provision where provider_key in"
        " (select party_key from part_spellings)),"
        " (select count(*) from temp.suppliers where party_key in"
        " (select party_key from part_spellings)),"
        " (select count(*) from temp.payments where payee_key in"
        " (select party_key from part_spellings))"
    ).fetchone()
    return tuple(basis for basis, count in zip(BASES, found or (), strict=True) if count)


def _read(
    cursor: duckdb.DuckDBPyConnection,
    profile: Profile,
    basis: str,
    bases: tuple[str, ...],
    day: date | None,
    page: Page,
) -> Provided | None:
    # Lists of provision are of one day a service, and each entry has one label.
    by = ("service",) if basis == "provision" else ()
    bench = _bench(cursor, basis, profile.entity, by, "label")
    try:
        _hold(bench, profile.key)
        words = {"day": day, "months": ENDING_MONTHS}
        totals = _totals(bench, basis)
        if totals is None:
            return None
        found: dict[str, Any] = {
            "totals": totals,
            "deals": deals_of(bench, page, day) if basis == "awards" else Deals(),
            "buyers": tuple(Customer(**row) for row in ask(bench, _BUYERS, **words)),
            "through": tuple(_through(row) for row in ask(bench, _THROUGH)),
            "years": tuple(Year(**row) for row in ask(bench, _YEARS)),
        }
    finally:
        bench.close()
    if basis == "provision":
        found["years"] = _listed_years(cursor, profile)
    found["owners"] = _owners(cursor, profile, basis, by) if profile.is_owned else ()
    spots = _spots(cursor, profile, basis)
    found["markets"] = tuple(one for one in spots if one.place == "")
    found["spots"] = tuple(one for one in spots if one.place)
    return Provided(basis=basis, bases=bases, **found)


def _bench(
    cursor: duckdb.DuckDBPyConnection,
    basis: str,
    entity: str,
    by: tuple[str, ...],
    level: str,
) -> Bench:
    question = Question(("hhi",), by=by, entity=entity, basis=basis, level=level)
    bench = Bench(cursor, question)
    bench.build(("holdings", "buyer_names"))
    return bench


def _hold(bench: Bench, key: int) -> None:
    """Keep what the organisation holds as the table ``held``."""
    bench.connection.execute(
        "create or replace temp table held as select * from holdings"
        " where provider = hash('organisation', $key::bigint)",
        {"key": key},
    )


def _totals(bench: Bench, basis: str) -> Totals | None:
    [row] = ask(bench, _TOTALS)
    unit, currency = "", ""
    if basis == "provision":
        units = ask(bench, "select any_value(unit) as unit from commonest_unit")
        unit = str(units[0]["unit"] or "")
    else:
        met = ask(bench, "select any_value(currency) as currency from commonest_currency")
        currency = str(met[0]["currency"] or "")
    return Totals(**row, unit=unit, currency=currency) if row["things"] else None


def _through(row: dict[str, Any]) -> Through:
    kind = Kind(row["kind"] or Kind.UNKNOWN)
    if kind is Kind.INDIVIDUAL:
        row = {**row, "key": None, "name": NOT_NAMED}
    return Through(**{**row, "kind": kind, "name": row["name"] or "Not named"})


def _listed_years(cursor: duckdb.DuckDBPyConnection, profile: Profile) -> tuple[Year, ...]:
    """Return the years of lists of provision, each by its last day."""
    bench = _bench(cursor, "provision", profile.entity, ("service", "period"), "label")
    try:
        _hold(bench, profile.key)
        return tuple(Year(**row) for row in ask(bench, _LISTED_YEARS))
    finally:
        bench.close()


def _owners(
    cursor: duckdb.DuckDBPyConnection, profile: Profile, basis: str, by: tuple[str, ...]
) -> tuple[Through, ...]:
    """Return to whom the markets count what it provides: its owners, each by share and day."""
    bench = _bench(cursor, basis, "owner", by, "label")
    try:
        bench.connection.execute(
            "create or replace temp table held as select * from holdings"
            " where organisation_key = $key",
            {"key": profile.key},
        )
        return tuple(_through(row) for row in ask(bench, _COUNTED_TO))
    finally:
        bench.close()


def _spots(cursor: duckdb.DuckDBPyConnection, profile: Profile, basis: str) -> tuple[Spot, ...]:
    """Return what it holds by service, and by service and area: named services, else divisions."""
    levels = {"awards": ("bundle", "division")}.get(basis, ("bundle", "label"))
    found: list[Spot] = []
    for level in levels:
        if found and level == "division":
            break
        bench = _bench(cursor, basis, profile.entity, ("service",), level)
        try:
            _hold(bench, profile.key)
            found += (Spot(**row, level=level) for row in ask(bench, _SPOTS, level=level))
        finally:
            bench.close()
    return tuple(found)


_TOTALS = """
    select count(distinct (process_key, award_id))       as things,
           cast(sum(value) as double)                    as amount,
           count(*) filter (where is_valued)             as valued,
           count(distinct buyer)                         as buyers,
           count(distinct place) filter (where place <> 'unknown') as areas,
           min(held_on)                                  as first_on,
           max(held_on)                                  as last_on
    from held
"""
_BUYERS = f"""
    with bought as (
        select buyer,
               count(distinct (process_key, award_id))   as things,
               cast(sum(value) as double)                as amount,
               case when count(ends_on) > 0 then count(distinct (process_key, award_id)) filter (
                   where ends_on >= $day and ends_on < $day::date + to_months($months)
               ) end                                     as ending,
               max(ends_on)                              as last_end
        from held
        where buyer is not null
        group by buyer
    )
    select case when o.kind = 'individual' then '{NOT_NAMED}'
                else coalesce(n.buyer_name, 'Not named') end as name,
           case when o.kind <> 'individual' then o.organisation_key end as organisation,
           b.things,
           b.amount,
           case when b.amount > 0
                then b.amount / sum(case when b.amount > 0 then b.amount end) over () end as share,
           b.ending,
           b.last_end
    from bought b
    left join buyer_names n on n.buyer = b.buyer
    left join organisations o on hash('organisation', o.organisation_key) = b.buyer
    order by b.amount desc nulls last, b.things desc, name
    limit {BUYERS_MAX}
"""
_THROUGH = """
    select h.organisation_key                            as key,
           o.name,
           o.kind,
           sum(h.item_count)                             as things,
           cast(sum(h.value) as double)                  as amount,
           case when sum(h.value) > 0
                then cast(sum(h.value) as double) / sum(
                    case when sum(h.value) > 0 then cast(sum(h.value) as double) end) over ()
           end                                           as share
    from held h
    left join organisations o on o.organisation_key = h.organisation_key
    group by h.organisation_key, o.name, o.kind
    order by amount desc nulls last, things desc, o.name
    limit 100
"""
_COUNTED_TO = """
    select o.organisation_key                            as key,
           coalesce(o.name, min(h.provider_name))        as name,
           o.kind,
           sum(h.item_count)                             as things,
           cast(sum(h.value) as double)                  as amount,
           case when sum(h.value) > 0
                then cast(sum(h.value) as double) / sum(
                    case when sum(h.value) > 0 then cast(sum(h.value) as double) end) over ()
           end                                           as share
    from held h
    left join organisations o on hash('organisation', o.organisation_key) = h.provider
    group by h.provider, o.organisation_key, o.name, o.kind
    order by amount desc nulls last, things desc, name
"""
_YEARS = """
    select cast(year(held_on) as varchar)                as period,
           count(distinct (process_key, award_id))       as things,
           cast(sum(value) as double)                    as amount,
           count(distinct buyer)                         as buyers
    from held
    where held_on is not null
    group by 1
    order by 1
"""
_LISTED_YEARS = """
    select cast(period as varchar)                       as period,
           sum(item_count)                               as things,
           cast(sum(value) as double)                    as amount,
           0                                             as buyers
    from held
    where period <> 'unknown'
    group by 1
    order by 1
"""
_SPOTS = f"""
    select cast(service as varchar)                      as service,
           case when grouping(place) = 1 then '' else cast(place as varchar) end as place,
           case when grouping(place) = 1 then '' else cast(min(region) as varchar) end as region,
           count(distinct (process_key, award_id))       as things,
           cast(sum(value) as double)                    as amount,
           max(ends_on)                                  as last_end
    from held
    where service <> 'unknown'
      and ($level <> 'label' or cast(service as varchar) not in ({BUNDLED}))
    group by grouping sets ((service), (service, place))
    having grouping(place) = 1 or place <> 'unknown'
    order by grouping(place) desc, amount desc nulls last, things desc, service, place
    limit {SPOTS_MAX}
"""
