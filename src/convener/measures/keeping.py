"""The figures of every named market, kept beside the parts, so that pages read and do not compute.

They are computed at the end of a load, before its snapshot is switched to, and lie in one small
SQLite file with the derived tables; those of large markets under other choices too. What is not
there (an area, a year, a small market's other choice, an older store) is computed when it is asked
for, and is the same.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from convener.base.errors import ConvenerError
from convener.base.kinds import Kind
from convener.data.search import keep_index
from convener.data.sources.origins import Progress
from convener.data.store import Load, Manifest, add_views, engine, kept_name
from convener.measures.bench import Bench, unchanging
from convener.measures.by_market import keep_by_market, only
from convener.measures.lists.holders import Area, Buyer, Facts, Held, Loss, Provider, Tables
from convener.measures.lists.sizes import keep_sizes
from convener.measures.markets import LEVELS, NAMED, Market, known_markets
from convener.measures.measure import ENTITIES
from convener.measures.question import FRAMEWORKS, Question
from convener.measures.run import Row, measure
from convener.measures.sheet import FRAMEWORK, Choices, Sheet, read_sheets, usual_choices

FILE = "figures.sqlite"
_SHARED = "markets with awards to several"
LARGE = 20_000  # records of a market whose sheet takes long to compute, under any choice
# What a list of markets shows, by value and by count.
FIGURES = ("hhi", "cr1", "effective-number-of-providers")
BY_COUNT = "-by-count"  # asked too, for markets that are counted and not valued
LISTED = tuple(name + ending for name in ("share-by-kind", *FIGURES) for ending in ("", BY_COUNT))


class Figures:
    """The figures that were kept with one snapshot; empty where none were."""

    def __init__(self, path: Path | None) -> None:
        self._path = path if path is not None and path.is_file() else None

    def sheet(self, market: Market, choices: Choices | None = None) -> Sheet | None:
        """Return a market's sheet where it was kept: under its usual choices, or under others."""
        wanted = choices or usual_choices(market)
        found = self._read(_sheet_key(market, wanted))
        if found is None and self._has_one_rule(market, wanted):
            found = self._read(_sheet_key(market, replace(wanted, framework=FRAMEWORK)))
        return None if found is None else replace(_sheet(market, found), choices=wanted)

    def _has_one_rule(self, market: Market, choices: Choices) -> bool:
        """Say whether sharing awards by another rule is the same, as none went to several."""
        is_other = choices.basis == "awards" and choices.framework != FRAMEWORK
        shared = self._read(_SHARED) if is_other else None
        return shared is not None and [market.level, market.service] not in shared

    def listed(self, level: str) -> dict[str, list[Row]] | None:
        """Return the rows that a list of the markets of a level shows, by service."""
        found = self._read(f"listed {level}")
        if found is None:
            return None
        return {service: [Row(**row) for row in rows] for service, rows in found.items()}

    def _read(self, key: str) -> Any:  # noqa: ANN401 -- what JSON holds
        if self._path is None:
            return None
        address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as kept:
            found = kept.execute("select body from kept where key = ?", [key]).fetchone()
        return None if found is None else json.loads(found[0], object_hook=_revived)


def figures_of(folder: Path, manifest: Manifest) -> Figures:
    """Return the figures kept with a snapshot of the store in a folder."""
    return Figures(manifest.beside(folder, FILE))


def _sheet_key(market: Market, choices: Choices) -> str:
    return " ".join(["sheet", market.level, market.service, *vars(choices).values()])


def finish_load(writing: Load, manifest: Manifest, tell: Progress) -> Manifest:
    """Keep with a snapshot, before it is switched to, what its pages will ask of it.

    Returns the manifest with the parts that were added.
    """
    from convener.measures.publishing.making import keep_open_files  # it reads what is kept here

    manifest = keep_views(writing, manifest)
    keep_figures(writing, manifest, tell)
    keep_sizes(writing, manifest, tell)
    keep_index(writing, manifest, tell)
    keep_open_files(writing, manifest, tell)
    return manifest


def keep_views(writing: Load, manifest: Manifest) -> Manifest:
    """Build the views that no question changes, and add them and the rows of each market."""
    with engine() as connection:
        add_views(connection, writing.store.folder, manifest)
        bench = Bench(connection, Question(FIGURES, by=()))
        for name in ("area_labels", *unchanging()):
            bench.build((name,))
            path = str(writing.part_path(kept_name(name), 0)).replace("'", "''")
            connection.execute(f"copy {name} to '{path}' (format parquet, compression zstd)")
        bench.close()
    kept = {kept_name(name) for name in ("area_labels", *unchanging())}
    parts = _parts(writing, kept)
    manifest = replace(manifest, derived={**manifest.derived, **parts})
    with engine() as connection:
        add_views(connection, writing.store.folder, manifest)
        parts = _parts(writing, set(keep_by_market(connection, writing)))
    return replace(manifest, derived={**manifest.derived, **parts})


def _parts(writing: Load, names: Collection[str]) -> dict[str, list[str]]:
    return {name: found for name, found in writing.parts_written().items() if name in names}


def keep_figures(writing: Load, manifest: Manifest, tell: Progress) -> None:
    """Compute the figures of a snapshot that a load is about to switch to, and keep them with it.

    A market whose figures are refused (two publishers of the same awards) is left out.
    """
    with engine() as connection, closing(sqlite3.connect(writing.folder / FILE)) as kept:
        add_views(connection, writing.store.folder, manifest)
        kept.execute("create table kept (key text primary key, body text not null) without rowid")
        markets = known_markets(connection, writing.store.folder)
        for done, (key, body) in enumerate(_figures(connection, markets), start=1):
            tell("measure", done, None)
            kept.execute("insert into kept values (?, ?)", [key, json.dumps(body, default=_plain)])
        kept.commit()


def _figures(
    connection: duckdb.DuckDBPyConnection, markets: Sequence[Market]
) -> Iterator[tuple[str, Any]]:
    for level in LEVELS:
        members = [market for market in markets if market.level == level]
        with suppress(ConvenerError):  # the list's page says what is refused, and why
            yield f"listed {level}", read_listed(connection, level, members)
    shared = _shared(connection)
    yield _SHARED, sorted(shared)
    for sheet in _sheets(connection, markets, shared):
        yield _sheet_key(sheet.market, sheet.choices), sheet


def read_listed(
    connection: duckdb.DuckDBPyConnection, level: str, members: Sequence[Market]
) -> dict[str, list[Row]]:
    """Return the rows that a list of the markets of a level shows, by service."""
    answer: dict[str, list[Row]] = {}
    usual = {market.service: market.bases[0] for market in members if market.bases}
    for basis in sorted(set(usual.values())):
        question = Question(LISTED, by=("service",), level=level, entity="owner", basis=basis)
        for row in measure(connection, question):
            service = str(row.group["service"])
            if usual.get(service) == basis:
                answer.setdefault(service, []).append(row)
    return answer


def _sheets(
    connection: duckdb.DuckDBPyConnection,
    markets: Sequence[Market],
    shared: Collection[tuple[str, str]],
) -> Iterator[Sheet]:
    """Return the sheets that are worth keeping.

    Those of named markets, as they are read first; those of large markets, which would take
    long, and of large named ones under every choice that a link of their pages makes.
    """

    def alike(market: Market) -> tuple[str, tuple[str, ...]]:
        return market.level, market.bases

    known = [market for market in markets if market.bases]
    small = [market for market in known if market.level in NAMED and not _is_large(market)]
    for _, group in groupby(sorted(small, key=alike), key=alike):
        members = list(group)
        try:
            yield from read_sheets(connection, members, [usual_choices(members[0])])
        except ConvenerError:
            for market in members:
                yield from _alone(connection, market, [usual_choices(market)])
    for market in filter(_is_large, known):
        is_shared = (market.level, market.service) in shared
        for choices in _choices(market, is_shared=is_shared):
            yield from _alone(connection, market, choices)


def _is_large(market: Market) -> bool:
    return max(market.processes, market.payments, market.provision) >= LARGE


def _choices(market: Market, *, is_shared: bool) -> Iterator[list[Choices]]:
    """Return by basis the choices under which the sheets of a large market are kept."""
    usual = usual_choices(market)
    if market.level not in NAMED:
        yield [usual]
        return
    for basis in market.bases:
        rules = FRAMEWORKS if basis == "awards" and is_shared else (usual.framework,)
        entities = (usual.entity, *(one for one in ENTITIES if one != usual.entity))
        yield [
            replace(usual, basis=basis, entity=entity, framework=rule)
            for entity in entities
            for rule in rules
        ]


def _alone(
    connection: duckdb.DuckDBPyConnection, market: Market, choices: Sequence[Choices]
) -> Iterator[Sheet]:
    """Return a market's sheets; none where they are refused, as its page says."""
    with suppress(ConvenerError), only(connection, market.level, market.service):
        yield from read_sheets(connection, [market], choices)


def _shared(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """Return the markets, by level and service, in which an award went to several at once."""
    found = connection.execute(
        "select distinct level, service from process_services where process_key in"
        " (select process_key from suppliers where position > 1)"
    )
    return {(level, service) for level, service in found.fetchall()}


# --- As JSON: a decimal and a day are told apart from texts ----------------------------------


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return vars(value)


def _revived(found: dict[str, Any]) -> Any:  # noqa: ANN401 -- what JSON holds
    if found.keys() == {"decimal"}:
        return Decimal(found["decimal"])
    if found.keys() == {"day"}:
        return date.fromisoformat(found["day"])
    return found


def _sheet(market: Market, found: dict[str, Any]) -> Sheet:
    tables = found["tables"]
    return Sheet(
        market=market,
        choices=Choices(**found["choices"]),
        rows={key: [Row(**row) for row in rows] for key, rows in found["rows"].items()},
        trend=[Row(**row) for row in found["trend"]],
        tables=Tables(
            facts=Facts(**tables["facts"]),
            kinds={Kind(kind): count for kind, count in tables["kinds"].items()},
            providers=tuple(_kinded(Provider, row) for row in tables["providers"]),
            buyers=tuple(_kinded(Buyer, row) for row in tables["buyers"]),
            areas=tuple(_kinded(Area, row) for row in tables["areas"]),
            sources=tuple((name, count) for name, count in tables["sources"]),
            losses=tuple(Loss(**row) for row in tables.get("losses", ())),
            mixes=tuple(_kinded(Held, row) for row in tables.get("mixes", ())),
        ),
        periods=tuple(found["periods"]),
    )


def _kinded[T](made: type[T], row: dict[str, Any]) -> T:
    kinds = {name: Kind(value) for name, value in row.items() if name.endswith("kind")}
    return made(**row | kinds)
