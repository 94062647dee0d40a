"""Who holds a market: its providers, its buyers and its areas, and what the lists rest on.

Asked of several services together, the lists of each are those that it has when asked alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from convener.base.kinds import Kind
from convener.measures.bench import Bench
from convener.measures.lists.holders_sql import FACTS, LISTS, PERIODS, SOURCES, UNITS
from convener.measures.rows import steady

NOT_NAMED = "A person, not named"
# People or places say most of who provides, awards least: in-house delivery is in none of them.
THINGS = {"awards": "award", "payments": "payment", "provision": "entry"}


@dataclass(frozen=True)
class Provider:
    """One provider in a market. A person is counted and never named.

    ``organisation`` is its number in the store, none for a person and for a bare spelling.
    ``ending`` counts what it holds that ends within :data:`ENDING_MONTHS`, none where no end is
    known of anything; ``buyers`` is none where no buyer is known, as in a list of places.
    """

    name: str
    kind: Kind
    organisation: int | None
    things: float
    areas: int
    buyers: int | None
    ending: int | None
    amount: float | None
    share: float | None


@dataclass(frozen=True)
class Buyer:
    """One buyer in a market, and who holds most of what it buys."""

    name: str
    organisation: int | None
    things: int
    providers: int
    ending: int | None
    amount: float | None
    share: float | None
    largest: str
    largest_kind: Kind
    largest_share: float | None


@dataclass(frozen=True)
class Area:
    """One area of a market, and who holds the most there."""

    name: str
    region: str
    provider: str
    kind: Kind
    organisation: int | None
    providers: int
    things: int
    amount: float | None
    total: float | None
    share: float | None


@dataclass(frozen=True)
class Loss:
    """What one area would lose if the market's largest provider stopped.

    ``things`` is how many things it holds there and ``others`` how many others provide there.
    ``amount`` is its part of the area's ``total``, both in numbers where nothing is valued.
    """

    name: str
    things: int
    others: int
    amount: float
    total: float


@dataclass(frozen=True)
class Held:
    """What one kind of provider holds in one region of a market, or in one area of it.

    ``amount`` is none where nothing of it is valued; what has no known place is ``unknown``.
    """

    name: str
    by_region: bool
    kind: Kind
    things: float
    amount: float | None


@dataclass(frozen=True)
class Facts:
    """What the lists of a market rest on."""

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
    """All of a market's lists under one set of choices.

    ``losses`` are of the provider that ``providers`` lists first, the greatest share lost first.
    ``mixes`` are by region where there are many areas in several regions, else by area.
    """

    facts: Facts
    kinds: dict[Kind, int]
    providers: tuple[Provider, ...]
    buyers: tuple[Buyer, ...]
    areas: tuple[Area, ...]
    sources: tuple[tuple[str, int], ...]
    losses: tuple[Loss, ...] = ()
    mixes: tuple[Held, ...] = ()


def read_tables(bench: Bench, basis: str, *, most: int | None = None) -> dict[str, Tables]:
    """Return by service the lists of the markets that a question by service asks about.

    At most so many providers and buyers of each are listed, the largest first.
    """
    bench.choose(basis)
    bench.set("most", str(most) if most is not None else "")
    found = {name: _by_service(bench.rows(sql)) for name, sql in LISTS.items()}
    sources = _by_service(bench.rows(SOURCES.format(basis=basis)))
    units = _by_service(bench.rows(UNITS)) if basis == "provision" else {}
    facts = _by_service(bench.rows(FACTS))
    return {
        service: Tables(
            facts=_facts(basis, rows[0], units.get(service, [])),
            kinds={Kind(row["kind"]): row["providers"] for row in found["kinds"].get(service, [])},
            providers=tuple(_provider(row) for row in found["providers"].get(service, [])),
            buyers=tuple(_buyer(row) for row in found["buyers"].get(service, [])),
            areas=tuple(_area(row) for row in found["areas"].get(service, [])),
            sources=tuple((row["source"], row["things"]) for row in sources.get(service, [])),
            losses=tuple(Loss(**row) for row in found["losses"].get(service, [])),
            mixes=tuple(
                Held(**{**row, "kind": Kind(row["kind"])})
                for row in found["mixes"].get(service, [])
            ),
        )
        for service, rows in facts.items()
    }


def read_periods(bench: Bench, basis: str) -> dict[str, tuple[str, ...]]:
    """Return by service the years in which a market has anything, the last first.

    The question asks by service and period, and about no period alone.
    """
    bench.choose(basis)
    rows = _by_service(bench.rows(PERIODS))
    return {service: tuple(str(row["period"]) for row in found) for service, found in rows.items()}


def no_tables(basis: str) -> Tables:
    """Return the lists of a market in which nothing is in scope."""
    none = dict.fromkeys(("things", "records", "named", "valued", "kind_known"), 0)
    none |= dict.fromkeys(("providers", "areas", "buyers"), 0)
    facts = Facts(
        basis=basis, unit="", currency="", first_on=None, last_on=None, total=None, **none
    )
    return Tables(facts, {}, (), (), (), ())


def _by_service(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        steady_row = {name: steady(value) for name, value in row.items()}
        found.setdefault(str(steady_row.pop("service")), []).append(steady_row)
    return found


def _facts(basis: str, row: Mapping[str, Any], units: list[dict[str, Any]]) -> Facts:
    unit = str(units[0]["unit"] or "") if units else ""
    return Facts(basis=basis, unit=unit, **{**row, "currency": str(row["currency"] or "")})


def _provider(row: dict[str, Any]) -> Provider:
    kind = Kind(row.pop("kind"))
    return Provider(**_unnamed(row, kind, "name"), kind=kind)


def _buyer(row: dict[str, Any]) -> Buyer:
    kind = Kind(row.pop("largest_kind") or Kind.UNKNOWN)
    if kind is Kind.INDIVIDUAL:
        row["largest"] = NOT_NAMED
    return Buyer(**{**row, "largest": row["largest"] or ""}, largest_kind=kind)


def _area(row: dict[str, Any]) -> Area:
    kind = Kind(row.pop("kind"))
    return Area(**_unnamed(row, kind, "provider"), kind=kind)


def _unnamed(row: dict[str, Any], kind: Kind, name: str) -> dict[str, Any]:
    """Take the name and the number of a person out of a row."""
    if kind is not Kind.INDIVIDUAL:
        return row
    return {**row, name: NOT_NAMED, "organisation": None}
