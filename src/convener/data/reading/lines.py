"""One release as a line of text, with the two numbers under which it is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

PLACE = "convenerPlace"
LINE = "convenerLine"
BATCH_BYTES = 8 << 20
_NUMBERS = re.compile(rb'\{"convenerPlace":(\d+),"convenerLine":(\d+),')


class Line(NamedTuple):
    """A release: its place in the source, the line where a person finds it, and its JSON text."""

    place: int
    line: int
    text: bytes

    def numbered(self) -> bytes:
        """Return the text with its numbers as its first fields, and a line break."""
        numbers = b'{"%s":%d,"%s":%d,' % (PLACE.encode(), self.place, LINE.encode(), self.line)
        return numbers + self.text.lstrip().removeprefix(b"{") + b"\n"


def batches(lines: Iterable[Line], size: int = BATCH_BYTES) -> Iterator[list[Line]]:
    """Yield lines together, as many as have so many bytes."""
    batch: list[Line] = []
    held = 0
    for line in lines:
        batch.append(line)
        held += len(line.text)
        if held >= size:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def line_of(place: int, line: int, release: dict[str, Any]) -> Line:
    """Return a release as a line."""
    return Line(place, line, orjson.dumps(release))


def from_numbered(text: bytes) -> Line:
    """Return the line that was numbered so."""
    numbers = _NUMBERS.match(text)
    if numbers is None:
        raise ValueError("a numbered line was wanted")
    return Line(int(numbers[1]), int(numbers[2]), b"{" + text[numbers.end() :])
