"""The page of markets side by side: its cells, lines, forms and the words to cite it with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.urls import reverse

from convener.measures.markets import NAMED
from convener.measures.measure import find_measure
from convener.measures.rows import NOT_IN_HOUSE
from convener.measures.run import Row
from convener.service import charts
from convener.service.market.compare import (
    MOST,
    Cell,
    Column,
    Compared,
    Line,
    Wanted,
    kind_lines,
    lines,
    offered_choices,
    query_of_all,
    warnings,
)
from convener.service.market.data import MarketData
from convener.service.market.listing import markets
from convener.service.market.spoken import SPOKEN, Write, one_place, one_place_percent
from convener.service.market.switches import query_of, sheet_of
from convener.service.market.tables import NOT_HERE
from convener.service.market.trend import followed, list_breaks
from convener.service.words import NO_FIGURE, counted, day, number, percent, sentence, span

NAMES = {
    "effective-number-of-kinds": "Effective number of kinds",
    "hhi": "Concentration, HHI",
    "cr1": "Share of the largest owner",
    "effective-number-of-providers": "Effective number of providers",
    "single-bid-share": "Tenders with one bid",
    "median-bids-per-tender": "Bids, middle tender",
    "new-entrants": "Won by newcomers",
    "share-with-lots": "Tenders with lots",
    "days-to-bid": "Days to bid, middle tender",
    "sme-share": "With small and medium providers",
    "vcse-share": "With charities, social enterprises and mutuals",
    "n-minus-1": "Left unserved if the hardest to replace stopped",
    "area-dominance": "Areas where one owner holds 30% or more",
    "contracts-ending": "Ends within twelve months",
}
LINE_WIDTH, LINE_HEIGHT, INSET = 132.0, 34.0, 4.0
SUGGESTED = 4
_COUNTED = {
    "awards": "Contracts awarded",
    "payments": "Money paid",
    "provision": "What is provided",
}


@dataclass(frozen=True)
class Shown:
    """One figure as its cell shows it; ``start`` and ``length`` are per cent of the scale."""

    label: str
    number: str
    interval: str
    rests: str
    start: float | None
    length: float
    pieces: tuple[str, ...]
    trend: str


@dataclass(frozen=True)
class ShownLine:
    """One measure over all markets."""

    measure: str
    name: str
    asks: str
    ends: tuple[str, str]
    cells: tuple[Shown, ...]
    claim: str


@dataclass(frozen=True)
class Head:
    """What stands over a market's figures."""

    column: Column
    address: str
    without: str
    under: str
    rests: str


@dataclass(frozen=True)
class Field:
    """One market's row of the form that chooses them."""

    label: str
    service: str
    area: str
    period: str
    basis: str
    areas: tuple[str, ...]
    periods: tuple[str, ...]
    bases: tuple[str, ...]


def shown(data: MarketData, compared: Compared) -> dict[str, Any]:
    """Return what the page shows."""
    columns = compared.columns
    return {
        "heads": [_head(column, compared) for column in columns],
        "readings": [
            (title, [_line(line) for line in found]) for title, found in lines(columns) if found
        ],
        "warnings": warnings(columns),
        "fields": [_field(data, column) for column in columns],
        "can_add": len(columns) < MOST,
        "services": [
            (market.service, market.label) for market in markets(data) if market.level in NAMED
        ],
        "codes": _codes(columns),
        "suggested": _suggested(data, columns),
        **_mix(columns),
    }


def _head(column: Column, compared: Compared) -> Head:
    facts = column.sheet.tables.facts
    when = ""
    if facts.first_on is not None and facts.last_on is not None:
        ends = (day(facts.first_on), day(facts.last_on))
        when = f", {ends[1]}" if ends[0] == ends[1] else f", {ends[0]} to {ends[1]}"
    thing = {"awards": "award", "payments": "payment", "provision": "entry"}[facts.basis]
    known = percent(facts.kind_known / facts.records) if facts.records else NO_FIGURE
    valued = percent(facts.valued / facts.records) if facts.records else NO_FIGURE
    return Head(
        column=column,
        address=reverse("markets-one", args=[column.market.service])
        + query_of(column.market, column.sheet.choices),
        without=compared.without(column),
        under=f"{_COUNTED[facts.basis]}{when}",
        rests=f"{counted(facts.things, thing, 'entries' if thing == 'entry' else f'{thing}s')}; "
        f"kind known for {known}, size or value for {valued}",
    )


def _writer(name: str) -> Write:
    if name.startswith("hhi"):
        return number
    return one_place_percent if find_measure(name).unit.startswith("share") else one_place


def _line(line: Line) -> ShownLine:
    top, bottom = _scale(line)
    write = _writer(line.measure)
    ends = _years(line.cells)
    return ShownLine(
        measure=line.measure,
        name=NAMES[line.measure],
        asks=find_measure(line.measure).asks,
        ends=(write(bottom), write(top)),
        cells=tuple(_cell(cell, write, (bottom, top), ends) for cell in line.cells),
        claim=line.claim,
    )


def _scale(line: Line) -> tuple[float, float]:
    """Return the greatest and least of the scale that all cells of a line share."""
    spoken = SPOKEN.get(line.measure)
    most = max(cell.ends[1] for cell in line.cells if cell.is_known)
    if spoken is None:
        top = 1.0 if find_measure(line.measure).unit.startswith("share") else most
        return max(top, most), 0.0
    return max(spoken.top, most), spoken.bottom


def _cell(cell: Cell, write: Write, scale: tuple[float, float], years: _Ends | None) -> Shown:
    row = cell.row
    if row is None or row.value is None:
        note = sentence(row.note) if row is not None else ""
        return Shown(cell.column.label, NO_FIGURE, "", note, None, 0.0, (), "")
    low, high = _open_ends(row)
    length = scale[1] - scale[0] or 1.0
    start = 100 * (low - scale[0]) / length
    pieces, said = _trend(cell, write, years)
    return Shown(
        label=cell.column.label,
        number=span(low, high, write),
        interval=_interval(row),
        rests=_rests(cell, row),
        start=max(0.0, start),
        length=max(1.6, 100 * (high - low) / length),
        pieces=pieces,
        trend=said,
    )


def _open_ends(row: Row) -> tuple[float, float]:
    value = float(row.value or 0)
    return (
        value if row.low is None else float(row.low),
        value if row.high is None else float(row.high),
    )


def _interval(row: Row) -> str:
    if row.wilson_low is None or row.wilson_high is None:
        return ""
    return f"95% Wilson interval {span(row.wilson_low, row.wilson_high, percent)}"


def _rests(cell: Cell, row: Row) -> str:
    known = f", {percent(row.coverage)} of all" if row.coverage is not None else ""
    basis = "" if row.basis == cell.column.sheet.choices.basis else f"; by {row.basis}"
    of = find_measure(row.measure).minimum_of
    by_count = "; by count" if row.measure.endswith("-by-count") else ""
    return f"{number(row.count)} {of}{known}{basis}{by_count}"


# --- Lines over the years ----------------------------------------------------------------------

type _Ends = tuple[int, int, float, float]


def _points(cell: Cell) -> list[tuple[int, float]]:
    if cell.row is None:
        return []
    sheet = cell.column.sheet
    rows = followed(sheet, sheet.over_time(cell.row.measure))
    return [(int(str(row.group["period"])[:4]), float(row.value or 0)) for row in rows]


def _years(cells: Sequence[Cell]) -> _Ends | None:
    """Return the years and values over which the lines of one measure are drawn."""
    points = [point for cell in cells for point in _points(cell)]
    if not points:
        return None
    years, values = [year for year, _ in points], [value for _, value in points]
    return min(years), max(years), min(values), max(values)


def _trend(cell: Cell, write: Write, ends: _Ends | None) -> tuple[tuple[str, ...], str]:
    """Return a market's line in pieces, broken where its list changed, and its ends in words."""
    points = _points(cell)
    if ends is None or len(points) < 2:  # noqa: PLR2004 -- a line has two ends
        return (), ""
    broken = {int(one.year) for one in list_breaks(cell.column.sheet)}
    pieces = [[points[0]]]
    for before, point in pairwise(points):
        if point[0] - before[0] > 1 or point[0] in broken:
            pieces.append([])
        pieces[-1].append(point)
    drawn = (" ".join(_at(point, ends) for point in piece) for piece in pieces if len(piece) > 1)
    (first, was), (last, now) = points[0], points[-1]
    return tuple(drawn), f"{first}: {write(was)}; {last}: {write(now)}"


def _at(point: tuple[int, float], ends: _Ends) -> str:
    first, last, low, high = ends
    along = (point[0] - first) / ((last - first) or 1)
    up = (point[1] - low) / ((high - low) or 1)
    x = INSET + (LINE_WIDTH - 2 * INSET) * along
    y = LINE_HEIGHT - INSET - (LINE_HEIGHT - 2 * INSET) * up
    return f"{x:.1f},{y:.1f}"


# --- Mix ----------------------------------------------------------------------------------------


def _mix(columns: Sequence[Column]) -> dict[str, Any]:
    found = kind_lines(columns)
    drawn = [
        charts.MixRow(
            _short(column),
            {kind: float(row.value or 0) for kind, row in column.sheet.shares.items()},
        )
        for column in columns
        if any(row.value for row in column.sheet.shares.values())
    ]
    return {
        "kinds_drawn": [kind for kind, _, _ in found],
        "mix_chart": charts.mix_chart(drawn) if drawn else None,
        "kind_lines": [
            (kind, [(cell.column.label, _share(cell)) for cell in cells], said)
            for kind, cells, said in found
        ],
    }


def _short(column: Column) -> str:
    return f"{column.letter}  {column.sheet.choices.area or column.market.label}"


def _share(cell: Cell) -> str:
    row = cell.row
    if row is None:
        return "none"
    if row.note.startswith(NOT_IN_HOUSE):
        return NOT_HERE
    if row.value is None:
        return NO_FIGURE
    return span(*_open_ends(row), one_place_percent)


# --- Choosing and citing -----------------------------------------------------------------------


def _field(data: MarketData, column: Column) -> Field:
    whole = sheet_of(data, column.market, offered_choices(column))
    return Field(
        label=column.label,
        service=column.market.service,
        area=column.sheet.choices.area,
        period=column.sheet.choices.period,
        basis=column.sheet.choices.basis,
        areas=tuple(sorted(area.name for area in whole.tables.areas)),
        periods=whole.periods,
        bases=column.market.bases,
    )


def _codes(columns: Sequence[Column]) -> list[tuple[str, str]]:
    """Return the procurement codes among the markets, which no list of services holds."""
    met = dict.fromkeys(column.market for column in columns if column.market.level not in NAMED)
    return [(market.service, f"{market.label} ({market.service})") for market in met]


def _suggested(data: MarketData, columns: Sequence[Column]) -> list[tuple[str, str]]:
    """Return comparisons to begin with, where there is none yet."""
    if columns:
        return []
    named = [market for market in markets(data) if market.level in NAMED and market.bases]
    pairs = list(pairwise(named[: SUGGESTED + 1]))
    return [
        (
            f"{one.label} and {other.label}",
            query_of_all([Wanted(one.service), Wanted(other.service)]),
        )
        for one, other in pairs
    ]


def citation(data: MarketData, compared: Compared, address: str, on: date) -> str:
    """Return the line with which a reader cites the page."""
    named = "; ".join(f"{column.letter}: {column.label}" for column in compared.columns)
    met = dict.fromkeys(
        name for column in compared.columns for name, _ in column.sheet.tables.sources
    )
    loaded = {source.name: source for source in data.sources}
    sources = ", ".join(
        f"{name} (loaded {day(loaded[name].loaded_at)})" for name in met if name in loaded
    )
    return f"convener, “{named}”, read on {day(on)} at {address}. Sources: {sources}."
