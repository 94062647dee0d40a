"""Reads a table as ``convener load`` does, without the rest of a load."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from convener.base.errors import BadInputError
from convener.data.flat.mapping import Mapping, recognise_input
from convener.data.flat.ownership import read_ownership
from convener.data.flat.payments import read_payments
from convener.data.flat.provision import read_provision
from convener.data.flat.registers import read_register
from convener.data.report import ReadReport
from convener.data.sources.inputs import open_inputs
from convener.data.store import Store, engine

READERS = {
    "payments": read_payments,
    "provision": read_provision,
    "register": read_register,
    "ownership": read_ownership,
}


@dataclass
class Read:
    """What reading some inputs came to."""

    counts: dict[str, int]
    report: ReadReport
    mappings: list[str]
    _folder: Path

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the parts that were written, each table under its name."""
        connection = engine()
        for table in self.counts:
            connection.execute(
                f"create view {table} as"
                f" select * from read_parquet('{self._folder}/{table}-*.parquet')"
            )
        found = connection.execute(query).fetchall()
        connection.close()
        return found

    def rows(self, *columns: str) -> list[Any]:
        """Return columns of the one table that was written, in the order of its lines."""
        (table,) = self.counts
        found = self.sql(f"select {', '.join(columns)} from {table} order by line")
        return [row[0] for row in found] if len(columns) == 1 else found


def read(
    folder: Path,
    origin: Path,
    *,
    mapping: Mapping | None = None,
    on: date | None = None,
    keep_going: bool = False,
) -> Read:
    """Read every input of an origin by its mapping into a store in ``folder``."""
    store = Store(folder / "store")
    report = ReadReport()
    counts: dict[str, int] = {}
    names = []
    with store.writing(at=datetime(2026, 1, 1, tzinfo=UTC)) as load:
        for source in open_inputs(str(origin)):
            found = mapping or recognise_input(source)
            if found is None:
                if keep_going:
                    continue
                raise BadInputError(f"{source.name} is not known")
            names.append(found.name)
            written = READERS[found.kind](
                [source], found.observed(on), load, source="test", report=report
            )
            for table, count in written.items():
                counts[table] = counts.get(table, 0) + count
        parts = folder / "parts"
        load.folder.rename(parts)
        load.folder.mkdir()
    return Read(counts, report, names, parts)


def csv_file(path: Path, rows: Sequence[Sequence[str]], *, encoding: str = "utf-8") -> Path:
    """Write rows as a CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path
