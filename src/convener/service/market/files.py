"""The tables of a market's page as files give them: whole, and without words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convener.base.errors import NotFoundError
from convener.measures.rows import Row
from convener.measures.sheet import Sheet
from convener.service.downloads import Table
from convener.service.market.by_place import places_file
from convener.service.market.history import years_file
from convener.service.market.tables import is_whole


def table(sheet: Sheet, name: str) -> Table:
    """Return one table of a market's page, whole, as a file gives it.

    Raises
    ------
    NotFoundError
        If the page has no table of that name.
    """
    if name not in _FILES:
        raise NotFoundError(f"a market has no table {name!r}; it has {', '.join(_FILES)}")
    columns, rows = _FILES[name](sheet)
    return Table(f"{sheet.market.service}-{name}", columns, rows)


type _File = tuple[tuple[str, ...], list[dict[str, Any]]]


def _kinds_file(sheet: Sheet) -> _File:
    rows = [
        _plain(row)
        for name in ("share-by-kind", "share-by-kind-by-count")
        for row in sheet.all_of(name)
    ]
    return ("measure", "kind", *_FIGURE), rows


_FIGURE = ("value", "low", "high", "unit", "count", "coverage", "basis", "note")


def _plain(row: Row) -> dict[str, Any]:
    found = row.as_dict()
    return {name: _number(value) for name, value in found.items()}


def _number(value: Any) -> Any:  # noqa: ANN401 -- a cell
    return float(value) if hasattr(value, "as_tuple") else value


def _figures_file(sheet: Sheet) -> _File:
    rows = [_plain(row) for rows in sheet.rows.values() for row in rows if is_whole(row)]
    return ("measure", *_FIGURE[:6], "wilson_low", "wilson_high", *_FIGURE[6:]), rows


def _providers_file(sheet: Sheet) -> _File:
    rows = [{**vars(row), "kind": row.kind.value} for row in sheet.tables.providers]
    columns = ("name", "kind", "organisation", "things", "areas", "buyers", "ending", "amount")
    return (*columns, "share"), rows


def _buyers_file(sheet: Sheet) -> _File:
    rows = [{**vars(row), "largest_kind": row.largest_kind.value} for row in sheet.tables.buyers]
    columns = ("name", "organisation", "things", "providers", "ending", "amount", "share")
    return (*columns, "largest", "largest_kind", "largest_share"), rows


def _areas_file(sheet: Sheet) -> _File:
    rows = [{**vars(row), "kind": row.kind.value} for row in sheet.tables.areas]
    columns = ("name", "region", "provider", "kind", "organisation", "providers", "things")
    return (*columns, "amount", "total", "share"), rows


def _losses_file(sheet: Sheet) -> _File:
    return ("name", "things", "others", "amount", "total"), [
        vars(row) for row in sheet.tables.losses
    ]


_FILES: dict[str, Callable[[Sheet], _File]] = {
    "kinds": _kinds_file,
    "providers": _providers_file,
    "buyers": _buyers_file,
    "areas": _areas_file,
    "figures": _figures_file,
    "years": years_file,
    "losses": _losses_file,
    "places": places_file,
}
