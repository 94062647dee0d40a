"""Resolved organisations as they may be named: people are left out, and are no named owner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.measures.lists.holders import NOT_NAMED

BATCH = 5_000  # rows that are held at a time
LISTED = tuple(kind for kind in Kind if kind is not Kind.INDIVIDUAL)
COLUMNS = (
    "number",
    "name",
    "kind",
    "confidence",
    "kind_because",
    "identifiers",
    "also_known_as",
    "owner",
    "owner_name",
)

type Cells = tuple[Any, ...]


def every_organisation(cursor: duckdb.DuckDBPyConnection) -> Iterator[Cells]:
    """Give all in the order of their numbers."""
    found = cursor.execute(f"select {_CELLS} {_NAMED} order by o.organisation_key")
    while rows := found.fetchmany(BATCH):
        yield from rows


def list_organisations(
    cursor: duckdb.DuckDBPyConnection, *, text: str, kind: str, limit: int, offset: int
) -> tuple[list[Cells], int]:
    """Return a part of those of a kind whose name or number is like a text, and how many fit.

    Raises
    ------
    BadInputError
        If the kind is not one that is listed.
    """
    if kind and kind not in LISTED:
        why = (
            "people are counted, never listed" if kind == Kind.INDIVIDUAL else f"{kind!r} is none"
        )
        raise BadInputError(f"{why}: the kind can be {', '.join(LISTED)}")
    words = {"text": text, "kind": kind}
    [(total,)] = cursor.execute(f"select count(*) {_NAMED} {_LIKE}", words).fetchall()
    rows = cursor.execute(
        f"select {_CELLS} {_NAMED} {_LIKE} order by {_LIKEST} limit $limit offset $offset",
        words | {"limit": limit, "offset": offset},
    ).fetchall()
    return rows, total


# A number has up to 19 digits, more than readers of JSON keep, so it leaves as text.
_CELLS = f"""
    cast(o.organisation_key as varchar),
    o.name, o.kind, o.kind_confidence, o.kind_because,
    coalesce(o.identifiers, []), coalesce(o.also_known_as, []),
    case when w.kind <> '{Kind.INDIVIDUAL}' then cast(w.organisation_key as varchar) end,
    case when w.kind = '{Kind.INDIVIDUAL}' then '{NOT_NAMED}' else o.owner_name end
"""
_NAMED = f"""
    from organisations o
    left join organisations w
           on w.organisation_key = o.owner_key and w.organisation_key <> o.organisation_key
    where o.kind <> '{Kind.INDIVIDUAL}'
"""
_LIKE = """
    and ($kind = '' or o.kind = $kind)
    and ($text = ''
         or contains(lower(o.name), lower($text))
         or list_contains(o.identifiers, upper($text))
         or cast(o.organisation_key as varchar) = $text
         or len(list_filter(o.also_known_as, lambda other:
                contains(lower(other), lower($text)))) > 0)
"""
_LIKEST = "lower(o.name) <> lower($text), o.name, o.organisation_key"
