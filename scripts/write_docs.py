"""Write the reference pages that come from the code: tables, measures, and stored fields."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from convener.data.tables import TABLES, Table
from convener.measures.measure import catalogue
from convener.rules.privacy import FieldClass, Kept, Retention

MEANS = {
    FieldClass.PUBLIC: "anyone",
    FieldClass.PARTNER: "those who work together on the same programme, contract or case",
    FieldClass.COMMERCIAL: "the organisation that it is of, and who judges it",
    FieldClass.PERSONAL: "the person that it is about, and who must know",
    FieldClass.SEALED: "nobody, until a rule opens it; never a page, log, export or event",
}
FIELDS = """\
Written from `src/convener/service/models/`. Each field says whom it may reach and how long it is
kept; a test fails for one that does not. The journal holds old and new values of public and
partner fields; of the others it holds a keyed digest, and their values lie sealed beside it until
the key of the person or organisation is dropped."""
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


def fields_page() -> str:
    """Return the page of every field that the service stores: whom it may reach, and how long."""
    import django
    from django.apps import apps

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convener.service.settings")
    if not apps.ready:
        django.setup()
    from convener.service.fields import kept_fields, stored_models

    parts = [
        "# Fields of the service",
        FIELDS,
        _pairs("class", "may reach", {one.value: words for one, words in MEANS.items()}),
        _pairs("kept", "until", {one.name.lower(): one.value for one in Retention}),
    ]
    for model in stored_models():
        label = model._meta.label  # noqa: SLF001 -- Django's own name for what it tells of models
        parts.append(f"## {label}\n\n{_model(kept_fields(model))}")
    return "\n\n".join(parts) + "\n"


def _model(kept: Mapping[str, Kept]) -> str:
    """Return a table of a model's fields, those of one class and retention together."""
    rows = []
    for field_class in FieldClass:
        for retention in Retention:
            names = [n for n, one in kept.items() if one == Kept(field_class, retention)]
            if names:
                listed = ", ".join(f"`{name}`" for name in names)
                rows.append(f"| {field_class.value} | {retention.name.lower()} | {listed} |")
    return "| class | kept | fields |\n|---|---|---|\n" + "\n".join(rows)


def _pairs(first: str, second: str, rows: Mapping[str, str]) -> str:
    lines = [f"| {one} | {words} |" for one, words in rows.items()]
    return f"| {first} | {second} |\n|---|---|\n" + "\n".join(lines)


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


PAGES = {"tables.md": tables_page, "measures/README.md": measures_page, "fields.md": fields_page}


def main() -> None:
    """Write each page."""
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
