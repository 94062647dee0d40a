"""Who provides how much of a service, where and when, into the table of provision.

A row of a list of places is one row here. A row of a summary (a council's share in house, a
body's spend by kind) becomes one row a part, so that the parts can be added up as places are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from convener.base.kinds import Kind
from convener.data.flat.bound import bound_rows, told
from convener.data.flat.mapping import Bound, Cell, Mapping, Part
from convener.data.flat.parsing import UnreadableCellError, day, number
from convener.data.flat.parts import PartWriter
from convener.data.keys import party_key_sql
from convener.data.organisations.people import is_withheld, may_be_person
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input
from convener.data.sources.origins import Progress
from convener.data.store import Load
from convener.data.tables import PROVISION

ESSENTIAL = ("service", "observed_on")
KEYS = {"provider_key": party_key_sql("null", "null", "provider_name")}
DATES = ("observed_on", "rated_on", "opened_on")
TEXTS = (
    "service", "area", "region", "place_id", "place_name", "provider_name", "sector", "unit",
    "rating",
)  # fmt: skip
KINDS = frozenset(Kind)
EVENTS = frozenset(("join", "leave"))
_HUNDRED = Decimal(100)
_PENNY = Decimal("0.01")


def read_provision(
    inputs: Iterable[Input],
    mapping: Mapping,
    load: Load,
    *,
    source: str,
    report: ReadReport,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Read provision by a mapping into parts of its table; return how many rows were written.

    Raises
    ------
    BadInputError
        If an input does not say which service it is about, or of which day.
    """
    report.notes.extend(note for note in mapping.notes if note not in report.notes)
    with PartWriter(PROVISION, load, source=source, computed=KEYS) as writer:
        for entry in inputs:
            with bound_rows(entry, mapping, ESSENTIAL, report) as (bound, rows):
                reader = _ProvisionReader(bound, report)
                for line, row in told(rows, progress):
                    for found in reader.read(line, row):
                        writer.add(found)
                reader.close()
    return {PROVISION.name: writer.written}


class _ProvisionReader:
    """Turns the cells of one input's rows into rows of provision."""

    def __init__(self, bound: Bound, report: ReadReport) -> None:
        self._name = bound.name
        self._report = report
        self._day_first = bound.mapping.day_first
        self._cells = {name: bound.column(name) for name in PROVISION.column_names}
        self._parts = [_PartCells(bound, part) for part in bound.mapping.parts]
        self._withheld = 0
        self._places: set[tuple[str, str, str]] = set()

    def read(self, line: int, row: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return the rows of provision that one row makes, none where it is refused."""
        text: dict[str, str | None] = {
            name: cell(row) or None for name, cell in self._cells.items()
        }
        for column in DATES:
            text[column] = self._day(line, column, text[column])
        if text["service"] is None or text["observed_on"] is None:
            missing = "service" if text["service"] is None else "day that it describes"
            self._report.refuse(self._name, line, f"no {missing}")
            return []
        self._refine(line, text)
        if not self._parts:
            text["quantity"] = self._quantity(line, text["quantity"])
            return [_ordered(line, text)]
        return self._parted(line, row, text)

    def close(self) -> None:
        """Report what was counted over the whole input."""
        if self._withheld:
            self._report.notes.append(
                f"{self._name}: {self._withheld:,} providers are or may be people, or are"
                " withheld by the register; their places are counted, their names left out"
            )

    def _refine(self, line: int, text: dict[str, str | None]) -> None:
        """Clear what is no value of ours, no organisation's name, or met before."""
        text["service"] = _one_spelling(text["service"] or "")
        for column, allowed in (("kind", KINDS), ("event", EVENTS)):
            if (met := text[column]) is not None and met not in allowed:
                self._report.null(self._name, line, column, f"no {column} of ours", met)
                text[column] = None
        provider = text["provider_name"]
        if provider is not None and (is_withheld(provider) or may_be_person(provider)):
            text["provider_name"] = None
            self._withheld += 1
        if (place := text["place_name"]) is not None and is_withheld(place):
            text["place_name"] = None
        if text["place_id"] is not None and text["event"] is None:
            key = (text["place_id"], text["service"] or "", text["observed_on"] or "")
            self._report.duplicates += key in self._places
            self._places.add(key)

    def _parted(
        self, line: int, row: Sequence[str], text: dict[str, str | None]
    ) -> list[tuple[Any, ...]]:
        rows = []
        taken = Decimal(0)
        try:
            for part in self._parts:
                if (quantity := part.quantity(row, taken)) is None:
                    self._report.refuse(self._name, line, "no figures")
                    return []
                taken += quantity
                kind = None if part.kind == "" else part.kind
                rows.append(_ordered(line, {**text, "kind": kind, "quantity": f"{quantity:f}"}))
        except UnreadableCellError as error:
            self._report.refuse(self._name, line, str(error), str(row[:6]))
            return []
        return rows

    def _day(self, line: int, column: str, text: str | None) -> str | None:
        try:
            return None if text is None else day(text, day_first=self._day_first)
        except UnreadableCellError as error:
            self._report.null(self._name, line, column, str(error), text or "")
            return None

    def _quantity(self, line: int, text: str | None) -> str | None:
        try:
            return None if text is None else number(text)
        except UnreadableCellError as error:
            self._report.null(self._name, line, "quantity", str(error), text or "")
            return None


class _PartCells:
    """What gives the quantity of one part of a row."""

    def __init__(self, bound: Bound, part: Part) -> None:
        self.kind = part.kind
        self._is_rest = part.rest
        self._share = bound.heading(part.percent) if part.percent else None
        self._own = bound.heading(part.quantity) if part.quantity else None
        self._of: Cell | None = None
        self._whole = Decimal(0)
        if part.of and bound.has(part.of):
            self._of = bound.heading(part.of)
        elif part.of:
            self._whole = Decimal(number(part.of) or 0)

    def quantity(self, row: Sequence[str], taken: Decimal) -> Decimal | None:
        """Return the part's quantity, None where the row does not give it."""
        whole = self._whole if self._of is None else _decimal(self._of(row))
        if self._is_rest:
            return None if whole is None else _not_below_zero(whole - taken)
        if self._share is not None:
            share = _decimal(self._share(row))
            return (
                None
                if share is None or whole is None
                else (whole * share / _HUNDRED).quantize(_PENNY)
            )
        return None if self._own is None else _decimal(self._own(row))


def _decimal(text: str) -> Decimal | None:
    found = number(text)
    return None if found is None else Decimal(found)


def _not_below_zero(rest: Decimal) -> Decimal:
    if rest < 0:
        raise UnreadableCellError("the parts are more than the whole")
    return rest


def _one_spelling(service: str) -> str:
    """Return a service in small letters after the first, save abbreviations.

    Registers write "Children's home" and "Children's Home" in one list.
    """
    plain = " ".join(service.replace("\u2019", "'").split())
    if plain.isupper() and " " in plain:
        return plain.capitalize()
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in plain.split()]
    joined = " ".join(words)
    return joined[:1].upper() + joined[1:]


def _ordered(line: int, text: dict[str, str | None]) -> tuple[Any, ...]:
    return (
        line,
        text["observed_on"],
        text["service"],
        text["area"],
        text["region"],
        text["place_id"],
        text["place_name"],
        text["provider_name"],
        text["sector"],
        text["kind"],
        text["quantity"],
        text["unit"],
        text["rating"],
        text["rated_on"],
        text["opened_on"],
        text["event"],
    )
