"""A figure opened: the rows that it rests on, by sort, a page at a time and as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from convener.base.errors import BadInputError, NotFoundError
from convener.base.kinds import Kind
from convener.measures.lists.contracts import Contract, Wanted
from convener.measures.lists.rows import PAGE, read_rows, sorts_of
from convener.measures.measure import Measure
from convener.measures.sheet import LISTED, Sheet, question_of
from convener.service.downloads import Table
from convener.service.market import contracts
from convener.service.market.data import MarketData
from convener.service.market.paging import link
from convener.service.market.switches import whole
from convener.service.words import day, money, number, percent

TITLES = {
    "tenders": "Tenders",
    "events": "Joinings and leavings",
    "areas": "Areas",
    "buyers": "Buyers",
    "providers": "Providers",
    "contracts": "Contracts",
    "entries": "Entries of the list",
    "payments": "Payments",
}


@dataclass(frozen=True)
class Column:
    """One column: its head, the field that it shows, and how."""

    label: str
    field: str
    write: Callable[[Any], str] = str
    is_number: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell: its words, where it leads, the kind that it names, and its head."""

    text: str
    label: str
    address: str = ""
    kind: Kind | None = None
    is_number: bool = False


@dataclass(frozen=True)
class Opened:
    """The rows behind one figure."""

    sort: str
    sorts: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    count: int


def sort_asked(one: Measure, sheet: Sheet, asked: Mapping[str, str]) -> str:
    """Return the sort of row that an address asks for; the nearest to the figure if none.

    Raises
    ------
    BadInputError
        If the figure does not rest on rows of that sort.
    """
    sorts = sorts_of(one, sheet.choices.basis)
    sort = asked.get("of") or sorts[0]
    if sort not in sorts:
        raise BadInputError(f"{one.name} opens to {', '.join(sorts)}, not to {sort[:40]!r}")
    return sort


def kind_asked(asked: Mapping[str, str]) -> str:
    """Return the kind of provider to which an address narrows the rows, if to any.

    Raises
    ------
    BadInputError
        If there is no such kind.
    """
    word = asked.get("kind", "")
    if word and word not in {kind.value for kind in Kind}:
        known = ", ".join(kind.value for kind in Kind)
        raise BadInputError(f"kind is {word[:40]!r}; it can be {known}")
    return word


def opened(
    data: MarketData, sheet: Sheet, one: Measure, sort: str, *, kind: str, page: int
) -> Opened:
    """Return one page of the rows behind a figure."""
    rows, count = _page(data, sheet, sort, kind, page)
    columns = _columns(sheet, sort, rows)
    return Opened(
        sort=sort,
        sorts=sorts_of(one, sheet.choices.basis),
        columns=columns,
        rows=tuple(tuple(_cell(column, row) for column in columns) for row in rows),
        count=count,
    )


def table(data: MarketData, sheet: Sheet, one: Measure, sort: str, *, kind: str) -> Table:
    """Return the rows behind a figure as a file gives them."""
    rows, _ = _page(data, sheet, sort, kind, None)
    name = f"{sheet.market.service}-{one.name}-{sort}"
    return Table(name, tuple(rows[0]) if rows else ("provider",), [_plain(row) for row in rows])


type _Rows = Sequence[Mapping[str, Any]]


def _page(
    data: MarketData, sheet: Sheet, sort: str, kind: str, page: int | None
) -> tuple[_Rows, int]:
    if sort in _LISTS:
        return _listed(data, sheet, sort, kind, page)
    if sort == "contracts":
        wanted = Wanted(area=sheet.choices.area, period=sheet.choices.period)
        listed = contracts.found(data, sheet.market, wanted, page)
        return [_contract(row) for row in listed.rows], listed.count
    return _read(data, sheet, sort, kind, page)


def _listed(
    data: MarketData, sheet: Sheet, sort: str, kind: str, page: int | None
) -> tuple[_Rows, int]:
    """Return a page of what the sheet lists; of all there is where the sheet holds too few."""
    facts = sheet.tables.facts
    known = {"providers": facts.providers, "buyers": facts.buyers}.get(sort)
    is_held = page is not None and not kind and page * PAGE <= LISTED
    rows = _LISTS[sort](sheet if is_held else whole(data, sheet))
    rows = [_priced(sheet, row) for row in rows if kind in ("", row["kind"])]
    return _cut(rows, page), known if is_held and known is not None else len(rows)


def _priced(sheet: Sheet, row: dict[str, Any]) -> dict[str, Any]:
    is_money = sheet.choices.basis != "provision"
    return row | ({"currency": sheet.tables.facts.currency} if is_money else {})


def _cut(rows: list[dict[str, Any]], page: int | None) -> _Rows:
    if page is None:
        return rows
    if page > 1 and (page - 1) * PAGE >= len(rows):
        raise NotFoundError(f"there is no page {page} of {len(rows)} rows")
    return rows[(page - 1) * PAGE : page * PAGE]


def _read(
    data: MarketData, sheet: Sheet, sort: str, kind: str, page: int | None
) -> tuple[_Rows, int]:
    question = replace(question_of([sheet.market], sheet.choices), basis=None)

    def made() -> tuple[_Rows, int]:
        with data.cursor() as cursor:
            found = read_rows(cursor, question, sheet.market, sort, kind=kind, page=page)
        return found.rows, found.count

    if page is None:
        return made()
    key = ("opened", sheet.market.service, sheet.choices, sort, kind, page)
    return data.kept(key, made)


def _providers(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {**vars(row), "provider": row.name, "kind": row.kind.value}
        for row in sheet.tables.providers
    ]


def _areas(sheet: Sheet) -> list[dict[str, Any]]:
    return [{**vars(row), "area": row.name, "kind": row.kind.value} for row in sheet.tables.areas]


def _buyers(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {
            **{name: value for name, value in vars(row).items() if name != "organisation"},
            "buyer": row.name,
            "buyer_organisation": row.organisation,
            "provider": row.largest,
            "kind": row.largest_kind.value,
        }
        for row in sheet.tables.buyers
    ]


_LISTS: dict[str, Callable[[Sheet], list[dict[str, Any]]]] = {
    "providers": _providers,
    "areas": _areas,
    "buyers": _buyers,
}


def _contract(row: Contract) -> dict[str, Any]:
    first = row.suppliers[0] if row.suppliers else None
    others = len(row.suppliers) - 1
    return {
        **{name: value for name, value in vars(row).items() if name != "suppliers"},
        "provider": "Not named"
        if first is None
        else first.name + (f" and {others} more" if others else ""),
        "organisation": None if first is None else first.organisation,
        "kind": Kind.UNKNOWN.value if first is None else first.kind.value,
    }


def _day(value: date | None) -> str:
    return "" if value is None else day(value)


def _whole(value: float | None) -> str:
    return "" if value is None else number(value)


def _share(value: float | None) -> str:
    return "" if value is None else percent(value, 1)


def _columns(sheet: Sheet, sort: str, rows: _Rows) -> tuple[Column, ...]:
    columns = _COLUMNS[sort]
    facts = sheet.tables.facts
    is_size = facts.basis == "provision"
    named = {
        "amount": Column(
            (facts.unit.capitalize() or "Size") if is_size else "Value", "amount", str, True
        )
    }
    met = {name for row in rows for name, value in row.items() if value not in (None, "")}
    kept = [named.get(one.field, one) for one in columns if one.field in met or not rows]
    return tuple(kept)


def _cell(column: Column, row: Mapping[str, Any]) -> Cell:
    value = row.get(column.field)
    if column.field == "amount":
        text = _amount(value, row.get("currency"))
    else:
        text = "" if value is None else column.write(value)
    return Cell(
        text=text,
        label=column.label,
        address=_leads_to(column.field, row),
        kind=Kind(row["kind"]) if column.field == "provider" and row.get("kind") else None,
        is_number=column.is_number,
    )


def _amount(value: float | Decimal | None, currency: str | None) -> str:
    if value is None:
        return ""
    return number(value) if currency is None else money(value, currency)


def _leads_to(field: str, row: Mapping[str, Any]) -> str:
    """Return the page about what a cell names, where there is one."""
    if field in ("title", "ocid") and row.get("ocid"):
        return link("processes-one", row["ocid"])
    keys = {"provider": row.get("organisation"), "buyer": row.get("buyer_organisation")}
    return link("organisations-one", keys[field]) if keys.get(field) is not None else ""


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plainly(value) for name, value in row.items()}


def _plainly(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


_WHO = (Column("Provider", "provider"),)
_COLUMNS = {
    "providers": (
        *_WHO,
        Column("Things", "things", _whole, True),
        Column("Areas", "areas", _whole, True),
        Column("Buyers", "buyers", _whole, True),
        Column("Ending in 18 months", "ending", _whole, True),
        Column("Value", "amount", str, True),
        Column("Share", "share", _share, True),
    ),
    "areas": (
        Column("Area", "area"),
        Column("Largest provider", "provider"),
        Column("Providers", "providers", _whole, True),
        Column("Things", "things", _whole, True),
        Column("Its part", "amount", str, True),
        Column("Share", "share", _share, True),
    ),
    "buyers": (
        Column("Buyer", "buyer"),
        Column("Largest provider", "provider"),
        Column("Providers", "providers", _whole, True),
        Column("Things", "things", _whole, True),
        Column("Value", "amount", str, True),
        Column("Of it from the largest", "largest_share", _share, True),
    ),
    "contracts": (
        Column("Contract", "title"),
        Column("Buyer", "buyer"),
        *_WHO,
        Column("Awarded", "awarded_on", _day),
        Column("Ends", "ends_on", _day),
        Column("Value", "amount", str, True),
    ),
    "tenders": (
        Column("Tender", "title"),
        Column("Buyer", "buyer"),
        Column("Day", "happened_on", _day),
        Column("Method", "method"),
        Column("Days to bid", "days_to_bid", _whole, True),
        Column("Lots", "lots", _whole, True),
        Column("Bids", "bids", _whole, True),
    ),
    "entries": (
        Column("Place", "name"),
        Column("Number", "place_id"),
        Column("Area", "area"),
        *_WHO,
        Column("Opened", "opened_on", _day),
        Column("Rating", "rating"),
        Column("Size", "quantity", _whole, True),
    ),
    "events": (
        Column("Place", "name"),
        Column("Number", "place_id"),
        Column("Area", "area"),
        *_WHO,
        Column("Event", "event"),
        Column("Day", "happened_on", _day),
        Column("Size", "quantity", _whole, True),
    ),
    "payments": (
        Column("Buyer", "buyer"),
        *_WHO,
        Column("Source", "source"),
        Column("Line", "line", _whole, True),
        Column("Paid", "paid_on", _day),
        Column("Amount", "amount", str, True),
    ),
}
