"""The holdings of one market as arrays: read once, changed as often as someone asks what if."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from convener.base.kinds import Kind
from convener.measures.bench import Bench
from convener.measures.question import Question

TEN_THOUSANDTHS = 10_000  # amounts are whole numbers of these, so that sums are exact
NOBODY = -1
NEW = "new"

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Holder:
    """One provider of the market, or one that somebody imagines.

    ``reference`` names it in an address: its number as an organisation, a mark of its spelling,
    or the word for a new one. A person has none, so that nobody can be looked up.
    """

    reference: str
    name: str
    organisation: int | None = None
    is_new: bool = False


@dataclass(frozen=True)
class Sort:
    """What a row says of its provider: kind, size, and whether it has a social mission."""

    kind: Kind
    scale: str
    mission: str


@dataclass(frozen=True)
class Holdings:
    """Each provider's share of each thing: an award, a payment, or a place of provision.

    The arrays are of one length, a row a share. ``holder``, ``place`` and ``sort`` are positions
    in the tuples below; a row without a provider has :data:`NOBODY`. ``thing`` tells apart what
    the rows are shares of, ``amount`` is in ten thousandths of the market's unit.
    """

    basis: str
    holder: Codes
    place: Codes
    sort: Codes
    thing: NDArray[np.uint64]
    amount: Codes
    has_amount: NDArray[np.bool_]
    is_valued: NDArray[np.bool_]
    items: NDArray[np.float64]
    holders: tuple[Holder, ...]
    places: tuple[str, ...]
    sorts: tuple[Sort, ...]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self.holder.size

    @cached_property
    def positions(self) -> dict[str, int]:
        """Return the position of each holder by its reference; people have none."""
        return {
            holder.reference: position
            for position, holder in enumerate(self.holders)
            if holder.reference
        }

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        """Return the kind of each sort, as its position among all kinds."""
        order = list(Kind)
        return np.array([order.index(sort.kind) for sort in self.sorts], dtype=np.int64)

    def usual_sort(self, holder: int) -> int:
        """Return the sort that most of a holder's things are of."""
        own = self.holder == holder
        held = np.bincount(self.sort[own], weights=self.items[own], minlength=len(self.sorts))
        return int(held.argmax())


def read_holdings(cursor: duckdb.DuckDBPyConnection, question: Question) -> Holdings:
    """Return the holdings of the market that a question asks about.

    The question names one service and its basis.
    """
    bench = Bench(cursor, question)
    try:
        bench.build(("holdings", "provider_names"))
        rows = _columns(cursor, _ROWS)
        named = cursor.execute(_HOLDERS).fetchall()
    finally:
        bench.close()
    places, place = _coded(rows["place"])
    words, sort = _coded(rows["sort"])
    sorts = tuple(_sort(word) for word in words)
    people = _people(rows, sorts, sort)
    keys, holders = _holders(named, people)
    return Holdings(
        basis=question.basis or "awards",
        holder=_positions(rows["provider"], keys),
        place=place,
        sort=sort,
        thing=_numbers(rows["thing"], np.uint64),
        amount=_numbers(rows["amount"], np.int64),
        has_amount=np.asarray(rows["amount"].is_valid()),
        is_valued=_numbers(rows["is_valued"], np.bool_),
        items=_numbers(rows["items"], np.float64),
        holders=holders,
        places=tuple(places),
        sorts=sorts,
    )


# A mission is as the view of kinds has it: shares of kinds are net of one provider and sort.
_ROWS = f"""
    select provider,
           cast(place as varchar)                                   as place,
           kind || '|' || coalesce(scale, '') || '|' || case
               when kind in ('charity', 'social-enterprise', 'mutual') or is_vcse then 'yes'
               when kind not in ('unknown', 'joint-venture') then 'no'
               else '' end                                          as sort,
           hash(cast(process_key as bigint), cast(award_id as varchar)) as thing,
           cast(cast(value as decimal(28, 4)) * {TEN_THOUSANDTHS} as bigint) as amount,
           coalesce(is_valued, false)                               as is_valued,
           cast(coalesce(item_count, 0) as double)                  as items
    from holdings
"""
_HOLDERS = """
    select n.provider, n.provider_name, o.organisation_key,
           coalesce(o.kind = 'individual', false) as is_person
    from provider_names n
    left join organisations o on hash('organisation', o.organisation_key) = n.provider
    where n.provider in (select distinct provider from holdings)
    order by n.provider_name
"""


def _columns(cursor: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    table: pa.Table = cursor.sql(sql).to_arrow_table()
    return {name: table.column(name).combine_chunks() for name in table.column_names}


def _coded(column: Any) -> tuple[list[str], Codes]:  # noqa: ANN401 -- an Arrow array
    coded = column.dictionary_encode()
    return coded.dictionary.to_pylist(), np.asarray(coded.indices).astype(np.int64)


def _numbers(column: Any, kind: type) -> NDArray[Any]:  # noqa: ANN401 -- an Arrow array
    filled = column.fill_null(False if kind is np.bool_ else 0)
    return np.array(filled.to_numpy(zero_copy_only=False), dtype=kind)


def _positions(column: Any, keys: NDArray[np.uint64]) -> Codes:  # noqa: ANN401 -- as above
    """Return where each row's provider stands among the holders."""
    if not keys.size:
        return np.full(len(column), NOBODY, dtype=np.int64)
    met = _numbers(column, np.uint64)
    order = np.argsort(keys)
    found = order[np.minimum(np.searchsorted(keys, met, sorter=order), keys.size - 1)]
    is_known = np.asarray(column.is_valid()) & (keys[found] == met)
    return np.where(is_known, found, NOBODY)


def _people(rows: dict[str, Any], sorts: tuple[Sort, ...], sort: Codes) -> frozenset[int]:
    """Return the providers of whom any row says that they are a person."""
    is_person = np.array([one.kind is Kind.INDIVIDUAL for one in sorts], dtype=np.bool_)
    if not is_person.any():
        return frozenset()
    return frozenset(np.unique(_numbers(rows["provider"], np.uint64)[is_person[sort]]).tolist())


def _holders(
    named: list[tuple[int, str, int | None, bool]], people: frozenset[int]
) -> tuple[NDArray[np.uint64], tuple[Holder, ...]]:
    keys = np.array([row[0] for row in named], dtype=np.uint64)
    holders = tuple(
        Holder("", "")
        if is_person or key in people
        else Holder(
            str(organisation) if organisation is not None else f"named-{key:x}", name, organisation
        )
        for key, name, organisation, is_person in named
    )
    return keys, holders


def _sort(word: str) -> Sort:
    kind, scale, mission = word.split("|")
    return Sort(Kind(kind), scale, mission)
