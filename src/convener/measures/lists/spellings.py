"""Organisations and the spellings that stand for them: finding one, and finding it again.

A person is never found: kind ``individual`` is left out of every answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from convener.base.errors import NotFoundError
from convener.base.kinds import Kind
from convener.measures.lists.holders import NOT_NAMED

FOUND_MAX = 20
SPELLINGS_MAX = 60
KEYS = 2**63  # keys of organisations lie below


@dataclass(frozen=True)
class Organisation:
    """A resolved organisation, as far as a correction or a watch needs it."""

    key: int
    name: str
    kind: Kind
    owner_key: int
    owner_name: str
    identifiers: tuple[str, ...]

    @property
    def is_owned(self) -> bool:
        """Say whether another body owns it."""
        return self.owner_key != self.key


@dataclass(frozen=True)
class Spelling:
    """One way in which an organisation is written, and why it was put with the others."""

    key: int
    name: str
    scheme: str | None
    identifier: str | None
    because: str


def find_organisation(cursor: duckdb.DuckDBPyConnection, key: int) -> Organisation:
    """Return the organisation of a key.

    Raises
    ------
    NotFoundError
        If there is none that may be named.
    """
    fits = 0 <= key < KEYS
    found = _organisations(cursor, "o.organisation_key = $key", {"key": key}) if fits else ()
    if not found:
        raise NotFoundError(f"no organisation has the number {key}")
    return found[0]


def organisations_like(cursor: duckdb.DuckDBPyConnection, text: str) -> tuple[Organisation, ...]:
    """Return organisations whose number or name is, or holds, what was typed; exact ones first."""
    return _organisations(
        cursor,
        """(contains(lower(o.name), lower($text))
            or list_contains(o.identifiers, upper($text))
            or len(list_filter(o.also_known_as, lambda other:
                   contains(lower(other), lower($text)))) > 0)""",
        {"text": text},
        order="lower(o.name) <> lower($text), length(o.name), o.name, o.organisation_key",
    )


def spellings_of(cursor: duckdb.DuckDBPyConnection, key: int) -> tuple[Spelling, ...]:
    """Return the first spellings of an organisation in the order of their names."""
    rows = cursor.execute(
        f"""select party_key, name, scheme, identifier, because
            from identities where organisation_key = $key and name is not null
            order by name, scheme, identifier, party_key limit {SPELLINGS_MAX}""",
        {"key": key},
    ).fetchall()
    return tuple(Spelling(*row) for row in rows)


def parted_from(cursor: duckdb.DuckDBPyConnection, key: int, spelling: int) -> tuple[int, ...]:
    """Return the keys of all spellings of an organisation but one."""
    rows = cursor.execute(
        """select distinct party_key from identities
           where organisation_key = $key and party_key <> $spelling order by party_key""",
        {"key": key, "spelling": spelling},
    ).fetchall()
    return tuple(row[0] for row in rows)


def surest_spelling(cursor: duckdb.DuckDBPyConnection, key: int) -> Spelling:
    """Return the spelling by which to find an organisation again: with a number where one is.

    Raises
    ------
    NotFoundError
        If no spelling stands for it.
    """
    row = cursor.execute(
        """select party_key, name, scheme, identifier, because
           from identities where organisation_key = $key and name is not null
           order by scheme is null or identifier is null, party_key limit 1""",
        {"key": key},
    ).fetchone()
    if row is None:
        raise NotFoundError(f"no spelling stands for the organisation {key}")
    return Spelling(*row)


def is_alone_in(cursor: duckdb.DuckDBPyConnection, spelling: Spelling) -> bool:
    """Say whether the number of a spelling leads to one organisation and no other."""
    [(bodies,)] = cursor.execute(
        """select count(distinct organisation_key) from identities
           where scheme = $scheme and identifier = $identifier""",
        {"scheme": spelling.scheme, "identifier": spelling.identifier},
    ).fetchall()
    return int(bodies) == 1


def organisations_of(
    cursor: duckdb.DuckDBPyConnection, spellings: Iterable[int]
) -> dict[int, tuple[int, str]]:
    """Return the organisation that each spelling stands for now: its key and name."""
    rows = cursor.execute(
        """select i.party_key, o.organisation_key, o.name
           from identities i join organisations o on o.organisation_key = i.organisation_key
           where list_contains($keys::ubigint[], i.party_key) and o.kind <> 'individual'""",
        {"keys": [*spellings]},
    ).fetchall()
    return {spelling: (key, name) for spelling, key, name in rows}


def people_among(cursor: duckdb.DuckDBPyConnection, keys: Iterable[int]) -> frozenset[int]:
    """Return which of some organisations are people, so that no page names them."""
    rows = cursor.execute(
        """select organisation_key from organisations
           where list_contains($keys::bigint[], organisation_key) and kind = 'individual'""",
        {"keys": [*keys]},
    ).fetchall()
    return frozenset(row[0] for row in rows)


def _organisations(
    cursor: duckdb.DuckDBPyConnection,
    where: str,
    values: dict[str, object],
    *,
    order: str = "o.organisation_key",
) -> tuple[Organisation, ...]:
    rows = cursor.execute(
        f"""select o.organisation_key, o.name, o.kind,
                   coalesce(o.owner_key, o.organisation_key),
                   case when w.kind = 'individual' then '{NOT_NAMED}'
                        else coalesce(o.owner_name, o.name) end,
                   coalesce(o.identifiers, [])
            from organisations o
            left join organisations w on w.organisation_key = o.owner_key
            where o.kind <> 'individual' and {where}
            order by {order} limit {FOUND_MAX}""",
        values,
    ).fetchall()
    return tuple(
        Organisation(key, name, Kind(kind), owner_key, owner_name, tuple(identifiers))
        for key, name, kind, owner_key, owner_name, identifiers in rows
    )
