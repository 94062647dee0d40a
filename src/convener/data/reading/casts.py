"""SQL that turns one text, as a release wrote it, into the value of a column.

Every leaf of a release is read as text, so that no value can break the reading of its line. Each
kind of value is written in two ways: *strict* raises on the first text that cannot be used, which
costs clean data nothing; *lenient* gives null in its place, and ``fault`` finds those to report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from convener.data.keys import SPACE, may_be_loose_sql
from convener.data.tables import MOMENT, MONEY, Column

REASONS = {
    "text": "an object or a list where text is due",
    "name": "an object or a list where text is due",
    "moment": "not a date from 1900 to 2100",
    "money": "not an amount of money",
    "whole": "not a whole number",
    "flag": "neither true nor false",
}
KINDS = {MOMENT: "moment", MONEY: "money", "INTEGER": "whole", "BOOLEAN": "flag"}


def kind_of(column: Column) -> str:
    """Return the kind of value that a column holds."""
    return KINDS.get(column.type, "text")


@dataclass(frozen=True)
class Mode:
    """How to cast, and what stands where a text cannot be used."""

    cast: str
    fault: str
    trims: bool

    def text(self, raw: str) -> str:
        """Return SQL for the text to cast: as it is where spaces may raise, else trimmed."""
        return f"trim({raw}, '{SPACE}')" if self.trims else raw


STRICT = Mode("cast", "error('a value cannot be used')", trims=False)
LENIENT = Mode("try_cast", "null", trims=True)


@dataclass(frozen=True)
class Field:
    """One leaf of a release: its OCDS path, the SQL that reaches its text, and its kind.

    The kind ``given`` is no leaf: SQL that stands for itself, computed once for several cells.
    """

    path: str
    raw: str
    kind: str = "text"

    @property
    def reason(self) -> str:
        """Return why a value of this kind cannot be used, in words."""
        return REASONS[self.kind]

    def sql(self, text: str, mode: Mode) -> str:
        """Return SQL for the value of a text."""
        return _CASTS[self.kind](text, mode)

    @property
    def fault(self) -> str:
        """Return SQL that is true where something was written that cannot be used."""
        if self.kind in {"text", "name"}:
            return _is_nested(self.raw)
        return f"({_written(self.raw)} and ({self.sql(self.raw, LENIENT)}) is null)"


def given(sql: str) -> Field:
    """Return SQL as a field of its own."""
    return Field("", sql, "given")


@dataclass(frozen=True)
class Cell:
    """One column of a row: a template over the values of its fields."""

    template: str
    fields: Sequence[Field] = ()

    def sql(self, names: Mapping[Field, str]) -> str:
        """Return SQL for the column, given the names under which the fields are computed."""
        return self.template.format(*(names[field] for field in self.fields))


def _written(raw: str) -> str:
    return f"trim({raw}, '{SPACE}') <> ''"


def _is_nested(raw: str) -> str:
    """Return SQL that is true of JSON text: what the reader makes of an object or a list."""
    return f"({_is_bracket(raw)} and json_valid({raw}))"


def _is_bracket(raw: str) -> str:
    return f"(ord({raw}) = {ord('{')} or ord({raw}) = {ord('[')})"


def _text(text: str, mode: Mode) -> str:
    """Look closer at what is blank or begins with a space or a bracket, and at nothing else."""
    return _looked_at(text, f"ord({text}) <= {ord(' ')}", mode)


def _name(text: str, mode: Mode) -> str:
    """As a text, and trimmed at both ends, since what is one name must be one text."""
    return _looked_at(text, may_be_loose_sql(text), mode)


def _looked_at(text: str, is_loose: str, mode: Mode) -> str:
    # A number between spaces is valid too: where that raises, the lenient way tells them apart.
    is_fault = _is_nested(text) if mode.trims else f"json_valid({text})"
    closer = f"case when {is_fault} then {mode.fault} else {_trimmed(text)} end"
    return f"case when {is_loose} or {_is_bracket(text)} then {closer} else {text} end"


def _trimmed(text: str) -> str:
    return f"nullif(trim({text}, '{SPACE}'), '')"


def _given(sql: str, _mode: Mode) -> str:
    return sql


def _moment(raw: str, mode: Mode) -> str:
    text = mode.text(raw)
    return (
        f"case when {text} >= '1900' and {text} < '2101' and not {text}[5] between '0' and '9'"
        f" then {mode.cast}({text} as {MOMENT}) when {_written(raw)} then {mode.fault} end"
    )


def _money(raw: str, mode: Mode) -> str:
    return f"{mode.cast}(nullif({mode.text(raw)}, '') as {MONEY})"


def _whole(raw: str, mode: Mode) -> str:
    text = mode.text(raw)
    return (
        f"case when {text} >= '0' and {text} < ':' then {mode.cast}({text} as integer)"
        f" when {_written(raw)} then {mode.fault} end"
    )


def _flag(raw: str, mode: Mode) -> str:
    return f"{mode.cast}(nullif({mode.text(raw)}, '') as boolean)"


_CASTS = {
    "text": _text,
    "name": _name,
    "moment": _moment,
    "money": _money,
    "whole": _whole,
    "flag": _flag,
    "given": _given,
}
