"""What the open files say of themselves: a Frictionless tabular data package.

Source: Frictionless Data, "Data Package" and "Table Schema", version 1 (2017).

Beside the standard's own properties stand ours: ``snapshot`` and, of each table, ``coverage``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from convener.measures.publishing.datasets import NOT_STATED, Column, Dataset
from convener.measures.publishing.files import LIST_SIGN, File, Written

NAME = "datapackage.json"
LICENCE = (
    "convener claims no right of its own in the figures that it derives. What comes from a source"
    " stays under the licence of that source, which stands beside it here; where a source states"
    " none, ask its publisher."
)
MEDIA = {  # of a file, as it is sent
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
_TYPES = {
    "string": {"type": "string"},
    "moment": {"type": "datetime", "format": "any"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
}


def describe(
    tables: Iterable[tuple[Dataset, Written]],
    sources: Iterable[Mapping[str, Any]],
    *,
    moment: str,
    digest: str,
) -> dict[str, Any]:
    """Return the description of all open files of a snapshot."""
    return {
        "profile": "data-package",
        "name": "convener-open-figures",
        "title": "Open figures of public service markets",
        "description": LICENCE,
        "created": moment,
        "snapshot": {"taken_at": moment, "sha256": digest},
        "sources": [_source(row) for row in sources],
        "resources": [
            _resource(dataset, written, file)
            for dataset, written in tables
            for file in written.files
        ],
    }


def _source(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {"title": row["name"], "licence": row["licence"] or NOT_STATED}
    return found | ({"path": row["address"]} if row["address"] else {})


def _resource(dataset: Dataset, written: Written, file: File) -> dict[str, Any]:
    share = round(written.known / written.rows, 4) if written.rows else None
    found: dict[str, Any] = {
        "name": f"{dataset.name}-{file.form}",
        "title": dataset.title,
        "description": dataset.says,
        "path": file.name,
        "format": file.form,
        "mediatype": MEDIA[file.form].partition(";")[0],
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "rows": written.rows,
        "coverage": {"share": share, "of": dataset.known_says},
        "schema": {"fields": [_field(column, file.form) for column in dataset.columns]},
    }
    if file.form != "parquet":
        found |= {"encoding": "utf-8"}
    if file.form == "csv":
        found |= {"profile": "tabular-data-resource"}
    return found


def _field(column: Column, form: str) -> dict[str, Any]:
    if column.type != "list":
        return {"name": column.name, **_TYPES[column.type], "description": column.says}
    if form == "csv":
        says = f"{column.says}; parted by {LIST_SIGN!r}"
        return {"name": column.name, "type": "string", "description": says}
    return {"name": column.name, "type": "array", "description": column.says}
