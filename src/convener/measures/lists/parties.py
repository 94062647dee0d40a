"""Parties of a market by what a reader typed of their name.

A name that is met exactly stands alone; else every name that holds what was typed. A person is
never found: kind ``individual`` is left out.
"""

from __future__ import annotations

import duckdb

TYPED_MAX = 200  # letters of what was typed that are looked at

_PLAIN = "lower(strip_accents({text}))"


def buyers_like(cursor: duckdb.DuckDBPyConnection, typed: str, rows: str) -> list[int]:
    """Return the keys of buyers among the rows of a table whose name is like what was typed."""
    names = f"""
        select r.buyer_key as party_key, r.buyer_name as name, o.name as known, null as owner
        from (select distinct buyer_key, buyer_name from {rows}) r
        left join identities i on i.party_key = r.buyer_key
        left join organisations o on o.organisation_key = i.organisation_key
        where o.kind is distinct from 'individual'
    """
    return _like(cursor, typed, names)


def providers_like(cursor: duckdb.DuckDBPyConnection, typed: str) -> list[int]:
    """Return the keys of parties whose name, or whose owner's, is like what was typed."""
    names = """
        with owned as (
            select organisation_key, owner_key from owner_shares
            union
            select organisation_key, owner_key from organisations
            where owner_key <> organisation_key
        )
        select i.party_key, i.name, o.name as known, w.name as owner
        from identities i
        join organisations o on o.organisation_key = i.organisation_key
        left join owned d on d.organisation_key = o.organisation_key
        left join organisations w
            on w.organisation_key = d.owner_key and w.kind <> 'individual'
        where o.kind <> 'individual'
    """
    return _like(cursor, typed, names)


def _like(cursor: duckdb.DuckDBPyConnection, typed: str, names: str) -> list[int]:
    plain = {name: _PLAIN.format(text=name) for name in ("name", "known", "owner")}
    exact = " or ".join(f"{text} = t.typed" for text in plain.values())
    holds = " or ".join(f"contains({text}, t.typed)" for text in plain.values())
    found = cursor.execute(
        f"""
        with typed as (select {_PLAIN.format(text="$typed")} as typed),
        met as (
            select n.party_key, coalesce({exact}, false) as is_exact
            from ({names}) n, typed t
            where coalesce({holds}, false)
        )
        select distinct party_key from met
        where party_key is not null and is_exact = (select bool_or(is_exact) from met)
        order by party_key
        """,
        {"typed": " ".join(typed.split())[:TYPED_MAX]},
    ).fetchall()
    return [key for (key,) in found]
