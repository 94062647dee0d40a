"""How large each market, each area of it and each buyer is, so that a part can be set against it.

They are computed at the end of a load and kept beside the parts: the page of one organisation then
reads what it is a share of, and adds up no market. What was not kept is computed when asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from convener.base.kinds import Kind
from convener.data.sources.origins import Progress
from convener.data.store import Load, Manifest, add_views, engine
from convener.measures.bench import Bench
from convener.measures.lists.holders import NOT_NAMED
from convener.measures.measure import BASES
from convener.measures.question import Question
from convener.measures.rows import steady

FILE = "sizes.sqlite"
OTHERS_MAX = 10  # providers of an area that are told beside one
LEVELS = {"awards": ("bundle", "division")}
USUAL_LEVELS = ("bundle", "label")


@dataclass(frozen=True)
class Size:
    """What all providers hold of something: net of what was given back, in amount and number."""

    amount: float | None
    providers: int
    things: float


@dataclass(frozen=True)
class Holder:
    """One provider of a service in an area, by ultimate owner, and how much it holds there."""

    name: str
    kind: Kind
    organisation: int | None
    things: float
    amount: float | None


NONE = Size(None, 0, 0)


class Sizes:
    """The sizes of one snapshot: of markets, of their areas, and of buyers.

    ``opened`` gives a connection to them, which is closed after each question.
    """

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        self._opened = opened

    def _ask(self, sql: str, asked: Iterable[Sequence[object]]) -> list[list[tuple[Any, ...]]]:
        with closing(self._opened()) as kept:
            return [kept.execute(sql, words).fetchall() for words in asked]

    def markets(self, basis: str) -> Mapping[str, Size]:
        """Return the size of every market by its service."""
        sql = """select service, amount, providers, things from spots
                 where basis = ? and place = ''"""
        [rows] = self._ask(sql, [[basis]])
        return {service: Size(*size) for service, *size in rows}

    def areas(self, basis: str, services: Collection[str]) -> Mapping[tuple[str, str], Size]:
        """Return the size of every area of some services, by service and place."""
        sql = """select service, place, amount, providers, things from spots
                 where basis = ? and service = ?"""
        found = self._ask(sql, ([basis, service] for service in services))
        return {(service, place): Size(*size) for rows in found for service, place, *size in rows}

    def buyers(self, basis: str, keys: Collection[int]) -> Mapping[int, Size]:
        """Return how much some buyers buy in all, by their numbers."""
        sql = """select organisation, amount, providers, things from buyers
                 where basis = ? and organisation = ?"""
        found = self._ask(sql, ([basis, key] for key in keys))
        return {key: Size(*size) for rows in found for key, *size in rows}

    def holders(
        self, basis: str, service: str, place: str, *, without: Collection[int]
    ) -> tuple[Holder, ...]:
        """Return the largest providers of a service in an area, but for some."""
        sql = """select name, kind, organisation, things, amount from holders
                 where basis = ? and service = ? and place = ? order by standing"""
        [rows] = self._ask(sql, [[basis, service, place]])
        found = [Holder(name, Kind(kind), *rest) for name, kind, *rest in rows]
        return tuple(one for one in found if one.organisation not in without)[:OTHERS_MAX]


def keep_sizes(writing: Load, manifest: Manifest, tell: Progress) -> None:
    """Compute the sizes of a snapshot that a load is about to switch to, and keep them with it."""
    with engine() as connection, closing(sqlite3.connect(writing.folder / FILE)) as kept:
        add_views(connection, writing.store.folder, manifest)
        for done, basis in enumerate(BASES):
            tell("size", done, len(BASES))
            _fill(kept, connection, basis)
        kept.commit()


def kept_sizes(folder: Path, manifest: Manifest) -> Sizes | None:
    """Return the sizes kept with a snapshot of the store in a folder, where they were."""
    path = manifest.beside(folder, FILE)
    if path is None or not path.is_file():
        return None
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return Sizes(lambda: sqlite3.connect(address, uri=True))


def made_sizes(connection: duckdb.DuckDBPyConnection) -> Sizes:
    """Return the sizes of what a connection reads, computed now."""
    with closing(sqlite3.connect(":memory:")) as made:
        for basis in BASES:
            _fill(made, connection, basis)
        made.commit()
        whole = made.serialize()

    def opened() -> sqlite3.Connection:
        kept = sqlite3.connect(":memory:")
        kept.deserialize(whole)
        return kept

    return Sizes(opened)


def _fill(kept: sqlite3.Connection, connection: duckdb.DuckDBPyConnection, basis: str) -> None:
    kept.executescript(_SCHEMA)
    if connection.execute(f"from {basis} limit 1").fetchone() is None:
        return
    for level in LEVELS.get(basis, USUAL_LEVELS):  # a bundle stands before a label of its name
        with _bench(connection, basis, ("service",), level) as bench:
            for table, sql in (("spots", _MARKETS), ("spots", _SPOTS), ("holders", _HOLDERS)):
                _keep(kept, table, basis, bench.rows(sql))
    if basis != "provision":
        with _bench(connection, basis, (), "bundle") as bench:
            _keep(kept, "buyers", basis, bench.rows(_BUYERS))


def _keep(
    kept: sqlite3.Connection, table: str, basis: str, rows: Iterable[Mapping[str, Any]]
) -> None:
    found = [[basis, *(steady(value) for value in _unnamed(row).values())] for row in rows]
    if found:
        marks = ", ".join("?" for _ in found[0])
        kept.executemany(f"insert or ignore into {table} values ({marks})", found)


def _unnamed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take the name and the number of a person out of a row."""
    if row.get("kind") != Kind.INDIVIDUAL:
        return row
    return {**row, "name": NOT_NAMED, "organisation": None}


def _bench(
    connection: duckdb.DuckDBPyConnection, basis: str, by: tuple[str, ...], level: str
) -> Bench:
    question = Question(("hhi",), by=by, entity="owner", basis=basis, level=level)
    return Bench(connection, question)


_SCHEMA = """
    create table if not exists spots (
        basis text, service text, place text, amount real, providers integer, things real,
        primary key (basis, service, place)) without rowid;
    create table if not exists holders (
        basis text, service text, place text, standing integer, name text, kind text,
        organisation integer, things real, amount real,
        primary key (basis, service, place, standing)) without rowid;
    create table if not exists buyers (
        basis text, organisation integer, amount real, providers integer, things real,
        primary key (basis, organisation)) without rowid;
"""
_MARKETS = """
    select cast(service as varchar)                            as service,
           ''                                                  as place,
           sum(case when value > 0 then cast(value as double) end) as amount,
           count(*)                                            as providers,
           cast(sum(items) as double)                          as things
    from provider_shares
    where provider is not null and service <> 'unknown'
    group by service
"""
_SPOTS = """
    select cast(service as varchar)                            as service,
           cast(place as varchar)                              as place,
           sum(case when value > 0 then cast(value as double) end) as amount,
           count(*)                                            as providers,
           cast(sum(items) as double)                          as things
    from local_shares
    where service <> 'unknown' and place <> 'unknown'
    group by service, place
"""
_HOLDERS = f"""
    with described as (
        select service, place, provider, min(provider_name) as name,
               arg_max(kind, item_count) as kind
        from holdings
        where provider is not null and service <> 'unknown' and place <> 'unknown'
        group by service, place, provider
    )
    select cast(s.service as varchar)                          as service,
           cast(s.place as varchar)                            as place,
           row_number() over (
               partition by s.service, s.place
               order by s.net desc nulls last, s.items desc, d.name, s.provider
           )                                                   as standing,
           d.name,
           d.kind,
           o.organisation_key                                  as organisation,
           cast(s.items as double)                             as things,
           cast(s.value as double)                             as amount
    from local_shares s
    join described d on d.service = s.service and d.place = s.place and d.provider = s.provider
    left join organisations o on hash('organisation', o.organisation_key) = s.provider
    qualify standing <= {OTHERS_MAX + 2}
"""
_BUYERS = """
    with netted as (
        select buyer, provider, cast(sum(value) as double) as value, sum(item_count) as items
        from holdings
        where buyer is not null and provider is not null
        group by buyer, provider
    )
    select o.organisation_key                                  as organisation,
           sum(case when n.value > 0 then n.value end)         as amount,
           count(*)                                            as providers,
           cast(sum(n.items) as double)                        as things
    from netted n
    join organisations o on hash('organisation', o.organisation_key) = n.buyer
    group by o.organisation_key
"""
