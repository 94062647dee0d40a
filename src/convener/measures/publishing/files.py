"""Open tables as files: CSV, JSON and Parquet written in one pass, a batch of rows at a time."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from convener.base.cells import defused
from convener.measures.publishing.datasets import Dataset
from convener.measures.publishing.organisations import BATCH, Cells

FORMS = ("csv", "json", "parquet")
LIST_SIGN = "; "

_ARROW = {
    "string": pa.string(),
    "moment": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "list": pa.list_(pa.string()),
}


@dataclass(frozen=True)
class File:
    """One file that was written: its name, how long it is, and its digest."""

    name: str
    form: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Written:
    """One open table that was written: its files, its rows, and how many are known."""

    files: tuple[File, ...]
    rows: int
    known: int


def write_table(dataset: Dataset, rows: Iterable[Cells], folder: Path) -> Written:
    """Write an open table in every form; no more than a batch of its rows is held at a time."""
    known_at = dataset.names.index(dataset.known)
    count = known = 0
    with ExitStack() as open_files:
        outs = {form: _opened(open_files, folder, dataset, form) for form in FORMS}
        to_csv, to_json = _CsvWriter(outs["csv"], dataset), _JsonWriter(outs["json"], dataset)
        to_parquet = open_files.enter_context(_parquet(outs["parquet"], dataset))
        for batch in batched(rows, BATCH, strict=False):
            to_csv.write(batch)
            to_json.write(batch)
            to_parquet.write_table(_arrow(dataset, batch))
            count += len(batch)
            known += sum(1 for row in batch if row[known_at] not in (None, [], ""))
        to_json.close()
    files = tuple(_file(folder / f"{dataset.name}.{form}", form) for form in FORMS)
    return Written(files, count, known)


def _opened(stack: ExitStack, folder: Path, dataset: Dataset, form: str) -> BinaryIO:
    return stack.enter_context((folder / f"{dataset.name}.{form}").open("wb"))


def _file(path: Path, form: str) -> File:
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return File(path.name, form, path.stat().st_size, digest)


class _CsvWriter:
    def __init__(self, out: BinaryIO, dataset: Dataset) -> None:
        self._out = out
        self._write_lines([dataset.names])

    def write(self, rows: Sequence[Cells]) -> None:
        self._write_lines([_as_text(cell) for cell in row] for row in rows)

    def _write_lines(self, rows: Iterable[Sequence[object]]) -> None:
        lines = io.StringIO()
        csv.writer(lines).writerows(rows)
        self._out.write(lines.getvalue().encode())


def _as_text(cell: Any) -> Any:  # noqa: ANN401 -- a cell holds anything
    if isinstance(cell, list):
        return defused(LIST_SIGN.join(cell))
    return defused(cell) if isinstance(cell, str) else cell


class _JsonWriter:
    """Writes a list of objects, one a line."""

    def __init__(self, out: BinaryIO, dataset: Dataset) -> None:
        self._out = out
        self._names = dataset.names
        self._sign = b"[\n"

    def write(self, rows: Sequence[Cells]) -> None:
        for row in rows:
            named = dict(zip(self._names, row, strict=True))
            self._out.write(self._sign + orjson.dumps(named, default=_plain))
            self._sign = b",\n"

    def close(self) -> None:
        self._out.write(b"\n]\n" if self._sign == b",\n" else b"[]\n")


def _plain(cell: object) -> object:
    if isinstance(cell, Decimal):
        return orjson.Fragment(format(cell, "f"))
    raise TypeError(cell)


def _schema(dataset: Dataset) -> pa.Schema:
    return pa.schema(
        [
            pa.field(column.name, _ARROW[column.type], metadata={"description": column.says})
            for column in dataset.columns
        ]
    )


def _parquet(out: BinaryIO, dataset: Dataset) -> pq.ParquetWriter:
    return pq.ParquetWriter(out, _schema(dataset), compression="zstd")


def _arrow(dataset: Dataset, rows: Sequence[Cells]) -> pa.Table:
    columns = zip(*rows, strict=True)
    schema = _schema(dataset)
    arrays = [
        pa.array(_floats(cells) if pa.types.is_floating(field.type) else cells, field.type)
        for field, cells in zip(schema, columns, strict=True)
    ]
    return pa.table(arrays, schema=schema)


def _floats(cells: Iterable[Any]) -> Iterator[Any]:
    """Give decimals as the doubles that a column of mixed units needs."""
    return (float(cell) if isinstance(cell, Decimal) else cell for cell in cells)
