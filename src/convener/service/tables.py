"""The rows of a market's tables, from the prepared views on which its measures rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from convener.base.kinds import Kind
from convener.measures.bench import Bench
from convener.measures.question import Question

NOT_NAMED = "A person, not named"
# People or places say most of who provides, awards least: in-house delivery is in none of them.
THINGS = {"awards": "award", "payments": "payment", "provision": "entry"}


@dataclass(frozen=True)
class Provider:
    """One provider in a market. A person is counted and never named."""

    name: str
    kind: Kind
    things: float
    areas: int
    amount: float | None
    share: float | None


@dataclass(frozen=True)
class Area:
    """One area of a market, and who holds the most there."""

    name: str
    region: str
    provider: str
    kind: Kind
    providers: int
    things: int
    amount: float | None
    total: float | None
    share: float | None


@dataclass(frozen=True)
class Facts:
    """What the tables of a market rest on."""

    basis: str
    unit: str
    currency: str
    things: int
    records: int
    named: int
    valued: int
    kind_known: int
    providers: int
    areas: int
    buyers: int
    first_on: date | None
    last_on: date | None
    total: float | None


@dataclass(frozen=True)
class Tables:
    """All of a market's tables under one set of choices."""

    facts: Facts
    kinds: dict[Kind, int]
    providers: tuple[Provider, ...]
    areas: tuple[Area, ...]
    sources: tuple[tuple[str, int], ...]


def read_tables(cursor: duckdb.DuckDBPyConnection, question: Question, basis: str) -> Tables:
    """Return the tables of the market that a question asks about."""
    bench = Bench(cursor, replace(question, basis=basis))
    try:
        return Tables(
            facts=_facts(bench, basis),
            kinds={Kind(row["kind"]): row["providers"] for row in bench.rows(_KINDS)},
            providers=tuple(_provider(row) for row in bench.rows(_PROVIDERS)),
            areas=tuple(_area(row) for row in bench.rows(_AREAS)),
            sources=tuple((row["source"], row["things"]) for row in _sources(bench, basis)),
        )
    finally:
        bench.close()


def periods_of(
    cursor: duckdb.DuckDBPyConnection, question: Question, basis: str
) -> tuple[str, ...]:
    """Return the years in which a market has anything, the last first."""
    where = _without(question, "period")
    bench = Bench(cursor, replace(question, basis=basis, where=where, by=("period",)))
    try:
        return tuple(row["period"] for row in bench.rows(_PERIODS))
    finally:
        bench.close()


def _without(question: Question, key: str) -> dict[str, str]:
    return {name: value for name, value in question.where.items() if name != key}


def _facts(bench: Bench, basis: str) -> Facts:
    row = bench.rows(_FACTS)[0]
    units = bench.rows("select unit from commonest_unit") if basis == "provision" else []
    currencies = bench.rows("select currency from commonest_currency")
    return Facts(
        basis=basis,
        unit=str(units[0]["unit"] or "") if units else "",
        currency=str(currencies[0]["currency"] or "") if currencies else "",
        **row,
    )


def _sources(bench: Bench, basis: str) -> list[dict[str, Any]]:
    return bench.rows(
        f"select source, count(*) as things from {basis}_in_scope"
        " group by source order by things desc, source"
    )


def _provider(row: dict[str, Any]) -> Provider:
    kind = Kind(row.pop("kind"))
    name = NOT_NAMED if kind is Kind.INDIVIDUAL else row["name"]
    return Provider(**{**row, "name": name}, kind=kind)


def _area(row: dict[str, Any]) -> Area:
    kind = Kind(row.pop("kind"))
    name = NOT_NAMED if kind is Kind.INDIVIDUAL else row["provider"]
    return Area(**{**row, "provider": name}, kind=kind)


_FACTS = """
    select count(distinct (process_key, award_id))
                                                             as things,
           count(*)                                          as records,
           count(provider)                                   as named,
           count(value)                                      as valued,
           count(*) filter (where kind <> 'unknown')         as kind_known,
           count(distinct provider)                          as providers,
           count(distinct place) filter (where place <> 'unknown') as areas,
           count(distinct buyer)                             as buyers,
           min(held_on)                                      as first_on,
           max(held_on)                                      as last_on,
           cast(sum(value) as double)                        as total
    from holdings
"""

_KINDS = """
    select kind, count(distinct provider) as providers
    from holdings
    where provider is not null
    group by kind
"""

_PROVIDERS = """
    with kinds as (
        select provider,
               min(provider_name)                            as name,
               arg_max(kind, item_count)                     as kind,
               count(distinct place) filter (where place <> 'unknown') as areas
        from holdings
        where provider is not null
        group by provider
    )
    select k.name,
           k.kind,
           s.items                                           as things,
           k.areas,
           cast(s.value as double)                           as amount,
           coalesce(s.share, case when s.market_valued = 0 then s.item_share end) as share
    from provider_shares s
    join kinds k on k.provider = s.provider
    order by share desc nulls last, s.items desc, name
"""

_AREAS = """
    with kinds as (
        select place, provider, min(provider_name) as name, arg_max(kind, item_count) as kind,
               min(region) as region
        from holdings
        where provider is not null
        group by place, provider
    ),
    ranked as (
        select s.place,
               s.provider,
               coalesce(s.share, case when sum(s.valued) over here = 0 then s.item_share end)
                                                              as share,
               s.value,
               sum(case when s.value > 0 then s.value end) over here as total,
               count(*) over here                             as providers,
               sum(s.records) over here                       as things
        from local_shares s
        window here as (partition by s.place)
    )
    select r.place                                            as name,
           k.region,
           k.name                                             as provider,
           k.kind,
           r.providers,
           cast(r.things as bigint)                           as things,
           cast(r.value as double)                            as amount,
           cast(r.total as double)                            as total,
           r.share
    from ranked r
    join kinds k on k.place = r.place and k.provider = r.provider
    where r.place <> 'unknown'
    qualify row_number() over (
        partition by r.place order by r.share desc nulls last, k.name
    ) = 1
    order by r.share desc nulls last, r.place
"""

_PERIODS = """
    select period
    from holdings
    where period <> 'unknown'
    group by period
    order by period desc
"""
