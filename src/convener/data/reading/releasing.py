"""Give the releases of one input as numbered lines, whatever its shape; the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast

from convener.data.ocds import shapes
from convener.data.reading.filling import Entry
from convener.data.reading.lines import Line, line_of
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input
from convener.data.sources.text import as_utf8


def opened(each: Input) -> BinaryIO:
    """Open an input to be read in large pieces, without a buffer where it is a plain file."""
    if each.path is not None:
        return cast("BinaryIO", each.path.open("rb", buffering=0))
    return each.open()


def released(each: Input, entry: Entry, report: ReadReport) -> Iterator[Line]:
    """Yield the releases of an input of any shape, each with its place in the source."""
    with each.open() as raw:
        stream, encoding = as_utf8(raw)
        if encoding not in {"utf-8", "utf-8-bom"}:
            report.notes.append(f"{entry.name} is written in {encoding}, and was read so")
        found = shapes.iter_releases(stream, where=entry.name, report=report)
        for place, (line, release) in enumerate(found, start=entry.offset + 1):
            yield line_of(place, line, release)


def lines_of(each: Input, entry: Entry) -> Iterator[Line]:
    """Yield again the lines that were read from an input, good or bad."""
    if entry.is_numbered:
        yield from released(each, entry, ReadReport())
        return
    with each.open() as stream:
        for line, text in enumerate(stream, start=1):
            yield Line(entry.offset + line, line, text)
