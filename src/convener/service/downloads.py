"""Tables as files: CSV in which no cell can start a formula, and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.text import slugify

from convener.base.cells import defused

# Numbers of organisations have up to 19 digits; many readers of JSON round beyond 2 to the 53rd.
NUMBERS = frozenset({"organisation", "buyer_organisation"})


@dataclass(frozen=True)
class Table:
    """Rows to download: a name for the file, the columns in order, and the rows."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]


class Form:
    """The ending of an address that asks for a file."""

    regex = "csv|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def _cell(value: object) -> object:
    """Return a cell that a spreadsheet shows and does not run."""
    return defused(value) if isinstance(value, str) else value


def as_csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV with a heading line."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = list(columns)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return out.getvalue()


def as_json(columns: Iterable[str], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON gives it: the number of an organisation is text."""
    cells = {name: row.get(name) for name in columns}
    known = {name: str(cells[name]) for name in NUMBERS & cells.keys() if cells[name] is not None}
    return cells | known


def answer(table: Table, form: str) -> HttpResponse:
    """Answer with a table as a file to keep."""
    response: HttpResponse
    if form == "json":
        rows = [as_json(table.columns, row) for row in table.rows]
        response = JsonResponse(rows, safe=False, json_dumps_params={"ensure_ascii": False})
    else:
        text = as_csv(table.columns, table.rows)
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    file = f"{slugify(table.name) or 'table'}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response
