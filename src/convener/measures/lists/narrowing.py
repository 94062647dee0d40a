"""A part of the store as if it were all of it, so that the prepared views answer for it quickly.

Tables of the same names stand before the store's own on one cursor. They hold whole processes,
payments and places of provision, so that what is read from them has the definitions that the
figures of whole markets have.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from convener.data.store import kept_name, kept_names

# Of tables that are wide, all that the views of an organisation's pages read.
_READ = {
    "processes": (
        *("source", "process_key", "ocid", "released_at", "buyer_key", "buyer_name"),
        *("tender_starts_at", "tender_ends_at", "region", "region_is_buyers"),
    ),
    "suppliers": ("source", "process_key", "award_id", "position", "party_key", "name"),
    "process_services": ("process_key", "service", "level"),
}
# What may be kept with a snapshot, ready for every question.
_KEPT_BY_PROCESS = ("award_facts", "process_facts", "superseded")
_KEPT_BY_PARTY = ("spellings", "buyers")
_SUPERSEDED = kept_name("superseded")

_BY_PROVIDER = {
    "processes": "select process_key from memory.main.suppliers where party_key in"
    " (select party_key from part_spellings)",
    "payments": "payee_key in (select party_key from part_spellings)",
    "provision": "provider_key in (select party_key from part_spellings)",
}
_BY_BUYER = {
    "processes": "select process_key from memory.main.processes where buyer_key in"
    " (select party_key from part_spellings)",
    "payments": "buyer_key in (select party_key from part_spellings)",
    "provision": "false",
}


@contextmanager
def provided_by(cursor: duckdb.DuckDBPyConnection, spellings: list[int]) -> Iterator[None]:
    """Let a cursor see only what the bodies behind some spellings provide, and its processes."""
    with _narrowed(cursor, spellings, _BY_PROVIDER):
        yield


@contextmanager
def bought_by(cursor: duckdb.DuckDBPyConnection, spellings: list[int]) -> Iterator[None]:
    """Let a cursor see only what the bodies behind some spellings buy."""
    with _narrowed(cursor, spellings, _BY_BUYER):
        yield


@contextmanager
def _narrowed(
    cursor: duckdb.DuckDBPyConnection, spellings: list[int], parts: dict[str, str]
) -> Iterator[None]:
    cursor.execute(
        "create or replace temp table part_spellings as"
        " select unnest($spellings::ubigint[]) as party_key",
        {"spellings": spellings},
    )
    kept = kept_names(cursor)
    _choose_processes(cursor, parts["processes"], is_marked=_SUPERSEDED in kept)
    tests = dict.fromkeys(_of_processes(kept), _IN_PART)
    tests |= {name: parts[name] for name in ("payments", "provision")}
    for name, test in tests.items():
        _copy(cursor, name, test)
    named = tuple(kept_name(name) for name in _KEPT_BY_PARTY if kept_name(name) in kept)
    for name in named or ("identities",):
        _copy(cursor, name, _NAMED)
    try:
        yield
    finally:
        for name in (*tests, *(named or ("identities",))):
            cursor.execute(f"drop table if exists temp.{name}")


def _of_processes(kept: frozenset[str]) -> tuple[str, ...]:
    """Return what to take of the processes: what was prepared, or what it is prepared from."""
    prepared = tuple(kept_name(name) for name in _KEPT_BY_PROCESS if kept_name(name) in kept)
    return ("processes", "suppliers", "process_services", *(prepared or ("awards", "contracts")))


def _choose_processes(cursor: duckdb.DuckDBPyConnection, sql: str, *, is_marked: bool) -> None:
    """Keep the keys of the processes; of one in several sources all, unless the last is known."""
    cursor.execute(
        f"create or replace temp table part_processes as select distinct process_key from ({sql})"
    )
    if is_marked:
        return
    [(sources,)] = cursor.execute(
        "select count(distinct source) from memory.main.processes"
    ).fetchall()
    if sources > 1:
        cursor.execute(
            """create or replace temp table part_processes as
               select process_key from memory.main.processes where ocid in (
                   select ocid from memory.main.processes
                   where process_key in (select process_key from part_processes))"""
        )


def _copy(cursor: duckdb.DuckDBPyConnection, name: str, test: str) -> None:
    columns = ", ".join(_READ.get(name, "*"))
    cursor.execute(
        f"create or replace temp table {name} as"
        f" select {columns} from memory.main.{name} where {test}"
    )


_IN_PART = "process_key in (select process_key from part_processes)"
_NAMED = """
    party_key in (
        select party_key from temp.suppliers
        union select buyer_key from temp.processes
        union select payee_key from temp.payments
        union select buyer_key from temp.payments
        union select provider_key from temp.provision
    )
"""
