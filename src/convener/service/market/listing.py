"""The list of markets: what each is called, what it rests on, and the figures to look at first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process, utils

from convener.base.errors import NotFoundError
from convener.base.kinds import Kind
from convener.measures.keeping import BY_COUNT, FIGURES, read_listed
from convener.measures.markets import Market, known_markets
from convener.measures.run import Row
from convener.service.market.data import MarketData
from convener.service.words import NO_FIGURE, Number, counted, number, percent, span

LEAST = 10  # records on which the home page names a market
LIKE = 62.0  # how like a name must be to what was typed, of 100
NEARBY = 5
ON_BAR = 0.12  # a part of a bar so long carries its share
LIGHT_ON = frozenset({Kind.IN_HOUSE, Kind.PUBLIC_BODY, Kind.PRIVATE})


@dataclass(frozen=True)
class Near:
    """A page close to one that does not exist."""

    label: str
    address: str


class MarketNotFoundError(NotFoundError):
    """No market has that name; the error carries those that are near it."""

    def __init__(self, message: str, nearby: tuple[Near, ...]) -> None:
        super().__init__(message)
        self.nearby = nearby


@dataclass(frozen=True)
class Part:
    """One kind's part of a bar."""

    kind: Kind
    start: float
    share: float

    @property
    def says(self) -> str:
        is_room = self.kind in LIGHT_ON and self.share >= ON_BAR
        return percent(self.share) if is_room else ""


@dataclass(frozen=True)
class Listed:
    """One market with the figures that the list shows."""

    market: Market
    basis: str
    rows: dict[str, Row]
    mix: tuple[Part, ...]
    no_mix: str

    @property
    def service(self) -> str:
        return self.market.service

    @property
    def label(self) -> str:
        return self.market.label

    @property
    def detail(self) -> str:
        return self.market.detail

    @property
    def rests_on(self) -> str:
        found = self.market
        parts = [
            counted(found.processes, "process", "processes") if found.processes else "",
            counted(found.payments, "payment") if found.payments else "",
            counted(found.provision, "entry", "entries") if found.provision else "",
        ]
        return ", ".join(part for part in parts if part)

    @property
    def hhi(self) -> str:
        return self._written("hhi")

    @property
    def largest(self) -> str:
        row = self.rows.get("cr1")
        return NO_FIGURE if row is None else span(row.low, row.high, percent)

    @property
    def providers(self) -> str:
        row = self.rows.get("effective-number-of-providers")
        return NO_FIGURE if row is None else span(row.low, row.high, _few)

    def _written(self, name: str) -> str:
        row = self.rows.get(name)
        return NO_FIGURE if row is None else span(row.low, row.high, number)

    def as_row(self) -> dict[str, Any]:
        """Return the market as the row of a download."""
        row: dict[str, Any] = {
            "service": self.service,
            "market": self.market.label,
            "level": self.market.level,
            "basis": self.basis,
            "processes": self.market.processes,
            "payments": self.market.payments,
            "provision": self.market.provision,
        }
        for name in FIGURES:
            found = self.rows.get(name)
            column = name.replace("-", "_")
            row[column] = found.value if found else None
            row[f"{column}_low"] = found.low if found else None
            row[f"{column}_high"] = found.high if found else None
        shares = {part.kind: part.share for part in self.mix}
        return row | {f"share_{kind.value.replace('-', '_')}": shares.get(kind) for kind in Kind}


def _few(value: Number | None) -> str:
    return number(value, 1)


def markets(data: MarketData) -> tuple[Market, ...]:
    """Return every market that the store knows, the named ones first."""

    def made() -> tuple[Market, ...]:
        with data.cursor() as cursor:
            return known_markets(cursor, data.store.folder)

    return data.kept("markets", made)


def find_market(data: MarketData, service: str) -> Market:
    """Return the market of that name.

    Raises
    ------
    MarketNotFoundError
        If there is none.
    """
    known = {market.service: market for market in markets(data)}
    if service not in known:
        message = f"no market is called {service!r}"
        raise MarketNotFoundError(message, _near(service, known.values()))
    return known[service]


def _near(text: str, known: Iterable[Market]) -> tuple[Near, ...]:
    from django.urls import reverse

    return tuple(
        Near(market.label, reverse("markets-one", args=[market.service]))
        for market in search(text.replace("-", " "), known)[:NEARBY]
    )


def search(text: str, known: Iterable[Market]) -> list[Market]:
    """Return the markets whose name or code is like what was typed, the likest first."""
    listed = list(known)
    names = [f"{market.label} {market.service.replace('-', ' ')}" for market in listed]
    found = process.extract(
        text,
        names,
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        score_cutoff=LIKE,
        limit=None,
    )
    return [listed[index] for _, _, index in found]


def listed(data: MarketData, level: str) -> tuple[Listed, ...]:
    """Return the markets of a level with their first figures."""
    return data.kept(("listed", level), lambda: _listed(data, level))


def _listed(data: MarketData, level: str) -> tuple[Listed, ...]:
    members = [market for market in markets(data) if market.level == level]
    answers = data.figures.listed(level)
    if answers is None:
        with data.cursor() as cursor:
            answers = read_listed(cursor, level, members)
    return tuple(
        _one(market, market.bases[0], answers.get(market.service, []))
        for market in members
        if market.bases
    )


def _one(market: Market, basis: str, rows: list[Row]) -> Listed:
    given = [row for row in rows if row.value is not None]
    by_count = {row.measure.removesuffix(BY_COUNT): row for row in given}
    figures = by_count | {row.measure: row for row in given if row.measure in FIGURES}
    shares = [row for row in given if row.measure == "share-by-kind"] or [
        row for row in given if row.measure == f"share-by-kind{BY_COUNT}"
    ]
    mix = parts({Kind(row.group["kind"]): row.value for row in shares})
    is_known = any(part.kind is not Kind.UNKNOWN for part in mix)
    no_mix = "" if is_known else "No mix: the kind of no provider is known"
    return Listed(market, basis, figures, mix if is_known else (), no_mix)


def parts(shares: dict[Kind, Any]) -> tuple[Part, ...]:
    """Return the parts of a bar in the fixed order of kinds."""
    found: list[Part] = []
    at = 0.0
    for kind in Kind:
        share = float(shares.get(kind) or 0)
        if share > 0:
            found.append(Part(kind, at, share))
            at += share
    return tuple(found)
