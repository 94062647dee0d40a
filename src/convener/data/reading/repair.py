"""The careful path: what the engine would not read, line by line, with place and reason.

A line that is not JSON is refused. A field that is an object where a list is due, or the reverse,
is taken out and reported, and the rest of its line is kept. Something empty says nothing wherever
it stands, so it goes without a word.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from convener.data.ocds.json_values import DEPTH_LIMIT, BrokenValueError, decode
from convener.data.reading.lines import Line
from convener.data.reading.nested import Nest
from convener.data.report import ReadReport

WINDOWS_NOTE = "some lines were not UTF-8; their other bytes were read as Windows-1252"
NO_OCID = "no ocid: a release names the process that it belongs to"
TOO_DEEP = f"not read: nested more than {DEPTH_LIMIT} deep"
TWICE = "the field stands twice in one object; the last was kept"
_MARK = b"\xef\xbb\xbf"
_MET_LENGTH = 80

IsReadable = Callable[[str], bool]


class Repair:
    """Mends the lines of one input for the engine, and reports what it took out."""

    def __init__(
        self, nest: Nest, report: ReadReport, where: str, *, is_readable: IsReadable
    ) -> None:
        self._nest = nest
        self._report = report
        self._where = where
        self._is_readable = is_readable

    def mended(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Yield the lines that hold a release, each without the fields that do not fit."""
        for line in lines:
            text = line.text.strip().removeprefix(_MARK)
            if text and (kept := self._mended(line._replace(text=text))):
                yield kept

    def rewritten(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Yield lines written anew, for what the engine refuses and a parser lets pass."""
        names = _names(self._nest)
        for line in lines:

            def once(pairs: list[tuple[str, Any]], line: Line = line) -> dict[str, Any]:
                kept = dict(pairs)
                if len(kept) < len(pairs):
                    self._tell_twice(line, [name for name, _ in pairs if name in names])
                return kept

            try:
                value = json.loads(line.text, object_pairs_hook=once, parse_float=_held)
                self._take_out(value, self._nest, "", line)
                yield line._replace(text=orjson.dumps(value))
            except (ValueError, TypeError, RecursionError):
                yield line  # the engine says of it alone whether it can be read

    def refuse(self, line: Line, reason: str) -> None:
        """Report a line that is left out."""
        self._report.refuse(self._where, line.line, reason, _shown(line.text))

    def _mended(self, line: Line) -> Line | None:
        try:
            value = orjson.loads(line.text)
        except orjson.JSONDecodeError as error:
            return self._decoded(line, error)
        return self._fitted(line, value)

    def _fitted(self, line: Line, value: object, *, is_new: bool = False) -> Line | None:
        if not isinstance(value, dict):
            is_null = value is None  # which the engine takes for a release without fields
            self.refuse(line, NO_OCID if is_null else f"{_sort(value)} where a release is due")
            return None
        is_changed = self._take_out(value, self._nest, "", line)
        if not (is_changed or is_new):
            return line
        try:
            return line._replace(text=orjson.dumps(value))
        except orjson.JSONEncodeError:
            self.refuse(line, TOO_DEEP)
            return None

    def _decoded(self, line: Line, error: Exception) -> Line | None:
        """Return a line that a strict parser refused, if the engine or a milder one reads it."""
        try:
            text = line.text.decode()
        except UnicodeDecodeError:
            text = line.text.decode("utf-8", "convener-cp1252")
            if WINDOWS_NOTE not in self._report.notes:
                self._report.notes.append(WINDOWS_NOTE)
            return self._mended(line._replace(text=text.encode()))
        if text.startswith("{") and self._is_readable(text):
            return line
        try:
            value = decode(line.text, lambda *what: self._null(line, *what))
        except BrokenValueError:
            self.refuse(line, f"not JSON: {_plain(error)}")
            return None
        return self._fitted(line, value, is_new=True)

    def _take_out(self, holder: dict[str, Any], nest: Nest, path: str, line: Line) -> bool:
        """Take out what does not fit below an object; say whether anything was."""
        is_changed = False
        for name, below in nest.holders:
            value = holder.get(name)
            if value is None:
                continue
            at = f"{path}.{name}" if path else name
            if below.is_list and isinstance(value, list):
                is_changed |= bool(below.fields) and self._thin_out(value, below, at, line)
            elif isinstance(value, dict) and not below.is_list:
                is_changed |= self._take_out(value, below, at, line)
            else:
                holder[name] = self._instead(line, at, value, below)
                is_changed = True
        return is_changed

    def _thin_out(self, entries: list[Any], nest: Nest, path: str, line: Line) -> bool:
        is_changed = False
        for place, entry in enumerate(entries):
            if isinstance(entry, dict):
                is_changed |= self._take_out(entry, nest, path, line)
            elif entry is not None:
                self._misfit(line, path, entry, "an object")
                entries[place] = None
                is_changed = True
        return is_changed

    def _instead(self, line: Line, path: str, value: object, nest: Nest) -> list[str] | None:
        """Return what takes the place of a value that does not fit."""
        if isinstance(value, str) and value and nest.is_list and not nest.fields:
            return [value]  # one text says what a list of it would
        self._misfit(line, path, value, nest.wanted)
        return None

    def _misfit(self, line: Line, path: str, value: object, wanted: str) -> None:
        if value not in ("", [], {}):
            self._null(line, path, f"{_sort(value)} where {wanted} is due", _met(value))

    def _null(self, line: Line, path: str, reason: str, met: str) -> None:
        self._report.null(self._where, line.line, path, reason, met)

    def _tell_twice(self, line: Line, names: list[str]) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._null(line, name, TWICE, name)


def _names(nest: Nest) -> set[str]:
    below = (_names(inner) for inner in nest.fields.values())
    return set(nest.fields).union(*below)


def _held(text: str) -> float | str:
    """Return a number, or its text where no number holds it."""
    return text if math.isinf(float(text)) else float(text)


def _sort(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return "text" if isinstance(value, str) else "a plain value"


def _met(value: object) -> str:
    return orjson.dumps(value, default=str)[: 2 * _MET_LENGTH].decode("utf-8", "replace")


def _shown(text: bytes) -> str:
    return text[: 2 * _MET_LENGTH].decode("utf-8", "replace")


def _plain(error: Exception) -> str:
    """Return what a parser says, without the numbers of a line that is always the first."""
    return str(error).split(": line ", maxsplit=1)[0]
