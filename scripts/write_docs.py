"""Write the reference pages that come from the code: tables and the catalogue of measures."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from convener.data.tables import TABLES, Table
from convener.measures.measure import catalogue

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"


def tables_page() -> str:
    """Return the page of every table and column of the store."""
    parts = ["# Tables of the market store", "Written from `src/convener/data/tables.py`."]
    parts += [_table(table) for table in TABLES.values()]
    return "\n\n".join(parts) + "\n"


def measures_page() -> str:
    """Return the catalogue of measures, by family."""
    parts = ["# Measures", "Written from the headers of `src/convener/measures/*/*.sql`."]
    for family, measures in groupby(catalogue().values(), key=lambda one: one.family):
        rows = [
            f"| [{one.name}]({one.name}.md) | {one.asks} | {one.unit}"
            f" | {one.minimum} {one.minimum_of} |"
            for one in measures
        ]
        head = "| measure | asks | unit | withheld below |\n|---|---|---|---|\n"
        parts.append(f"## {family.capitalize()}\n\n{head}" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    rows = [
        f"| `{column.name}` | {column.type} | {_code(column.path)} | {column.unit}"
        f" | {column.note} |"
        for column in table.columns
    ]
    head = "| column | type | OCDS path | unit | note |\n|---|---|---|---|---|\n"
    return f"## {table.name}\n\n{table.note}\n\n{head}" + "\n".join(rows)


def _code(path: str) -> str:
    return " or ".join(f"`{one}`" for one in path.split("|")) if path else ""


PAGES = {"tables.md": tables_page, "measures/README.md": measures_page}


def main() -> None:
    """Write each page."""
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
