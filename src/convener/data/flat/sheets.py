"""Rows of flat data: CSV with any common separator, JSON lists, JSON lines.

A row is a list of cells under headings, with its number: the first row under the heading is 1,
whatever line breaks its cells hold. Rows that cannot be rows are counted with their reason.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, cast

import ijson

from convener.base.errors import BadInputError
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input
from convener.data.sources.text import as_utf8, encoding_met

SEPARATORS = (",", "\t", ";", "|")
USUAL = frozenset(("utf-8", "utf-8-bom"))
HEAD_ROWS = 20  # how far down a heading is looked for
MOST_LINES = 500  # a row of more lines has swallowed others: a quotation mark was not closed
Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Head:
    """The first rows of an input, and the form that they were read in."""

    form: str  # csv, json or jsonl
    rows: tuple[tuple[str, ...], ...]
    path: str = ""  # of the list inside a JSON document, as ijson writes it


def heading_form(text: str) -> str:
    """Return a heading as it is compared: without case, mark or doubled spaces."""
    return " ".join(text.replace("\ufeff", "").replace("\u2019", "'").casefold().split())


def head_of(source: Input) -> Head:
    """Return the first rows of an input, or for JSON the fields of its first record.

    Raises
    ------
    BadInputError
        If the input is empty, or no table at all (a web page, binary).
    """
    with _text_of(source) as (stream, _):
        start = _peek(stream)
        first = start.lstrip()[:1]
        if not first:
            raise BadInputError(f"{source.name} is empty; a table was wanted")
        if first in (b"{", b"["):
            return _json_head(source, is_list=first == b"[")
        _check_text(source.name, start)
        reader = _csv_reader(stream, start)
        rows = islice(_careful(reader), HEAD_ROWS)
        return Head("csv", tuple(tuple(row) if isinstance(row, list) else () for row in rows))


@contextmanager
def csv_rows(
    source: Input, *, skip: int, report: ReadReport
) -> Iterator[tuple[list[str], Iterator[Row]]]:
    """Give the headings of a CSV input, ``skip`` rows down, and an iterator over its rows."""
    with _text_of(source) as (stream, encoding):
        start = _peek(stream)
        _check_text(source.name, start)
        reader = _csv_reader(stream, start)
        for _ in range(skip):
            next(reader, None)
        headings = next(reader, None)
        if not headings:
            raise BadInputError(f"{source.name} holds no heading; a table was wanted")
        headings[0] = headings[0].removeprefix("\ufeff")
        yield headings, _counted(reader, headings, source.name, report)
        met = encoding_met(stream)
        if encoding not in USUAL:
            report.notes.append(f"{source.name} was read as {encoding}")
        elif met not in USUAL:
            report.notes.append(f"{source.name} was read as {encoding}, in part as {met}")


@contextmanager
def json_rows(
    source: Input, headings: Sequence[str], *, path: str, report: ReadReport
) -> Iterator[Iterator[Row]]:
    """Give an iterator over the records of a JSON input, as cells under the given fields."""
    with _text_of(source) as (stream, _):
        yield _json_cells(_records(stream, path, source.name), headings, source.name, report)


@contextmanager
def _text_of(source: Input) -> Iterator[tuple[BinaryIO, str]]:
    stream, encoding = as_utf8(source.open())
    try:
        yield stream, encoding
    finally:
        stream.close()


def _peek(stream: BinaryIO) -> bytes:
    return cast("io.BufferedReader", stream).peek(1)


def _check_text(name: str, start: bytes) -> None:
    lowered = start[:1_000].lstrip().lower()
    if lowered.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise BadInputError(f"{name} is a web page or XML; a table was wanted")
    if b"\x00" in start[:1_000]:
        raise BadInputError(f"{name} is not text; a table was wanted")


def _csv_reader(stream: BinaryIO, start: bytes) -> Iterator[list[str]]:
    sample = start.decode("utf-8", "replace")
    separator = max(SEPARATORS, key=lambda each: _evenness(sample, each))
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
    return _Measured(text, separator)


def _evenness(sample: str, separator: str) -> tuple[int, int]:
    """Return how many rows a separator parts into the same number of cells, and that number."""
    reader = _careful(csv.reader(io.StringIO(sample, newline=""), delimiter=separator))
    widths = Counter(len(row) for row in islice(reader, HEAD_ROWS) if isinstance(row, list))
    del widths[0], widths[1]
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return count, width


class _Measured(Iterator[list[str]]):
    """A CSV reader that knows how many lines its last row took."""

    def __init__(self, text: io.TextIOWrapper, separator: str) -> None:
        self._reader = csv.reader(text, delimiter=separator)
        self._before = 0

    def __next__(self) -> list[str]:
        self._before = self._reader.line_num
        return next(self._reader)

    @property
    def lines_of_last(self) -> int:
        return self._reader.line_num - self._before


def _careful(reader: Iterator[list[str]]) -> Iterator[list[str] | str]:
    """Yield each row, or why there is none where the text cannot be parted into cells."""
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield str(error)
            continue
        if isinstance(reader, _Measured) and reader.lines_of_last > MOST_LINES:
            yield "a quotation mark is not closed"
            continue
        yield row


def _counted(
    reader: Iterator[list[str]], headings: list[str], name: str, report: ReadReport
) -> Iterator[Row]:
    width = len(headings)
    line = 0
    for row in _careful(reader):
        line += 1
        if isinstance(row, str):
            report.read += 1
            report.refuse(name, line, f"not a row: {row}")
            continue
        if not any(row):
            continue
        report.read += 1
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            report.refuse(name, line, f"{len(row)} cells under {width} headings", str(row[:3]))
        elif row == headings:
            report.refuse(name, line, "the heading again")
        else:
            yield line, row if len(row) >= width else row + [""] * (width - len(row))


def _json_head(source: Input, *, is_list: bool) -> Head:
    with _text_of(source) as (stream, _):
        if is_list:
            return Head("json", (_keys(_first(_records(stream, "item", source.name))),), "item")
        line = stream.readline()
    record = _record(line)
    if record is not None and not any(_is_list_of_records(value) for value in record.values()):
        return Head("jsonl", (_keys(record),))
    with _text_of(source) as (stream, _):
        path = _path_of_list(stream, source.name)
    with _text_of(source) as (stream, _):
        return Head("json", (_keys(_first(_records(stream, path, source.name))),), path)


def _record(line: bytes) -> dict[str, Any] | None:
    """Return the record that a line is, None where it is not a whole one."""
    try:
        found = list(ijson.items(io.BytesIO(line), ""))
    except ijson.JSONError:
        return None
    return found[0] if found and isinstance(found[0], dict) else None


def _is_list_of_records(value: Any) -> bool:  # noqa: ANN401  # any JSON value
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _path_of_list(stream: BinaryIO, name: str) -> str:
    """Return the path of the first list of records right under the top of a document."""
    try:
        for prefix, event, _ in ijson.parse(stream):
            if event == "start_map" and prefix.count(".") == 1 and prefix.endswith(".item"):
                return str(prefix)
    except ijson.JSONError as error:
        raise BadInputError(f"{name} is not whole JSON: {error}") from error
    raise BadInputError(f"{name} holds no list of records; a table was wanted")


def _records(stream: BinaryIO, path: str, name: str) -> Iterator[Any]:
    """Yield the records of a JSON list, or of JSON lines where no path is given."""
    try:
        yield from ijson.items(stream, path, multiple_values=not path)
    except ijson.JSONError as error:
        raise BadInputError(f"{name} is not whole JSON: {error}") from error


def _first(records: Iterable[Any]) -> Any:  # noqa: ANN401  # any JSON value
    return next(iter(records), {})


def _keys(record: Any) -> tuple[str, ...]:  # noqa: ANN401  # any JSON value
    return tuple(_flat(record)) if isinstance(record, dict) else ()


def _json_cells(
    records: Iterator[Any], headings: Sequence[str], name: str, report: ReadReport
) -> Iterator[Row]:
    for line, record in enumerate(records, start=1):
        report.read += 1
        if not isinstance(record, dict):
            report.refuse(name, line, "not a record", str(record))
            continue
        cells = {heading_form(key): value for key, value in _flat(record).items()}
        yield line, [cells.get(heading_form(heading), "") for heading in headings]


def _flat(record: dict[str, Any], before: str = "") -> dict[str, str]:
    cells: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            cells.update(_flat(value, f"{before}{key}."))
        else:
            cells[before + key] = _cell(value)
    return cells


def _cell(value: Any) -> str:  # noqa: ANN401  # any JSON value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(_cell(each) for each in value if not isinstance(each, dict))
    return str(value)
