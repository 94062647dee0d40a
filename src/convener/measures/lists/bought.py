"""What one organisation buys: from whom, of which services, and what ends soon."""

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
from convener.measures.lists.narrowing import bought_by
from convener.measures.question import Question

BASES = ("awards", "payments")
PROVIDERS_MAX = 200


@dataclass(frozen=True)
class Spent:
    """All that an organisation buys on one basis."""

    things: int
    amount: float | None
    named: int
    records: int
    providers: int
    currency: str
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True)
class Supplier:
    """One provider of a buyer, by ultimate owner. A person is counted and never named."""

    name: str
    kind: Kind
    organisation: int | None
    things: float
    amount: float | None
    share: float | None
    last_end: date | None


@dataclass(frozen=True)
class Purchase:
    """One service that a buyer buys, and who holds most of it."""

    service: str
    things: int
    providers: int
    amount: float | None
    ending: int | None
    largest: str
    largest_key: int | None
    largest_kind: Kind
    largest_share: float | None


@dataclass(frozen=True)
class Bought:
    """What an organisation buys, on one basis."""

    basis: str
    bases: tuple[str, ...]
    spent: Spent
    services: tuple[Purchase, ...]
    providers: tuple[Supplier, ...]
    deals: Deals


def read_bought(
    cursor: duckdb.DuckDBPyConnection, key: int, *, basis: str, day: date | None, page: Page
) -> Bought | None:
    """Return what an organisation buys; nothing where the data has none of it.

    ``basis`` is the one wanted, where there is any of it. ``day`` is the one from which what ends
    soon is counted.
    """
    rows = cursor.execute(
        "select distinct party_key from identities"
        " where organisation_key = $key and party_key is not null",
        {"key": key},
    ).fetchall()
    with bought_by(cursor, [row[0] for row in rows]):
        bases = _bases(cursor)
        if not bases:
            return None
        return _read(cursor, key, basis if basis in bases else bases[0], bases, day, page)


def _bases(cursor: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    found = cursor.execute(
        "select (select count(*) from temp.suppliers), (select count(*) from temp.payments)"
    ).fetchone()
    return tuple(basis for basis, count in zip(BASES, found or (), strict=True) if count)


def _read(
    cursor: duckdb.DuckDBPyConnection,
    key: int,
    basis: str,
    bases: tuple[str, ...],
    day: date | None,
    page: Page,
) -> Bought | None:
    bench = Bench(cursor, Question(("hhi",), by=(), entity="owner", basis=basis, level="bundle"))
    try:
        _hold(bench, key)
        [row] = ask(bench, _SPENT)
        if not row["things"]:
            return None
        met = ask(bench, "select any_value(currency) as currency from commonest_currency")
        spent = Spent(**row, currency=str(met[0]["currency"] or ""))
        providers = tuple(_supplier(row) for row in ask(bench, _PROVIDERS))
        deals = deals_of(bench, page, day, other="provider") if basis == "awards" else Deals()
    finally:
        bench.close()
    return Bought(
        basis=basis,
        bases=bases,
        spent=spent,
        services=_services(cursor, key, basis, day),
        providers=providers,
        deals=deals,
    )


def _services(
    cursor: duckdb.DuckDBPyConnection, key: int, basis: str, day: date | None
) -> tuple[Purchase, ...]:
    """Return what is bought by named service; by division where none is named."""
    found: list[Purchase] = []
    for level in ("bundle", "division" if basis == "awards" else "label"):
        if found and level == "division":
            break
        question = Question(("hhi",), by=("service",), entity="owner", basis=basis, level=level)
        bench = Bench(cursor, question)
        try:
            _hold(bench, key)
            rows = ask(bench, _SERVICES, day=day, months=ENDING_MONTHS, level=level)
            found += (_purchase(row) for row in rows)
        finally:
            bench.close()
    return tuple(sorted(found, key=lambda one: (-(one.amount or 0.0), -one.things, one.service)))


def _hold(bench: Bench, key: int) -> None:
    """Keep what the organisation buys as the table ``held``."""
    bench.build(("holdings", "buyer_names"))
    bench.connection.execute(
        "create or replace temp table held as select * from holdings"
        " where buyer = hash('organisation', $key::bigint)",
        {"key": key},
    )


def _supplier(row: dict[str, Any]) -> Supplier:
    kind = Kind(row["kind"] or Kind.UNKNOWN)
    if kind is Kind.INDIVIDUAL:
        row = {**row, "name": NOT_NAMED, "organisation": None}
    return Supplier(**{**row, "kind": kind})


def _purchase(row: dict[str, Any]) -> Purchase:
    kind = Kind(row["largest_kind"] or Kind.UNKNOWN)
    if kind is Kind.INDIVIDUAL:
        row = {**row, "largest": NOT_NAMED, "largest_key": None}
    return Purchase(**{**row, "largest": row["largest"] or "", "largest_kind": kind})


_SPENT = """
    select count(distinct (process_key, award_id))       as things,
           cast(sum(value) as double)                    as amount,
           count(provider)                               as named,
           count(*)                                      as records,
           count(distinct provider)                      as providers,
           min(held_on)                                  as first_on,
           max(held_on)                                  as last_on
    from held
"""
_PROVIDERS = f"""
    with held_by as (
        select provider,
               min(provider_name)                        as name,
               arg_max(kind, item_count)                 as kind,
               sum(item_count)                           as things,
               cast(sum(value) as double)                as amount,
               max(ends_on)                              as last_end
        from held
        where provider is not null
        group by provider
    )
    select h.name, h.kind, o.organisation_key as organisation, h.things, h.amount,
           case when h.amount > 0
                then h.amount / sum(case when h.amount > 0 then h.amount end) over () end as share,
           h.last_end
    from held_by h
    left join organisations o on hash('organisation', o.organisation_key) = h.provider
    order by h.amount desc nulls last, h.things desc, h.name
    limit {PROVIDERS_MAX}
"""
_SERVICES = f"""
    with shares as (
        select service, provider,
               min(provider_name)                        as name,
               arg_max(kind, item_count)                 as kind,
               case when sum(value) > 0 then cast(sum(value) as double) end as net,
               sum(item_count)                           as items
        from held
        where provider is not null
        group by service, provider
    ),
    largest as (
        select service, provider, name, kind,
               coalesce(net / sum(net) over here,
                        case when sum(net) over here is null then items / sum(items) over here end)
                                                         as share
        from shares
        window here as (partition by service)
        qualify row_number() over (
            partition by service order by net desc nulls last, items desc, name) = 1
    ),
    bought as (
        select service,
               count(distinct (process_key, award_id))   as things,
               count(distinct provider)                  as providers,
               cast(sum(value) as double)                as amount,
               case when count(ends_on) > 0 then count(distinct (process_key, award_id)) filter (
                   where ends_on >= $day and ends_on < $day::date + to_months($months)
               ) end                                     as ending
        from held
        where service <> 'unknown'
          and ($level <> 'label' or cast(service as varchar) not in ({BUNDLED}))
        group by service
    )
    select cast(b.service as varchar) as service, b.things, b.providers, b.amount, b.ending,
           l.name as largest, o.organisation_key as largest_key, l.kind as largest_kind,
           l.share as largest_share
    from bought b
    left join largest l on l.service = b.service
    left join organisations o on hash('organisation', o.organisation_key) = l.provider
    order by b.amount desc nulls last, b.things desc, service
"""
