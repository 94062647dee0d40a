"""Contracts of one side, as a list in some order, a page at a time.

The table ``held`` on a bench holds what one organisation provides, or what it buys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from convener.base.errors import BadInputError
from convener.measures.bench import Bench
from convener.measures.lists.holders import NOT_NAMED
from convener.measures.lists.holders_sql import ENDING_MONTHS
from convener.measures.rows import steady

PER_PAGE = 15
PAGE_MAX = 10_000
WHOLE_MAX = 100_000  # contracts of one side in a file
_ORDERS = {
    "value": "amount desc nulls last, ends_on desc nulls last, process_key, award_id",
    "ending": "ends_on, amount desc nulls last, process_key, award_id",
    "latest": "awarded_on desc nulls last, amount desc nulls last, process_key, award_id",
}
ORDERS = tuple(_ORDERS)


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted: its order, and the number of the page from 1; 0 is all."""

    order: str = "value"
    number: int = 1


@dataclass(frozen=True)
class Deal:
    """One award, with what one side holds of it.

    ``amount`` is that side's part where an award names several suppliers.
    """

    ocid: str
    title: str
    source: str
    other: str
    other_key: int | None
    amount: float | None
    suppliers: int
    awarded_on: date | None
    starts_on: date | None
    ends_on: date | None
    place: str


@dataclass(frozen=True)
class Deals:
    """A page of contracts, and how many there are in all, running, and ending soon."""

    rows: tuple[Deal, ...] = ()
    total: int = 0
    with_end: int = 0
    running: int = 0
    ending: int = 0
    ending_amount: float | None = None
    last_end: date | None = None
    order: str = "value"
    number: int = 1

    @property
    def pages(self) -> int:
        """Return how many pages the list has under its order."""
        return max(1, -(-self.listed // PER_PAGE))

    @property
    def listed(self) -> int:
        """Return how many the list has: in the order of their ends, those that still run."""
        return self.running if self.order == "ending" else self.total


def read_page(order: str, number: str) -> Page:
    """Return the page that an address asks for.

    Raises
    ------
    BadInputError
        If the order is none, or the number is no page.
    """
    if order and order not in _ORDERS:
        raise BadInputError(f"the order is {order!r}; it can be {', '.join(_ORDERS)}")
    is_page = number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= PAGE_MAX
    if number and not (is_page and len(number) < len(str(PAGE_MAX)) + 1):
        raise BadInputError(f"the page is {number[:20]!r}; wanted a number from 1")
    return Page(order or "value", int(number or 1))


def ask(bench: Bench, sql: str, **words: object) -> list[dict[str, Any]]:
    """Return the rows of a statement on a bench's tables, given those words that it uses."""
    used = {word: value for word, value in words.items() if f"${word}" in sql}
    answer = bench.connection.execute(sql, used)
    names = [column[0] for column in answer.description or ()]
    return [
        {name: steady(value) for name, value in zip(names, row, strict=True)}
        for row in answer.fetchall()
    ]


def deals_of(bench: Bench, page: Page, day: date | None, *, other: str = "buyer") -> Deals:
    """Return a page of what ``held`` holds, each with its other side: a buyer or a provider.

    Raises
    ------
    BadInputError
        If the list has no such page.
    """
    cursor = bench.connection
    cursor.execute(_DEALS.format(other=other, not_named=NOT_NAMED), {"day": day})
    summed = cursor.execute(_SUMMED, {"day": day, "months": ENDING_MONTHS}).fetchone() or ()
    names = ("total", "with_end", "running", "ending", "ending_amount", "last_end")
    found = Deals(**dict(zip(names, summed, strict=True)), order=page.order, number=page.number)
    if page.number > found.pages:
        raise BadInputError(f"there is no page {page.number}; the last is {found.pages}")
    size = PER_PAGE if page.number else WHOLE_MAX
    met = ask(
        bench,
        f"select * from deals where {'is_running' if page.order == 'ending' else 'true'}"
        f" order by {_ORDERS[page.order]} limit {size} offset $start",
        start=max(page.number - 1, 0) * PER_PAGE,
    )
    return replace(found, rows=tuple(_told(cursor, met, is_whole=not page.number)))


def _told(
    cursor: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], *, is_whole: bool
) -> list[Deal]:
    """Return rows with the words of their processes, read for these alone."""
    if not rows:
        return []
    # A few numbers written out let whole parts of the store be skipped.
    few = ", ".join(str(int(row["process_key"])) for row in rows)
    keys = "select process_key from deals" if is_whole else few
    words = {
        key: texts
        for key, *texts in cursor.execute(
            f"select process_key, ocid, title, source from memory.main.processes"
            f" where process_key in ({keys})"
        ).fetchall()
    }
    titles = {
        (key, award): title
        for key, award, title in cursor.execute(
            f"select process_key, award_id, title from memory.main.awards"
            f" where process_key in ({keys})"
        ).fetchall()
    }
    return [
        Deal(
            ocid=words[row["process_key"]][0],
            title=titles.get((row["process_key"], row["award_id"]))
            or words[row["process_key"]][1]
            or "No title",
            source=words[row["process_key"]][2],
            **{
                name: value
                for name, value in row.items()
                if name not in {"process_key", "award_id", "is_running"}
            },
        )
        for row in rows
    ]


# Labels of which a bundle is made: what is of them is told under the bundle.
BUNDLED = """
    select service from label_services where level = 'label'
    and label in (select label from label_services where level = 'bundle')
"""
# One statement for both sides: the other side of what is held is its buyer or its provider.
_DEALS = """
    create or replace temp table deals as
    with summed as (
        select process_key, award_id,
               any_value({other})                        as side,
               cast(sum(value) as double)                as amount,
               max(supplier_count)                       as suppliers,
               min(held_on)                              as awarded_on,
               min(starts_on)                            as starts_on,
               max(ends_on)                              as ends_on,
               min(cast(place as varchar))               as place
        from held
        group by process_key, award_id
    ),
    named as (
        select buyer as side, any_value(buyer_name) as name from buyer_names
        where '{other}' = 'buyer' group by buyer
        union all
        select provider, any_value(provider_name) from held
        where '{other}' = 'provider' and provider is not null group by provider
    )
    select s.process_key, s.award_id,
           case when o.kind = 'individual' then '{not_named}'
                else coalesce(n.name, 'Not named') end   as other,
           case when o.kind <> 'individual' then o.organisation_key end as other_key,
           s.amount, s.suppliers, s.awarded_on, s.starts_on, s.ends_on, s.place,
           coalesce(s.ends_on >= $day, false)            as is_running
    from summed s
    left join named n on n.side = s.side
    left join organisations o on hash('organisation', o.organisation_key) = s.side
"""
_SUMMED = """
    select count(*), count(ends_on), count(*) filter (where is_running),
           count(*) filter (where is_running and ends_on < $day::date + to_months($months)),
           sum(amount) filter (where is_running and ends_on < $day::date + to_months($months)),
           max(ends_on)
    from deals
"""
