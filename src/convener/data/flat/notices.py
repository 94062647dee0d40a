"""Flat notices (CSV and JSON rows) as OCDS releases, so that one reader serves them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from convener.base.errors import BadInputError
from convener.data.flat.bound import bound_rows
from convener.data.flat.contracts_finder import export_release, flat_release
from convener.data.flat.flat_releases import Release, Where
from convener.data.flat.mapping import Bound, Mapping
from convener.data.flat.ojeu import notice_number, notice_release
from convener.data.flat.sheets import Row
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input

Text = Callable[[str], str]
Numbered = Iterator[tuple[int, Release]]


def iter_releases(source: Input, mapping: Mapping, *, report: ReadReport) -> Numbered:
    """Yield each notice of an input as a plain OCDS 1.1 release, with the row that it starts on.

    Rows that make no notice are refused in ``report``; the releases themselves are counted by
    whoever reads them.

    Raises
    ------
    BadInputError
        If the mapping names a layout of notices that there is not.
    """
    makers = {
        "contracts-finder": _each_row(export_release),
        "contracts-finder-flat": _each_row(flat_release),
        "ojeu": _each_notice,
    }
    if mapping.layout not in makers:
        known = ", ".join(makers)
        raise BadInputError(f"notices have no layout {mapping.layout!r}; wanted: {known}")
    met = ReadReport()
    rows_read = releases = 0
    with bound_rows(source, mapping, (), met) as (bound, rows):
        for line, release in makers[mapping.layout](bound, rows, met):
            releases += 1
            yield line, release
    rows_read, met.read = met.read, met.refused
    if rows_read - met.refused != releases:
        met.notes.append(f"{source.name}: {rows_read:,} rows make {releases:,} notices")
    met.notes.extend(mapping.notes)
    report.add(met)


def _each_row(
    make: Callable[[Text, Where], Release | None],
) -> Callable[[Bound, Iterator[Row], ReadReport], Numbered]:
    def made(bound: Bound, rows: Iterator[Row], report: ReadReport) -> Numbered:
        text = _Cells(bound)
        for line, row in rows:
            release = make(text.of(row), Where(report, bound.name, line))
            if release is None:
                report.refuse(bound.name, line, "no notice number", str(row[:3]))
            else:
                yield line, release

    return made


def _each_notice(bound: Bound, rows: Iterator[Row], report: ReadReport) -> Numbered:
    text = _Cells(bound)
    for number, group in groupby(rows, key=lambda row: notice_number(text.of(row[1]))):
        found = list(group)
        line = found[0][0]
        if not number:
            for each, row in found:
                report.refuse(bound.name, each, "no notice number", str(row[:3]))
            continue
        cells = [text.of(row) for _, row in found]
        if (release := notice_release(cells, Where(report, bound.name, line))) is not None:
            yield line, release


class _Cells:
    """Gives a row's cells by their headings, finding each heading once."""

    def __init__(self, bound: Bound) -> None:
        self._bound = bound
        self._known: dict[str, Callable[[Sequence[str]], str]] = {}

    def of(self, row: Sequence[str]) -> Text:
        def text(heading: str) -> str:
            cell = self._known.get(heading)
            if cell is None:
                cell = self._known[heading] = self._bound.heading(heading)
            return cell(row)

        return text
