"""The contracts and places of a market by name: one, the largest, and those like a text."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from convener.measures.what_if.holdings import NOBODY, TEN_THOUSANDTHS, Holdings
from convener.measures.what_if.steps import Thing

LISTED = 100
SEARCHED = 20_000  # of all that is like a text, so many are looked through


@dataclass(frozen=True)
class Listed:
    """One contract or place that a reader can choose."""

    thing: Thing
    title: str
    holder: str
    place: str
    amount: float | None


def find_thing(cursor: duckdb.DuckDBPyConnection, thing: Thing) -> NDArray[np.uint64]:
    """Return the marks of what has the name of a thing, whatever market it is of."""
    if thing.process:
        sql = (
            "select distinct hash(cast(process_key as bigint), cast($number as varchar))"
            " from processes where ocid = $process"
        )
        rows = cursor.execute(sql, {"number": thing.number, "process": thing.process}).fetchall()
    else:
        sql = "select hash(cast(null as bigint), cast($number as varchar))"
        rows = cursor.execute(sql, {"number": thing.number}).fetchall()
    return np.array([row[0] for row in rows], dtype=np.uint64)


def list_things(
    cursor: duckdb.DuckDBPyConnection, holdings: Holdings, *, like: str = ""
) -> tuple[Listed, ...]:
    """Return the largest contracts or places of a market, or of those like a text.

    A payment is none of them, and what a person holds is left out.
    """
    if holdings.basis == "payments":
        return ()
    rows = _open_rows(holdings)
    if like:
        met = [row[0] for row in cursor.execute(_LIKE[holdings.basis], {"like": like}).fetchall()]
        rows = rows[np.isin(holdings.thing[rows], np.array(met, dtype=np.uint64))]
    order = np.lexsort((holdings.thing[rows], -holdings.amount[rows]))
    things, first = np.unique(holdings.thing[rows][order], return_index=True)
    largest = things[np.argsort(first)][:LISTED]
    told = {
        key: (Thing(process or "", number), title)
        for key, process, number, title in cursor.execute(
            _TOLD[holdings.basis], {"keys": largest.tolist()}
        ).fetchall()
    }
    return tuple(
        _listed(holdings, rows, key, *told[key]) for key in largest.tolist() if key in told
    )


def _open_rows(holdings: Holdings) -> NDArray[np.int64]:
    """Return the rows of what no person holds."""
    is_hidden = np.array([not holder.name for holder in holdings.holders], dtype=np.bool_)
    named = np.flatnonzero(holdings.holder != NOBODY)
    hidden = named[is_hidden[holdings.holder[named]]]
    return named[~np.isin(holdings.thing[named], holdings.thing[hidden])]


def _listed(
    holdings: Holdings, rows: NDArray[np.int64], key: int, thing: Thing, title: str
) -> Listed:
    own = rows[holdings.thing[rows] == key]
    names = dict.fromkeys(holdings.holders[at].name for at in holdings.holder[own])
    amount = float(holdings.amount[own].sum()) / TEN_THOUSANDTHS
    return Listed(
        thing=thing,
        title=title,
        holder=" and ".join(names),
        place=holdings.places[holdings.place[own[0]]],
        amount=amount if holdings.has_amount[own].any() else None,
    )


_AWARD = "hash(cast(a.process_key as bigint), cast(a.award_id as varchar))"
_ENTRY = "hash(cast(null as bigint), coalesce(place_id, cast(line as varchar)))"
_TOLD = {
    "awards": f"""
        select {_AWARD} as key, any_value(p.ocid), any_value(a.award_id),
               coalesce(any_value(p.title), '')
        from awards a join processes p on p.process_key = a.process_key
        where list_contains($keys::ubigint[], {_AWARD})
        group by 1
    """,
    "provision": f"""
        select {_ENTRY} as key, '', any_value(coalesce(place_id, cast(line as varchar))),
               coalesce(any_value(place_name), '')
        from provision
        where list_contains($keys::ubigint[], {_ENTRY})
        group by 1
    """,
}
_LIKE = {
    "awards": f"""
        select {_AWARD}
        from processes p join awards a on a.process_key = p.process_key
        where contains(lower(p.title), lower($like)) or contains(lower(p.ocid), lower($like))
        limit {SEARCHED}
    """,
    "provision": f"""
        select {_ENTRY}
        from provision
        where contains(lower(place_name), lower($like))
           or contains(lower(place_id), lower($like))
           or contains(lower(provider_name), lower($like))
        limit {SEARCHED}
    """,
}
