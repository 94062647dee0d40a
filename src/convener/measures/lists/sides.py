"""Which of some organisations buy, and which provide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Sides:
    """Which of the organisations that were asked about buy, and which provide."""

    buyers: frozenset[int] = frozenset()
    providers: frozenset[int] = frozenset()


def market_sides(cursor: duckdb.DuckDBPyConnection, keys: Iterable[int]) -> Sides:
    """Return which of some organisations are on which side, by all that is loaded."""
    rows = cursor.execute(
        """with asked as (
               select party_key, organisation_key from identities
               where list_contains($keys::bigint[], organisation_key)
           ),
           met as (
               select 'buys' as side, buyer_key as party_key from processes
               union all select 'buys', buyer_key from payments
               union all select 'provides', party_key from suppliers
               union all select 'provides', payee_key from payments
               union all select 'provides', provider_key from provision
           )
           select distinct side, organisation_key from met join asked using (party_key)""",
        {"keys": [*keys]},
    ).fetchall()
    return Sides(
        frozenset(key for side, key in rows if side == "buys"),
        frozenset(key for side, key in rows if side == "provides"),
    )
