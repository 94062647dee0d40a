"""Markets side by side: what an address asks for, the sheets, and what may be said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from convener.base.errors import BadInputError, ConvenerError, NotFoundError
from convener.base.kinds import Kind
from convener.measures.markets import Market
from convener.measures.run import Row
from convener.measures.sheet import Choices, Sheet, read_choices
from convener.service.downloads import Table
from convener.service.market.data import MarketData
from convener.service.market.listing import find_market
from convener.service.market.switches import sheet_of
from convener.service.market.verdict import LOCAL

MOST = 6
LETTERS = "ABCDEF"
FIELDS = ("service", "area", "period", "basis")
EQUAL = 1e-9  # ends of ranges that differ by no more than rounding touch

# The figures of each reading that are compared, the first of a group that answers.
COMPARED = (
    ("Mix", (("effective-number-of-kinds",),)),
    (
        "Concentration",
        (
            ("hhi", "hhi-by-count"),
            ("cr1", "cr1-by-count"),
            ("effective-number-of-providers",),
        ),
    ),
    ("Contest", (("single-bid-share",), ("median-bids-per-tender",), ("new-entrants",))),
    (
        "Access",
        (("share-with-lots",), ("days-to-bid",), ("sme-share",), ("vcse-share",)),
    ),
    ("Fragility", (("n-minus-1",), ("area-dominance",), ("contracts-ending",))),
)


@dataclass(frozen=True)
class Wanted:
    """One market that an address asks for."""

    service: str
    area: str = ""
    period: str = ""
    basis: str = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the market as an address holds it."""
        return [(name, getattr(self, name)) for name in FIELDS]


@dataclass(frozen=True)
class Column:
    """One market with its sheet, and the letter that stands for it on the page."""

    letter: str
    wanted: Wanted
    sheet: Sheet

    @property
    def market(self) -> Market:
        """Return the market."""
        return self.sheet.market

    @property
    def label(self) -> str:
        """Return the market in words: service, area and year."""
        choices = self.sheet.choices
        parts = [self.market.label, choices.area, choices.period]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Cell:
    """One figure of one market."""

    column: Column
    row: Row | None

    @property
    def is_known(self) -> bool:
        """Say whether there is a figure."""
        return self.row is not None and self.row.value is not None

    @property
    def ends(self) -> tuple[float, float]:
        """Return the least and greatest that the figure may be.

        They are of the choices that the data leaves open and, for a share of events, of the 95%
        Wilson interval too.
        """
        row = self.row
        if row is None or row.value is None:
            raise BadInputError("a figure that is not there has no ends")
        met = (row.value, row.low, row.high, row.wilson_low, row.wilson_high)
        known = [float(value) for value in met if value is not None]
        return min(known), max(known)


@dataclass(frozen=True)
class Line:
    """One measure over all markets, and the difference that may be claimed."""

    measure: str
    cells: tuple[Cell, ...]
    claim: str


@dataclass(frozen=True)
class Compared:
    """All markets of an address side by side, and what of the address could not be used."""

    columns: tuple[Column, ...]
    faults: tuple[ConvenerError, ...]

    @property
    def query(self) -> str:
        """Return the address's query."""
        return query_of_all([column.wanted for column in self.columns])

    def without(self, column: Column) -> str:
        """Return the query without one market."""
        return query_of_all([each.wanted for each in self.columns if each is not column])


def query_of_all(wanted: Sequence[Wanted]) -> str:
    """Return the query of some markets."""
    pairs = [pair for each in wanted for pair in each.pairs]
    return f"?{urlencode(pairs)}" if pairs else "?"


def compare(data: MarketData, address: QueryDict) -> Compared:
    """Return the markets that an address asks for; what cannot be used is named and left out."""
    faults: list[ConvenerError] = []
    columns: list[Column] = []
    for wanted in _wanted(address, faults):
        try:
            sheet = _sheet(data, wanted)
        except ConvenerError as error:
            faults.append(error)
            continue
        if any(_is_same(sheet, other.sheet) for other in columns):
            faults.append(BadInputError(f"{sheet.market.label} was met twice; wanted each once"))
            continue
        usual = replace(wanted, basis=sheet.choices.basis)
        columns.append(Column(LETTERS[len(columns)], usual, sheet))
    return Compared(tuple(columns), tuple(faults))


def _wanted(address: QueryDict, faults: list[ConvenerError]) -> list[Wanted]:
    lists = [[word.strip()[:200] for word in address.getlist(name)] for name in FIELDS]
    asked = [Wanted(*words) for words in zip_longest(*lists, fillvalue="")]
    found = [each for each in asked if each.service]
    if len(found) < len([each for each in asked if any(vars(each).values())]):
        faults.append(BadInputError("an area or year was met without a service; wanted both"))
    if len(found) > MOST:
        faults.append(BadInputError(f"{len(found)} markets were met; wanted two to {MOST}"))
    return found[:MOST]


def _sheet(data: MarketData, wanted: Wanted) -> Sheet:
    market = find_market(data, wanted.service)
    if not market.bases:
        raise NotFoundError(f"the market {wanted.service!r} has nothing to read")
    asked = {name: getattr(wanted, name) for name in ("area", "period", "basis")}
    try:
        return sheet_of(data, market, read_choices(market, asked))
    except BadInputError as error:
        raise BadInputError(f"{market.label}: {error}") from error


def _is_same(one: Sheet, other: Sheet) -> bool:
    return (one.market, one.choices) == (other.market, other.choices)


def offered_choices(column: Column) -> Choices:
    """Return the choices of a market without its area and year, under which all are offered."""
    return replace(column.sheet.choices, area="", period="")


# --- Figures ------------------------------------------------------------------------------------


def lines(columns: Sequence[Column]) -> list[tuple[str, list[Line]]]:
    """Return the figures of each reading; a figure that none of the markets has is left out."""
    made = []
    for title, groups in COMPARED:
        found = [_line(columns, names) for names in groups]
        known = [line for line in found if any(cell.is_known for cell in line.cells)]
        made.append((title, known))
    return made


def _line(columns: Sequence[Column], names: tuple[str, ...]) -> Line:
    cells = tuple(
        Cell(column, _judged(column.sheet.first(*names) or column.sheet.one(names[0])))
        for column in columns
    )
    return Line(names[0], cells, claim(cells))


def _judged(row: Row | None) -> Row | None:
    """Return a row; a share of areas is none where there is one area alone."""
    if row is None or row.measure != LOCAL or row.count > 1:
        return row
    note = "a share of areas is of two or more"
    return replace(row, value=None, low=None, high=None, note=note)


def kind_lines(columns: Sequence[Column]) -> list[tuple[Kind, tuple[Cell, ...], str]]:
    """Return the share of each kind over all markets."""
    made = []
    for kind in Kind:
        cells = tuple(Cell(column, column.sheet.shares.get(kind)) for column in columns)
        if any(cell.row is not None and cell.row.value for cell in cells):
            made.append((kind, cells, claim(cells)))
    return made


def claim(cells: Sequence[Cell]) -> str:
    """Return which markets a figure is higher in; a difference only where no ranges overlap.

    Figures of two bases, or one by value and one by count, are of different things, so between
    them nothing is claimed.
    """
    known = [cell for cell in cells if cell.is_known]
    if len(known) < 2:  # noqa: PLR2004 -- a difference is between two
        return ""
    said = []
    for cell in sorted(known, key=lambda each: -each.ends[0]):
        below = [other for other in known if _is_like(cell, other) and _is_apart(cell, other)]
        if below:
            letters = [other.column.letter for other in below]
            said.append(f"{cell.column.letter} is above {_and(sorted(letters))}")
    if said:
        return "; ".join(said) + "."
    is_alike = any(_is_like(one, other) for one in known for other in known if one is not other)
    return "No difference can be claimed." if is_alike else "Counted differently: not compared."


def _is_like(one: Cell, other: Cell) -> bool:
    if one.row is None or other.row is None:
        return False
    return (one.row.measure, one.row.basis) == (other.row.measure, other.row.basis)


def _is_apart(one: Cell, other: Cell) -> bool:
    return one.ends[0] > other.ends[1] + EQUAL


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def warnings(columns: Sequence[Column]) -> list[str]:
    """Return in what the markets are not counted alike."""
    facts = [column.sheet.tables.facts for column in columns]
    choices = [column.sheet.choices for column in columns]
    said = []
    if len({one.basis for one in choices}) > 1:
        listed = _listed(columns, lambda column: column.sheet.choices.basis)
        said.append(
            f"They are not counted by the same thing: {listed}. What is left out differs with it."
        )
    if len({one.unit for one in facts if one.basis == "provision"}) > 1:
        listed = _listed(
            columns, lambda column: column.sheet.tables.facts.unit or "an unnamed unit"
        )
        said.append(f"Their units differ: {listed}.")
    if len({one.currency for one in facts if one.basis != "provision" and one.currency}) > 1:
        listed = _listed(columns, lambda column: column.sheet.tables.facts.currency or "none")
        said.append(f"Their currencies differ: {listed}. Shares are of the whole of each.")
    if len({bool(one.period) for one in choices}) > 1:
        said.append("Some are of one year and some of all years.")
    return said


def _listed(columns: Sequence[Column], read: Callable[[Column], str]) -> str:
    return ", ".join(f"{column.letter} by {read(column)}" for column in columns)


# --- As a file ----------------------------------------------------------------------------------

_PLACED = ("market", "service", "area", "period", "measure", "kind")
_COLUMNS = (
    *_PLACED,
    *("value", "low", "high", "wilson_low", "wilson_high"),
    *("unit", "count", "coverage", "basis", "note"),
)


def file_of(compared: Compared) -> Table:
    """Return every compared figure, one a row."""
    rows = [
        _filed(cell, "")
        for _, found in lines(compared.columns)
        for line in found
        for cell in line.cells
    ]
    rows += [
        _filed(cell, kind.value)
        for kind, cells, _ in kind_lines(compared.columns)
        for cell in cells
    ]
    return Table("compare", _COLUMNS, [row for row in rows if row])


def _filed(cell: Cell, kind: str) -> dict[str, Any]:
    if cell.row is None:
        return {}
    choices = cell.column.sheet.choices
    figures = {name: _plain(value) for name, value in vars(cell.row).items() if name != "group"}
    return {
        **figures,
        "market": cell.column.label,
        "service": cell.column.market.service,
        "area": choices.area,
        "period": choices.period,
        "kind": kind,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 -- a cell
    return float(value) if hasattr(value, "as_tuple") else value
