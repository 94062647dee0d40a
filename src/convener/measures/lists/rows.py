"""The rows that a figure rests on: tenders, places, payments, joinings and leavings, in pages.

Providers, buyers and areas are the lists of :mod:`holders`, and contracts those of
:mod:`contracts`; which of them a figure opens to follows from what its measure reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from convener.base.errors import NotFoundError
from convener.base.kinds import Kind
from convener.measures.bench import Bench, views
from convener.measures.lists.holders import NOT_NAMED
from convener.measures.markets import Market
from convener.measures.measure import Measure
from convener.measures.question import Question

PAGE = 50
WITHHELD = "Not named"
ALL_MOST = 100_000  # rows of a file
# What a figure can rest on; the first sort that fits is shown first.
SORTS = ("tenders", "events", "areas", "buyers", "providers", "contracts", "entries", "payments")
THINGS = {"awards": "contracts", "payments": "payments", "provision": "entries"}
_LISTED_BY = {
    "tenders": ("tenders", "open_tenders", "tender_prices", "bids"),
    "areas": ("local_shares",),
    "buyers": ("buyer_shares",),
    "providers": ("provider_shares", "kind_shares"),
}


@dataclass(frozen=True)
class Rows:
    """One page of the rows of a sort, by column, and how many there are."""

    sort: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    count: int


def sorts_of(one: Measure, basis: str) -> tuple[str, ...]:
    """Return the sorts of row that a measure rests on under a basis, the nearest first."""
    read = _all_read(one.reads)
    own = set(one.reads)
    things = THINGS[basis if not one.bases or basis in one.bases else one.bases[0]]
    found = {sort for sort, names in _LISTED_BY.items() if own & {*names}}
    if "provision_events_in_scope" in own:
        return ("events",)
    if "provision_in_scope" in own:
        return ("entries",)
    if "holdings" in read:
        found |= {things} if found or "holdings" not in own else {"providers", things}
    if read & {"awards_in_scope", "award_facts", "contracts_in_scope"} and things == "contracts":
        found |= {"contracts"}
    if "tenders" in found:
        return ("tenders",)
    return tuple(sort for sort in SORTS if sort in found) or ("contracts",)


def _all_read(names: tuple[str, ...]) -> set[str]:
    """Return every view that some names rest on, through all that they read."""
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in views() and name not in found:
            found.add(name)
            waiting += views()[name].reads
    return found


def read_rows(
    cursor: duckdb.DuckDBPyConnection,
    question: Question,
    market: Market,
    sort: str,
    *,
    kind: str = "",
    page: int | None = 1,
) -> Rows:
    """Return one page of the rows in a market; without a page, all of them up to a limit.

    Raises
    ------
    NotFoundError
        If there is no such page.
    """
    bench = Bench(cursor, question)
    try:
        bench.set("basis", _BASES[sort])
        bench.set("row_kind", kind)
        with _narrowed(bench, market, sort):
            bench.build(_READS[sort])
            cursor.execute(f"create or replace temp table opened as {_SQL[sort]}")
        return _page(cursor, sort, page)
    finally:
        cursor.execute("drop table if exists temp.opened")
        bench.close()


def _page(cursor: duckdb.DuckDBPyConnection, sort: str, page: int | None) -> Rows:
    [(count,)] = cursor.execute("select count(*) from opened").fetchall()
    skip, most = (0, ALL_MOST) if page is None else ((page - 1) * PAGE, PAGE)
    if skip < 0 or (skip and skip >= count):
        raise NotFoundError(f"there is no page {page} of {count} rows")
    answer = cursor.execute(
        f"select * from opened order by {_ORDERS[sort]} limit $most offset $skip",
        {"most": most, "skip": skip},
    )
    columns = tuple(column[0] for column in answer.description or ())
    rows = tuple(_unnamed(dict(zip(columns, row, strict=True))) for row in answer.fetchall())
    return Rows(sort, columns, rows, count)


def _unnamed(row: dict[str, Any]) -> dict[str, Any]:
    """Take what could name a person, or whoever the source withheld, out of a row."""
    is_person = row.get("kind") == Kind.INDIVIDUAL
    if not is_person and (row.get("provider") != WITHHELD or "place_id" not in row):
        return row
    who = NOT_NAMED if is_person else WITHHELD
    hidden = {"provider": who, "organisation": None, "owner": "", "name": "", "place_id": ""}
    return row | {name: value for name, value in hidden.items() if name in row}


@contextmanager
def _narrowed(bench: Bench, market: Market, sort: str) -> Iterator[None]:
    """Let the views of processes see a market's own alone, where only those are asked for.

    What a source's habits say, and which of two loaded copies counts, is read from all of it
    before.
    """
    if sort != "tenders":
        yield
        return
    connection = bench.connection
    bench.build(("superseded", "contest_hidden"))
    connection.execute(
        "create or replace temp table own_processes as select distinct process_key"
        " from process_services where service = $service and level = $level",
        {"service": market.service, "level": market.level},
    )
    for name in _NARROWED:
        connection.execute(
            f"create temp view {name} as select * from memory.main.{name}"
            " where process_key in (select process_key from own_processes)"
        )
    try:
        yield
    finally:
        for name in _NARROWED:
            connection.execute(f"drop view temp.{name}")


_NARROWED = ("processes", "awards", "contracts", "suppliers", "tenderers", "bids", "lots")
_BASES = {
    "tenders": "awards",
    "entries": "provision",
    "events": "provision",
    "payments": "payments",
}
_READS = {
    "tenders": ("tenders", "buyer_names"),
    "entries": ("provision_in_scope",),
    "events": ("provision_events_in_scope",),
    "payments": ("payments_in_scope", "buyer_names"),
}
_ORDERS = {
    "tenders": "happened_on desc nulls last, ocid",
    "entries": "quantity desc nulls last, provider, source, line",
    "events": "happened_on desc nulls last, source, line",
    "payments": "amount desc nulls last, source, line",
}

_WHO = """
               coalesce(o.name, i.name, 'Not named')                      as provider,
               o.organisation_key                                         as organisation,
               case when o.owner_key <> o.organisation_key and w.kind <> 'individual'
                    then o.owner_name else '' end                         as owner,
               coalesce(p.kind, o.kind, 'unknown')                        as kind"""
_WHOSE = """
        left join identities i on i.party_key = p.provider_key
        left join organisations o on o.organisation_key = i.organisation_key
        left join organisations w on w.organisation_key = o.owner_key"""

_SQL = {
    "tenders": """
        select p.ocid, coalesce(p.title, '') as title,
               coalesce(n.buyer_name, p.buyer_name, 'Not named')  as buyer,
               cast(t.place as varchar)                           as area,
               t.happened_on, coalesce(t.method, '') as method,
               t.is_competitive and not t.is_cancelled            as counts,
               t.bid_count                                        as bids,
               t.lot_count                                        as lots,
               t.days_to_bid, t.amount, coalesce(t.currency, '')  as currency
        from tenders t
        join processes p on p.process_key = t.process_key
        left join buyer_names n on n.buyer = t.buyer
    """,
    "entries": f"""
        select p.place_name as name, p.place_id, cast(p.place as varchar) as area, {_WHO},
               p.quantity, p.unit, p.rating, p.opened_on, p.observed_on, p.source, p.line
        from provision_in_scope p {_WHOSE}
        where getvariable('row_kind') = ''
           or coalesce(p.kind, o.kind, 'unknown') = getvariable('row_kind')
    """,
    "events": f"""
        select p.place_name as name, p.place_id, cast(p.place as varchar) as area, {_WHO},
               p.event, p.observed_on as happened_on, p.quantity, p.unit, p.source, p.line
        from provision_events_in_scope p {_WHOSE}
        where p.event is not null
    """,
    "payments": """
        select coalesce(n.buyer_name, 'Not named') as buyer, cast(p.place as varchar) as area,
               coalesce(o.name, i.name, 'Not named')              as provider,
               o.organisation_key                                 as organisation,
               coalesce(nullif(o.kind, 'unknown'), p.payee_kind, 'unknown') as kind,
               p.paid_on, p.amount, coalesce(p.currency, '') as currency, p.source, p.line
        from payments_in_scope p
        left join identities i on i.party_key = p.payee_key
        left join organisations o on o.organisation_key = i.organisation_key
        left join buyer_names n on n.buyer = p.buyer
    """,
}
