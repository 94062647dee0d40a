"""The rows of one input, with the mapping that reads them tied to its headings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from convener.base.errors import BadInputError
from convener.data.flat.mapping import Bound, Mapping
from convener.data.flat.sheets import Row, csv_rows, head_of, json_rows
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input
from convener.data.sources.origins import Progress

TELL_EVERY = 10_000


class RowReader(Protocol):
    """Turns the cells of one input's rows into rows of a table."""

    def read(self, line: int, row: Sequence[str]) -> tuple[Any, ...] | None:
        """Return one row as the writer takes it, None where it is refused."""
        ...


def read_rows(
    make: Callable[[Bound, ReadReport], RowReader],
    inputs: Iterable[Input],
    mapping: Mapping,
    essential: Sequence[str],
    report: ReadReport,
    progress: Progress | None,
) -> Iterator[tuple[Any, ...]]:
    """Yield what a reader makes of each row of the inputs; it makes one row or none."""
    report.notes.extend(note for note in mapping.notes if note not in report.notes)
    for entry in inputs:
        with bound_rows(entry, mapping, essential, report) as (bound, rows):
            reader = make(bound, report)
            for line, row in told(rows, progress):
                if (found := reader.read(line, row)) is not None:
                    yield found


@contextmanager
def bound_rows(
    entry: Input, mapping: Mapping, essential: Sequence[str], report: ReadReport
) -> Iterator[tuple[Bound, Iterator[Row]]]:
    """Give a mapping tied to one input, and the rows that its filters let through.

    Raises
    ------
    BadInputError
        If the input lacks what feeds an essential column.
    """
    if mapping.form == "csv":
        with csv_rows(entry, skip=mapping.skip, report=report) as (headings, rows):
            bound = Bound(mapping, headings, entry.name)
            _check_fed(bound, essential, headings)
            yield bound, _kept(bound, rows, report)
        return
    fields = tuple(dict.fromkeys((*mapping.fields, *head_of(entry).rows[0])))
    with json_rows(entry, fields, path=mapping.path, report=report) as rows:
        bound = Bound(mapping, fields, entry.name)
        yield bound, _kept(bound, rows, report)


def told(rows: Iterator[Row], progress: Progress | None) -> Iterator[Row]:
    """Pass rows on, telling now and then how many there were."""
    for count, row in enumerate(rows, start=1):
        if progress is not None and count % TELL_EVERY == 0:
            progress("read", count, None)
        yield row


def _check_fed(bound: Bound, essential: Sequence[str], headings: Sequence[str]) -> None:
    if missing := [column for column in essential if not bound.reads(column)]:
        wanted = [spec for column in missing for spec in bound.mapping.columns.get(column, ())]
        raise BadInputError(
            f"{bound.name} has nothing for {', '.join(missing)}: the mapping"
            f" {bound.mapping.name!r} wants {wanted}; the headings are {list(headings)[:40]}"
        )


def _kept(bound: Bound, rows: Iterator[Row], report: ReadReport) -> Iterator[Row]:
    left = 0
    for line, row in rows:
        if bound.keeps(row):
            yield line, row
        else:
            left += 1
    if left:
        report.notes.append(f"{bound.name}: {left:,} rows are left out by the mapping's filter")
