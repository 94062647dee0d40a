"""The figures of every named market, computed at the end of a load so that pages read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import orjson

from convener.base.errors import ConvenerError
from convener.data.services import markets
from convener.measures.balance import balance_question, balance_sheet

FILE = "figures.json"
NAMED = ("bundle",)


def write_figures(connection: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """Write the list of markets, and the balance sheet of each named one, into a folder."""
    listed = markets(connection)
    sheets = {
        row["service"]: _sheet(connection, row["service"])
        for row in listed
        if row["level"] in NAMED
    }
    path = folder / FILE
    path.write_bytes(orjson.dumps({"markets": listed, "sheets": sheets}, default=float))
    return path


def read_figures(path: Path) -> dict[str, Any]:
    """Return what ``write_figures`` wrote."""
    found: dict[str, Any] = orjson.loads(path.read_bytes())
    return found


def _sheet(connection: duckdb.DuckDBPyConnection, service: str) -> dict[str, Any]:
    """Return a market's balance sheet, or why there is none that can be given at once."""
    try:
        sheet = balance_sheet(connection, balance_question(service))
    except ConvenerError as error:
        return {"error": str(error), "readings": {}}
    return {
        "error": "",
        "readings": {key: [row.as_dict() for row in rows] for key, rows in sheet.items()},
    }
