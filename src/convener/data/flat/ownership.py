"""Holdings of one organisation in another, into the table of ownership."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from convener.base.identifiers import normalise
from convener.data.flat.bound import read_rows
from convener.data.flat.mapping import Bound, Mapping
from convener.data.flat.parsing import UnreadableCellError, day, number
from convener.data.flat.parts import PartWriter
from convener.data.organisations.people import may_be_person
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input
from convener.data.sources.origins import Progress
from convener.data.store import Load
from convener.data.tables import OWNERSHIP

ESSENTIAL = ("owner_name", "owned_name")
_HUNDRED = Decimal(100)


def read_ownership(
    inputs: Iterable[Input],
    mapping: Mapping,
    load: Load,
    *,
    source: str,
    report: ReadReport,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Read holdings by a mapping into parts of their table; return how many rows were written.

    A share is written "60%" or 0.6; over 1 without a sign it is taken for a percentage. An owner
    who may be a person is left out: only holdings of organisations are kept.
    """
    with PartWriter(OWNERSHIP, load, source=source, computed={}) as writer:
        for found in read_rows(_HoldingReader, inputs, mapping, ESSENTIAL, report, progress):
            writer.add(found)
    return {OWNERSHIP.name: writer.written}


class _HoldingReader:
    """Turns the cells of one input's rows into holdings."""

    def __init__(self, bound: Bound, report: ReadReport) -> None:
        self._name = bound.name
        self._report = report
        self._day_first = bound.mapping.day_first
        self._cells = {name: bound.column(name) for name in OWNERSHIP.column_names}

    def read(self, line: int, row: Sequence[str]) -> tuple[Any, ...] | None:
        """Return one holding as the writer takes it, None where the row is refused."""
        text = {name: cell(row) or None for name, cell in self._cells.items()}
        owner = self._identified(line, "owner", text)
        owned = self._identified(line, "owned", text)
        if problem := _problem(text, owner, owned):
            self._report.refuse(self._name, line, problem)
            return None
        share = self._share(line, text["share"])
        start, end = self._day(line, "from_on", text), self._day(line, "to_on", text)
        if start and end and end < start:
            self._report.null(self._name, line, "to_on", "ends before it begins", end)
            end = None
        return (
            line,
            text["owner_name"],
            *owner,
            text["owned_name"],
            *owned,
            share,
            start,
            end,
            text["evidence"],
        )

    def _identified(
        self, line: int, side: str, text: dict[str, str | None]
    ) -> tuple[str | None, str | None]:
        given = text[f"{side}_identifier"]
        if given is None:
            return None, None
        found = normalise(text[f"{side}_scheme"], given) or normalise("GB-COH", given)
        if found is None:
            self._report.null(self._name, line, f"{side}_identifier", "not an identifier", given)
            return None, None
        return found

    def _share(self, line: int, given: str | None) -> str | None:
        try:
            found = None if given is None else number(given)
        except UnreadableCellError as error:
            self._report.null(self._name, line, "share", str(error), given or "")
            return None
        if found is None or given is None:
            return None
        share = Decimal(found)
        if share > 1 or given.strip().endswith("%"):
            share /= _HUNDRED
        if not 0 <= share <= 1:
            self._report.null(self._name, line, "share", "not a share of 0 to 1", given)
            return None
        return f"{share:f}"

    def _day(self, line: int, column: str, text: dict[str, str | None]) -> str | None:
        given = text[column]
        try:
            return None if given is None else day(given, day_first=self._day_first)
        except UnreadableCellError as error:
            self._report.null(self._name, line, column, str(error), given or "")
            return None


def _problem(
    text: dict[str, str | None],
    owner: tuple[str | None, str | None],
    owned: tuple[str | None, str | None],
) -> str | None:
    name = text["owner_name"]
    if name is None and owner[1] is None:
        return "no owner"
    if text["owned_name"] is None and owned[1] is None:
        return "nothing owned"
    if name is not None and owner[1] is None and may_be_person(name):
        return "the owner may be a person"
    if (name, owner) == (text["owned_name"], owned):
        return "an organisation cannot own itself"
    return None
