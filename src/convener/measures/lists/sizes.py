"""How large each market, each area of it and each buyer is, so that a part can be set against it.

They are computed at the end of a load and kept beside the parts: the page of one organisation then
reads what it is a share of, and adds up no market. What was not kept is computed when asked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from convener.data.sources.origins import Progress
from convener.data.store import Load, Manifest, add_views, engine
from convener.measures.bench import Bench
from convener.measures.measure import BASES
from convener.measures.question import Question
from convener.measures.rows import steady

LEVELS = {"awards": ("bundle", "division"), "payments": ("bundle", "label")}
USUAL_LEVELS = ("bundle", "label")


@dataclass(frozen=True)
class Size:
    """What all providers hold of something: net of what was given back, in amount and number."""

    amount: float | None
    providers: int
    things: float


NONE = Size(None, 0, 0)


@dataclass(frozen=True)
class Sizes:
    """The sizes of all markets, of their areas, and of all buyers, on one basis.

    A market is found by its service, an area of it by service and place, a buyer by its number.
    """

    markets: dict[str, Size]
    spots: dict[tuple[str, str], Size]
    buyers: dict[int, Size]


def read_sizes(connection: duckdb.DuckDBPyConnection, basis: str) -> Sizes:
    """Return the sizes of everything on one basis."""
    markets: dict[str, Size] = {}
    spots: dict[tuple[str, str], Size] = {}
    for level in reversed(LEVELS.get(basis, USUAL_LEVELS)):  # a bundle stands before a label
        bench = _bench(connection, basis, ("service",), level)
        try:
            markets |= {row["service"]: _size(row) for row in bench.rows(_MARKETS)}
            spots |= {(row["service"], row["place"]): _size(row) for row in bench.rows(_SPOTS)}
        finally:
            bench.close()
    if basis == "provision":
        return Sizes(markets, spots, {})
    bench = _bench(connection, basis, (), "bundle")
    try:
        buyers = {row["organisation_key"]: _size(row) for row in bench.rows(_BUYERS)}
    finally:
        bench.close()
    return Sizes(markets, spots, buyers)


def keep_sizes(writing: Load, manifest: Manifest, tell: Progress) -> None:
    """Compute the sizes of a snapshot that a load is about to switch to, and keep them with it."""
    with engine() as connection:
        add_views(connection, writing.store.folder, manifest)
        for basis in BASES:
            tell("size", 0, None)
            sizes = read_sizes(connection, basis)
            path = writing.folder / _file(basis)
            path.write_text(json.dumps(_as_json(sizes)), encoding="utf-8")


def kept_sizes(folder: Path, manifest: Manifest, basis: str) -> Sizes | None:
    """Return the sizes kept with a snapshot of the store in a folder, where they were."""
    derived = next((part for parts in manifest.derived.values() for part in parts), None)
    path = (folder / derived).parent / _file(basis) if derived else None
    if path is None or not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    return Sizes(
        markets={service: Size(*size) for service, *size in found["markets"]},
        spots={(service, place): Size(*size) for service, place, *size in found["spots"]},
        buyers={key: Size(*size) for key, *size in found["buyers"]},
    )


def _file(basis: str) -> str:
    return f"sizes-{basis}.json"


def _as_json(sizes: Sizes) -> dict[str, Any]:
    return {
        "markets": [[service, *_plain(size)] for service, size in sizes.markets.items()],
        "spots": [[*spot, *_plain(size)] for spot, size in sizes.spots.items()],
        "buyers": [[key, *_plain(size)] for key, size in sizes.buyers.items()],
    }


def _plain(size: Size) -> tuple[float | None, int, float]:
    return size.amount, size.providers, size.things


def _size(row: dict[str, Any]) -> Size:
    return Size(steady(row["amount"]), row["providers"], steady(float(row["things"])))


def _bench(
    connection: duckdb.DuckDBPyConnection, basis: str, by: tuple[str, ...], level: str
) -> Bench:
    question = Question(("hhi",), by=by, entity="owner", basis=basis, level=level)
    return Bench(connection, question)


_MARKETS = """
    select cast(service as varchar)                            as service,
           sum(case when value > 0 then cast(value as double) end) as amount,
           count(*)                                            as providers,
           sum(items)                                          as things
    from provider_shares
    where provider is not null and service <> 'unknown'
    group by service
"""
_SPOTS = """
    select cast(service as varchar)                            as service,
           cast(place as varchar)                              as place,
           sum(case when value > 0 then cast(value as double) end) as amount,
           count(*)                                            as providers,
           sum(items)                                          as things
    from local_shares
    where service <> 'unknown' and place <> 'unknown'
    group by service, place
"""
_BUYERS = """
    with netted as (
        select buyer, provider, cast(sum(value) as double) as value, sum(item_count) as items
        from holdings
        where buyer is not null and provider is not null
        group by buyer, provider
    )
    select o.organisation_key,
           sum(case when n.value > 0 then n.value end)         as amount,
           count(*)                                            as providers,
           sum(n.items)                                        as things
    from netted n
    join organisations o on hash('organisation', o.organisation_key) = n.buyer
    group by o.organisation_key
"""
