"""What is known of processes, written again market by market at the end of a load.

A store's tables hold processes in the order in which they were read, so whoever asks about one
market would read all of it. Here the rows of a market lie side by side, and a question about one
market reads its own alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from convener.data.scope.areas import tidy
from convener.data.store import Load, kept_name, kept_names
from convener.measures.markets import LEVELS
from convener.measures.words import texts

# What the figures of a market read by process, of the store and of the views kept with it. What is
# not named here cannot be read of one market alone: a view that wants it is refused by its name.
_READ = {
    "processes": (
        *("process_key", "ocid", "source", "buyer_key", "buyer_name", "code", "region"),
        *("region_is_buyers", "tender_starts_at", "tender_ends_at"),
    ),
    "suppliers": ("process_key", "award_id", "position", "party_key"),
    kept_name("award_facts"): ("*",),
    kept_name("process_facts"): ("process_key", "happened_on"),
    kept_name("tender_facts"): ("*",),
}
_PLACED = "placed_as"  # the column that holds where a process is, as its source writes it
_AREA_LABELS = kept_name("area_labels")
_ROWS_TOGETHER = 30_720  # few enough that a market does not read much of its neighbours
_FORM = f"format parquet, parquet_version v2, compression zstd, row_group_size {_ROWS_TOGETHER}"


def keep_by_market(connection: duckdb.DuckDBPyConnection, writing: Load) -> tuple[str, ...]:
    """Write the rows of every market, a part a level; return the names of what was written."""
    for name, columns in _READ.items():
        listed = ", ".join(f"t.{column}" for column in columns)
        for number, level in enumerate(LEVELS):
            path = str(writing.part_path(_written(name), number)).replace("'", "''")
            connection.execute(
                f"copy (select m.level, m.service, p.region as {_PLACED}, {listed}"
                " from process_services m join processes p on p.process_key = m.process_key"
                f" join {name} t on t.process_key = m.process_key where m.level = '{level}'"
                f" order by m.service, p.region, m.process_key) to '{path}' ({_FORM})"
            )
    return tuple(map(_written, _READ))


def _written(name: str) -> str:
    return kept_name(f"{name.removeprefix(kept_name(''))}_by_market")


@contextmanager
def only(
    cursor: duckdb.DuckDBPyConnection, level: str, service: str, area: str = ""
) -> Iterator[None]:
    """Let a cursor see the processes of one market alone, where its rows lie side by side.

    Of an area, those of its market. What rests on more than one market (which of two copies
    counts, how an organisation is spelt) was kept with the snapshot, and is read as it was.
    """
    views = _views(cursor, level, service, area)
    try:
        for name, sql in views.items():
            cursor.execute(f"create or replace temp view {name} as {sql}")
        yield
    finally:
        for name in views:
            cursor.execute(f"drop view if exists temp.{name}")


def _views(
    cursor: duckdb.DuckDBPyConnection, level: str, service: str, area: str
) -> dict[str, str]:
    """Return the statements of what stands before the store's own tables."""
    if not kept_names(cursor).issuperset((_AREA_LABELS, *map(_written, _READ))):
        return {}
    market = f"level = {texts([level])} and service = {texts([service])}{_within(cursor, area)}"
    views = {
        name: f"select * exclude (level, service, {_PLACED}) from memory.main.{_written(name)}"
        f" where {market}"
        for name in _READ
    }
    # The market is known by a row of its own, also where an area has no process of it.
    views["process_services"] = (
        "select process_key, service, level, cast(null as varchar) as because"
        f" from memory.main.{_written('processes')} where {market}"
        f" union all select null, {texts([service])}, {texts([level])}, null"
    )
    return views


def _within(cursor: duckdb.DuckDBPyConnection, area: str) -> str:
    """Return the test that a row is written for a place of an area, where all such are known."""
    place = tidy(area)
    if place in {"", "unknown"}:
        return ""
    found = cursor.execute(
        f"select raw from memory.main.{_AREA_LABELS}"
        " where lower(place) = $place or lower(region) = $place order by raw",
        {"place": place},
    ).fetchall()
    return f" and {_PLACED} in ({texts([raw for (raw,) in found])})"
