"""A stand for reading: bytes in, the tables and the report out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson

from convener.data.reading.reading import read_releases
from convener.data.reading.spreads import spreads
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input, open_inputs
from convener.data.store import Store

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)


@dataclass
class Outcome:
    """What a reading wrote and said."""

    rows: dict[str, int]
    report: ReadReport
    tables: dict[str, list[dict[str, Any]]]

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return self.tables[table]

    @property
    def faults(self) -> list[tuple[int, str, str]]:
        """Return line, field and reason of each fault."""
        return [(place.line, place.field, place.reason) for place in self.report.places]


def read(folder: Path, *contents: bytes | Path, number: int = 1) -> Outcome:
    """Read each content as an input of its own."""
    paths = [_path(folder, place, one) for place, one in enumerate(contents)]
    inputs = [each for path in paths for each in open_inputs(str(path))]
    return read_inputs(folder, inputs, number=number)


def read_inputs(folder: Path, inputs: Iterable[Input], *, number: int = 1) -> Outcome:
    report = ReadReport()
    with Store(folder / "store").writing(at=AT) as load:
        rows = read_releases(inputs, load, source="s", number=number, report=report)
        return Outcome(rows, report, {name: _rows(load.folder, name) for name in rows})


def lines(*values: object) -> bytes:
    """Return values as JSON, one to a line; bytes stand as they are."""
    texts = (value if isinstance(value, bytes) else orjson.dumps(value) for value in values)
    return b"".join(text + b"\n" for text in texts)


def release(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return one small compiled release."""
    return {
        "ocid": f"ocds-213czf-{number}",
        "id": f"{number}-1",
        "date": "2025-04-01T00:00:00Z",
        "tag": ["compiled"],
        "buyer": {"id": "b", "name": "Ashby Council"},
        "parties": [
            {"id": "b", "name": "Ashby Council", "roles": ["buyer"], "address": {"region": "UKF"}},
            {
                "id": "s",
                "name": "Good Care Ltd",
                "identifier": {"scheme": "GB-COH", "id": "1234567"},
                "roles": ["supplier", "tenderer"],
            },
        ],
        **changes,
    }


def _path(folder: Path, place: int, content: bytes | Path) -> Path:
    if isinstance(content, Path):
        return content
    path = folder / f"input-{place}.jsonl"
    path.write_bytes(content)
    return path


def _rows(folder: Path, table: str) -> list[dict[str, Any]]:
    files = [str(path) for path in folder.glob(f"{table}-*.parquet")]
    if not files:
        return []
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns = ", ".join(_shown(c.name, c.type) for c in _table(table).columns)
        found = connection.execute(f"select {columns} from read_parquet($1) order by all", [files])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _table(name: str) -> Any:
    return next(table for table in spreads() if table.name == name)


def _shown(name: str, kind: str) -> str:
    return f"{name}::varchar as {name}" if kind == "TIMESTAMPTZ" else name
