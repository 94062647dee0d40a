"""How rows leave the command line: as a table for a person, or as JSON, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson

from convener.base.cells import defused
from convener.base.errors import BadInputError

NEVER_WRAPPED = 24
WIDTH_OF_A_PIPE = 140
NEEDS_NO_PLACES = 10

Rows = Sequence[Mapping[str, Any]]


class Format(StrEnum):
    """The forms that every list command can take."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


def show(rows: Rows, form: Format, *, title: str = "", columns: Sequence[str] = ()) -> None:
    """Write rows to standard output in the form that was asked for."""
    names = list(columns) or list(dict.fromkeys(name for row in rows for name in row))
    if form is Format.JSON:
        sys.stdout.write(as_json([dict(row) for row in rows]))
    elif form is Format.CSV:
        sys.stdout.write(as_csv(rows, names))
    elif form is Format.PARQUET:
        _show_parquet(rows, names)
    else:
        _show_table(rows, names, title)


def as_json(value: object) -> str:
    """Return JSON text in which a decimal is a number with exactly the digits that it has."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    return orjson.dumps(value, default=_for_json, option=options).decode()


def _for_json(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(value)


def as_csv(rows: Rows, names: Sequence[str]) -> str:
    """Return rows as CSV in which no cell can start a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([defused(_cell(row.get(name))) for name in names])
    return out.getvalue()


def _show_parquet(rows: Rows, names: Sequence[str]) -> None:
    if sys.stdout.isatty():
        message = "Parquet is not for a screen: send it to a file with > figures.parquet"
        raise BadInputError(message)
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    pq.write_table(pa.table(columns), sink)
    sys.stdout.buffer.write(sink.getvalue())


def _column(cells: Sequence[Any]) -> Sequence[Any]:
    """Return cells of one type, which Parquet wants: decimals give way where a float stands."""
    if any(isinstance(cell, float) for cell in cells):
        return [float(cell) if isinstance(cell, Decimal) else cell for cell in cells]
    return cells


def _show_table(rows: Rows, names: Sequence[str], title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_PIPE)
    if not rows:
        console.print(f"{title}: none" if title else "none")
        return
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for name in names:
        cells = [row.get(name) for row in rows]
        is_number = any(isinstance(cell, int | float | Decimal) for cell in cells)
        longest = max(len(_shown(cell)) for cell in cells)
        table.add_column(
            name.replace("_", " "),
            justify="right" if is_number else "left",
            no_wrap=longest <= NEVER_WRAPPED,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(_shown(row.get(name)) for name in names))
    console.print(table)


def _shown(value: Any) -> str:  # noqa: ANN401 -- a cell holds anything
    from rich.markup import escape

    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= NEEDS_NO_PLACES else f"{value:.4f}"
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return escape(_cell(value))


def _cell(value: Any) -> str:  # noqa: ANN401 -- a cell holds anything
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(_cell(part) for part in value)
    if isinstance(value, dict):
        return orjson.dumps(value, default=_for_json).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
