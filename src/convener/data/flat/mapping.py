r"""How a table that somebody published is read into one of ours.

A mapping is a small TOML file: which headings feed which of our columns, what holds for the whole
file, which words stand for which of our values. Those in ``mappings/`` know the files of many
publishers by their headings; a user gives another with ``--mapping``.

    kind = "payments"                      # payments, provision, register, ownership or notices
    headings = ["Paid Date", "Payee"]      # all of these make the mapping fit a file
    file = "^SEL"                          # and, where headings do not tell, the file's name

    [columns]                              # ours = theirs
    paid_on = "Paid Date"
    payee_name = ["Payee", "Merchant"]     # the first that is not blank
    service = "G-Cloud lot {Lot}"          # text round headings; blank where one of them is

    [constants]
    buyer_name = "Newcastle City Council"

    [values.payee_scale]                   # what a word of theirs becomes; "*" is any other
    SME = "sme"

    [clean]                                # what is cut from a cell before it is read
    area = '^\d+ '

    [where]                                # rows to keep
    "Registration status" = ["Active"]

    [from_name]                            # read from the name of the file
    observed_on = '\d{4}-\d{2}-\d{2}'
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from convener.base.errors import BadInputError
from convener.data.flat.sheets import Head, head_of, heading_form
from convener.data.sources.inputs import Input
from convener.data.tables import OWNERSHIP, PAYMENTS, PROVISION, REGISTER

KINDS = ("payments", "provision", "register", "ownership", "notices")
COLUMNS: dict[str, frozenset[str]] = {
    table.name: frozenset(table.column_names) - {"source", "line"}
    for table in (PAYMENTS, PROVISION, REGISTER, OWNERSHIP)
}
ANY_OTHER = "*"
_FIELD = re.compile(r"\{([^{}]+)\}")
Cell = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Part:
    """One of several rows that a row of theirs becomes, with its kind and its share of the row.

    ``quantity`` is a heading; ``percent`` a heading whose hundredths of ``of`` are meant; ``rest``
    what the parts before leave of ``of``, which is a heading or a number.
    """

    kind: str
    quantity: str = ""
    percent: str = ""
    of: str = ""
    rest: bool = False


@dataclass(frozen=True)
class Mapping:
    """How one form of table is read; see the head of this module."""

    name: str
    kind: str
    title: str = ""
    headings: frozenset[str] = frozenset()
    file: str = ""
    columns: MappingOf[str, tuple[str, ...]] = field(default_factory=dict)
    constants: MappingOf[str, str] = field(default_factory=dict)
    values: MappingOf[str, MappingOf[str, str]] = field(default_factory=dict)
    clean: MappingOf[str, str] = field(default_factory=dict)
    where: MappingOf[str, tuple[str, ...]] = field(default_factory=dict)
    where_not: MappingOf[str, tuple[str, ...]] = field(default_factory=dict)
    from_name: MappingOf[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    skip: int = 0
    form: str = "csv"
    path: str = ""
    layout: str = ""
    day_first: bool = True
    decimal_mark: str = "."
    notes: tuple[str, ...] = ()
    is_guessed: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """Return every heading of theirs that the mapping reads, once."""
        specs = [spec for entry in self.columns.values() for spec in entry]
        named = [name for spec in specs for name in _FIELD.findall(spec) or [spec]]
        parted = [
            text for part in self.parts for text in (part.quantity, part.percent, part.of) if text
        ]
        return tuple(dict.fromkeys((*named, *parted, *self.where, *self.where_not)))

    def observed(self, on: date | None) -> Mapping:
        """Return the mapping with the day that the list describes, where one is given."""
        if on is None:
            return self
        without = {key: spec for key, spec in self.columns.items() if key != "observed_on"}
        constants = {**self.constants, "observed_on": on.isoformat()}
        return replace(self, columns=without, constants=constants, from_name={})


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file that a user gave.

    Raises
    ------
    BadInputError
        If it is missing, no TOML, or names a kind, column or key that there is not.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"the mapping {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"the mapping {path} is not UTF-8 text") from error
    return parse_mapping(text, name=path.stem)


def parse_mapping(text: str, *, name: str) -> Mapping:
    """Return the mapping that a TOML text describes; see ``load_mapping`` for what is refused."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"the mapping {name!r} is not TOML: {error}") from error
    _check(raw, name)
    raw["headings"] = frozenset(heading_form(each) for each in raw.get("headings", ()))
    raw["columns"] = {key: _texts(spec) for key, spec in raw.get("columns", {}).items()}
    raw["constants"] = {key: _text(value) for key, value in raw.get("constants", {}).items()}
    raw["values"] = {
        column: {_value_form(word): str(ours) for word, ours in words.items()}
        for column, words in raw.get("values", {}).items()
    }
    for key in ("where", "where_not"):
        raw[key] = {
            heading: tuple(_value_form(each) for each in _texts(allowed))
            for heading, allowed in raw.get(key, {}).items()
        }
    raw["parts"] = tuple(Part(**part) for part in raw.get("parts", ()))
    raw["notes"] = _texts(raw.get("notes", ()))
    return Mapping(name=name, **raw)


def recognise(headings: Iterable[str], filename: str) -> Mapping | None:
    """Return the packaged mapping that fits the headings of a file best, or None.

    A mapping fits where every heading that it lists is there, and the file's name is as it asks;
    of several that fit, the one that lists most.
    """
    met = {heading_form(heading) for heading in headings}
    last = filename.rsplit("/", 1)[-1]
    fitting = [
        mapping
        for mapping in packaged()
        if mapping.headings
        and mapping.headings <= met
        and (not mapping.file or re.search(mapping.file, last, re.IGNORECASE))
    ]
    return max(fitting, key=lambda each: (len(each.headings), bool(each.file)), default=None)


def recognise_input(source: Input, *, kind: str | None = None) -> Mapping | None:
    """Return the mapping for an input by its first rows: a packaged one, else guessed payments.

    ``kind`` is what the user says it is, and keeps mappings of other kinds out.

    Raises
    ------
    BadInputError
        If the input is empty, or no table at all.
    """
    from convener.data.flat.guessing import guess_payments

    head = head_of(source)
    for skip, row in enumerate(head.rows):
        found = recognise(row, source.name)
        if found is not None and kind in {None, found.kind}:
            return placed(found, head, skip)
    if kind not in {None, "payments"} or head.form != "csv":
        return None
    return guess_payments(head)


def placed(mapping: Mapping, head: Head, skip: int) -> Mapping:
    """Return a mapping set to where the heading stands and to the form of the file."""
    return replace(mapping, skip=skip, form=head.form, path=head.path)


@lru_cache(maxsize=1)
def packaged() -> tuple[Mapping, ...]:
    """Return the mappings that come with convener, by name."""
    folder = files("convener.data.flat").joinpath("mappings")
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
    return tuple(
        parse_mapping(entry.read_text(encoding="utf-8"), name=entry.name.removesuffix(".toml"))
        for entry in found
    )


class Bound:
    """A mapping tied to the headings of one file: gives the text of each of our columns."""

    def __init__(self, mapping: Mapping, headings: Sequence[str], name: str) -> None:
        self.mapping = mapping
        self.name = name
        self._places: dict[str, list[int]] = {}
        for place, heading in enumerate(headings):
            self._places.setdefault(heading_form(heading), []).append(place)
        self._named = _from_name(mapping, name)
        keep = [(self.heading(h), allowed, True) for h, allowed in mapping.where.items()]
        drop = [(self.heading(h), allowed, False) for h, allowed in mapping.where_not.items()]
        self._filters = keep + drop

    def has(self, heading: str) -> bool:
        """Say whether the file has a heading."""
        return heading_form(heading) in self._places

    def keeps(self, row: Sequence[str]) -> bool:
        """Say whether the mapping's filters let a row through."""
        return all(
            (_value_form(cell(row)) in allowed) is wanted
            for cell, allowed, wanted in self._filters
        )

    def heading(self, heading: str) -> Cell:
        """Return what gives a row's cell under one heading, blank where the file has it not."""
        places = self._places.get(heading_form(heading), [])
        if len(places) == 1:
            (place,) = places
            return lambda row: row[place].strip()
        return lambda row: next((row[p].strip() for p in places if row[p].strip()), "")

    def column(self, column: str) -> Cell:
        """Return what gives a row's text for one of our columns, after cleaning and wording."""
        cell = self._raw(column)
        if pattern := self.mapping.clean.get(column):
            cell = _cleaned(cell, re.compile(pattern))
        if words := self.mapping.values.get(column):
            cell = _worded(cell, words)
        return cell

    def reads(self, column: str) -> bool:
        """Say whether anything can feed one of our columns from this file."""
        if column in self.mapping.constants or column in self._named:
            return True
        specs = self.mapping.columns.get(column, ())
        return any(all(map(self.has, _FIELD.findall(spec) or [spec])) for spec in specs)

    def _raw(self, column: str) -> Cell:
        cells = [self.spec(spec) for spec in self.mapping.columns.get(column, ())]
        fallback = self._named.get(column) or self.mapping.constants.get(column, "")
        if not cells:
            return lambda _row: fallback
        if len(cells) == 1 and not fallback:
            return cells[0]
        return lambda row: next((text for cell in cells if (text := cell(row))), fallback)

    def spec(self, spec: str) -> Cell:
        """Return what gives a row's text for a heading, or for text round headings in braces."""
        names = _FIELD.findall(spec)
        if not names:
            return self.heading(spec)
        cells = [self.heading(name) for name in names]
        pattern = _FIELD.sub("{}", spec)

        def filled(row: Sequence[str]) -> str:
            texts = [cell(row) for cell in cells]
            return pattern.format(*texts) if all(texts) else ""

        return filled


def _cleaned(cell: Cell, pattern: re.Pattern[str]) -> Cell:
    return lambda row: pattern.sub("", cell(row)).strip()


def _worded(cell: Cell, words: MappingOf[str, str]) -> Cell:
    def worded(row: Sequence[str]) -> str:
        text = cell(row)
        return words.get(_value_form(text), words.get(ANY_OTHER, text))

    return worded


def _value_form(text: str) -> str:
    return heading_form(text)


def _from_name(mapping: Mapping, name: str) -> dict[str, str]:
    found = {column: re.search(pattern, name) for column, pattern in mapping.from_name.items()}
    return {
        column: (match[1] if match.groups() else match[0])
        for column, match in found.items()
        if match
    }


def _text(value: Any) -> str:  # noqa: ANN401  # what TOML holds
    return str(value).lower() if isinstance(value, bool) else str(value)


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401  # what TOML holds
    return (value,) if isinstance(value, str) else tuple(str(each) for each in value)


def _check(raw: dict[str, Any], name: str) -> None:
    kind = raw.get("kind")
    if kind not in KINDS:
        raise BadInputError(
            f"the mapping {name!r} is of kind {kind!r}; wanted: {', '.join(KINDS)}"
        )
    known = set(Mapping.__dataclass_fields__) - {"name", "is_guessed"}
    if unknown := set(raw) - known:
        message = f"the mapping {name!r} has {sorted(unknown)}; known: {', '.join(sorted(known))}"
        raise BadInputError(message)
    ours = COLUMNS.get(kind)
    given = {*raw.get("columns", {}), *raw.get("constants", {}), *raw.get("from_name", {})}
    if ours is not None and (unknown := given - ours):
        message = f"{kind} have no {sorted(unknown)}; they have {', '.join(sorted(ours))}"
        raise BadInputError(f"the mapping {name!r} is wrong: {message}")
    for pattern in (*raw.get("clean", {}).values(), *raw.get("from_name", {}).values()):
        _check_pattern(pattern, name)


def _check_pattern(pattern: str, name: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise BadInputError(
            f"the mapping {name!r} has a bad pattern {pattern!r}: {error}"
        ) from error
