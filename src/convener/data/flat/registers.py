"""Registers of organisations: who is a charity, a mutual, a company, a public body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from convener.base.identifiers import normalise, org_id
from convener.base.kinds import Kind
from convener.data.flat.bound import read_rows
from convener.data.flat.mapping import Bound, Mapping
from convener.data.flat.parsing import UnreadableCellError, day
from convener.data.flat.parts import PartWriter
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input
from convener.data.sources.origins import Progress
from convener.data.store import Load
from convener.data.tables import REGISTER

ESSENTIAL = ("register",)
KINDS = frozenset(Kind)
# Codes that are no identifier of org-id.guide, and help to join registers all the same.
LOOSE_SCHEMES = ("GSS", "LA", "LIST")
# A year or a month alone is taken from its first day.
_PART_OF_DATE = re.compile(r"\d{4}(-\d{2})?")
_LOOSE = re.compile(rf"({'|'.join(LOOSE_SCHEMES)})-(\S+)")


def read_register(
    inputs: Iterable[Input],
    mapping: Mapping,
    load: Load,
    *,
    source: str,
    report: ReadReport,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Read registers by a mapping into parts of their table; return how many rows were written."""
    with PartWriter(REGISTER, load, source=source, computed={}) as writer:
        for found in read_rows(_EntryReader, inputs, mapping, ESSENTIAL, report, progress):
            writer.add(found)
    return {REGISTER.name: writer.written}


class _EntryReader:
    """Turns the cells of one input's rows into entries of a register."""

    def __init__(self, bound: Bound, report: ReadReport) -> None:
        self._name = bound.name
        self._report = report
        self._day_first = bound.mapping.day_first
        self._cells = {
            name: bound.column(name)
            for name in REGISTER.column_names
            if name != "other_identifiers"
        }
        specs = bound.mapping.columns.get("other_identifiers", ())
        self._others = [bound.spec(spec) for spec in specs]

    def read(self, line: int, row: Sequence[str]) -> tuple[Any, ...] | None:
        """Return one entry as the writer takes it, None where the row is refused."""
        text = {name: cell(row) or None for name, cell in self._cells.items()}
        scheme, identifier = self._identified(line, text["scheme"], text["identifier"])
        others = self._other_identifiers(row, scheme, identifier)
        if identifier is None and others:
            scheme, identifier, others = _promoted(others)
        if identifier is None and text["name"] is None:
            self._report.refuse(self._name, line, "neither name nor identifier")
            return None
        return (
            line,
            text["register"],
            scheme,
            identifier,
            text["name"],
            self._kind(line, text["kind"]),
            others or None,
            text["family"],
            self._day(line, text["ends_on"]),
        )

    def _identified(
        self, line: int, scheme: str | None, text: str | None
    ) -> tuple[str | None, str | None]:
        if text is None:
            return None, None
        if scheme is None and (loose := _LOOSE.fullmatch(text)):
            return loose[1], loose[2]
        if (found := normalise(scheme, text)) is None:
            self._report.null(self._name, line, "identifier", "not an identifier", text)
            return None, None
        return found

    def _other_identifiers(
        self, row: Sequence[str], scheme: str | None, identifier: str | None
    ) -> list[str]:
        own = org_id(scheme, identifier) if scheme and identifier else ""
        found = []
        for cell in self._others:
            text = cell(row)
            if _LOOSE.fullmatch(text):
                found.append(text)
            elif (named := normalise(None, text)) is not None:
                found.append(org_id(*named))
        return [each for each in dict.fromkeys(found) if each != own]

    def _kind(self, line: int, text: str | None) -> str | None:
        if text is not None and text not in KINDS:
            self._report.null(self._name, line, "kind", "no kind of ours", text)
            return None
        return text

    def _day(self, line: int, text: str | None) -> str | None:
        if text is None:
            return None
        if _PART_OF_DATE.fullmatch(text):
            text = f"{text}-01-01"[: len("2020-01-01")]
        try:
            return day(text, day_first=self._day_first)
        except UnreadableCellError as error:
            self._report.null(self._name, line, "ends_on", str(error), text)
            return None


def _promoted(others: list[str]) -> tuple[str | None, str | None, list[str]]:
    """Let another number stand for the entry that has none of its own, a registered one first."""
    for each in others:
        if not _LOOSE.fullmatch(each) and (found := normalise(None, each)) is not None:
            return *found, [other for other in others if other != each]
    loose = _LOOSE.fullmatch(others[0])
    return (loose[1], loose[2], others[1:]) if loose else (None, None, others)
