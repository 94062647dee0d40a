"""Writing rows into the parts of one table, a batch at a time, in the table's types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from convener.data.store import Load, engine
from convener.data.tables import Table

BATCH_ROWS = 50_000
_ARROW_TYPES = {
    "BIGINT": pa.int64(),
    "INTEGER": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR[]": pa.list_(pa.string()),
}


class PartWriter:
    """Takes rows as tuples and writes Parquet parts of a table, of one source.

    Cells of text, money and dates come as text, which the engine casts; ``computed`` gives the
    SQL of columns that follow from others, such as keys.
    """

    def __init__(
        self, table: Table, load: Load, *, source: str, computed: Mapping[str, str]
    ) -> None:
        self.written = 0
        self._table = table
        self._load = load
        self._given = [
            column
            for column in table.columns
            if column.name != "source" and column.name not in computed
        ]
        expressions = {"source": "$source", **computed}
        self._select = ", ".join(
            f"({expressions.get(column.name, column.name)})::{column.type} as {column.name}"
            for column in table.columns
        )
        self._source = source
        self._batch: list[Sequence[Any]] = []
        self._number = len(list(load.folder.glob(f"{table.name}-*.parquet")))
        self._engine = engine(memory_limit="512MB")

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the cells that a row gives, in order."""
        return tuple(column.name for column in self._given)

    def add(self, row: Sequence[Any]) -> None:
        """Take one row: a cell for each of ``columns``."""
        self._batch.append(row)
        if len(self._batch) >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what was taken as one more part."""
        if not self._batch:
            return
        arrays = [
            pa.array(cells, _ARROW_TYPES.get(column.type, pa.string()))
            for column, cells in zip(self._given, zip(*self._batch, strict=True), strict=True)
        ]
        batch = pa.Table.from_arrays(arrays, names=list(self.columns))
        path = str(self._load.part_path(self._table.name, self._number)).replace("'", "''")
        self._engine.register("batch", batch)
        self._engine.execute(
            f"copy (select {self._select} from batch) to '{path}'"
            " (format parquet, compression zstd)",
            {"source": self._source},
        )
        self._engine.unregister("batch")
        self.written += len(self._batch)
        self._number += 1
        self._batch = []

    def __enter__(self) -> Self:
        """Start writing."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the last part, unless reading broke."""
        if kind is None:
            self.flush()
        self._engine.close()
