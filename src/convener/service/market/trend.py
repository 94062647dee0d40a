"""A figure over the years as one small line, broken where what it rests on has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

from convener.measures.run import Row
from convener.measures.sheet import Sheet
from convener.service.words import counted

# A list that grows or shrinks by more within a year has changed as a list: by more than a tenth,
# and by more records than come and go by chance in a short one.
JUMP = 0.1
CHANCE = 3.0  # square roots of the records before
# A year of fewer than a twentieth of the records of the fullest year is not followed.
THIN = 0.05
WIDTH, HEIGHT = 150.0, 34.0  # of the line, in pixels; its words stand beside and below
INSET = 4.0
YEAR = 4  # letters of a year
DECEMBER = 12


@dataclass(frozen=True)
class Trend:
    """A small line: its pieces, its breaks, its ends and what it says."""

    pieces: tuple[str, ...]
    breaks: tuple[float, ...]
    first: tuple[float, float]
    last: tuple[float, float]
    first_said: str
    last_said: str
    last_year: str
    says: str


@dataclass(frozen=True)
class Break:
    """A year in which a list changed as a list: its records, and those of the year before."""

    year: str
    records: int
    before: int


def years_of(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of known years with a figure, in their order."""
    return [row for row in rows if _year(row).isdigit() and row.value is not None]


def _year(row: Row) -> str:
    return str(row.group["period"])[:YEAR]


def list_breaks(sheet: Sheet) -> tuple[Break, ...]:
    """Return the years in which the list of provision changed by more than a market moves.

    Awards and payments come and go by themselves, so only lists are looked at.
    """
    if sheet.tables.facts.basis != "provision":
        return ()
    records = _records(sheet)
    return tuple(
        Break(year, records[year], records[before])
        for before, year in pairwise(sorted(records))
        if abs(records[year] - records[before])
        > max(JUMP * records[before], CHANCE * sqrt(records[before]))
    )


def _records(sheet: Sheet) -> dict[str, int]:
    """Return how many records each year has, by the mix."""
    records: dict[str, int] = {}
    for name in ("share-by-kind", "share-by-kind-by-count"):
        for row in years_of(sheet.over_time(name)):
            records[_year(row)] = max(records.get(_year(row), 0), row.count)
    return records


def thin_years(sheet: Sheet) -> dict[str, int]:
    """Return the years of which there is next to nothing, with their records."""
    records = _records(sheet)
    fullest = max(records.values(), default=0)
    return {year: count for year, count in sorted(records.items()) if count < THIN * fullest}


def followed(sheet: Sheet, rows: Sequence[Row]) -> list[Row]:
    """Return the rows of the years that are whole and not thin: what moved is told of these."""
    unfit = unfit_years(sheet)
    return [row for row in years_of(rows) if _year(row) not in unfit]


def unfit_years(sheet: Sheet) -> set[str]:
    """Return the years that are not followed: thin ones, and one of which the data has a part."""
    return {part_year(sheet), *thin_years(sheet)}


def left_out_said(sheet: Sheet) -> str:
    """Say which years the lines leave out, and why; nothing where they have all."""
    reasons = [
        f"{year}, of which the data has {counted(count, 'record')}"
        for year, count in thin_years(sheet).items()
        if year != part_year(sheet)
    ]
    if part_year(sheet):
        reasons.append(f"{part_year(sheet)}, of which the data has a part")
    return f"Lines leave out {'; and '.join(reasons)}." if reasons else ""


def part_year(sheet: Sheet) -> str:
    """Return the last year of the data where it is not whole: a list is of a day, so it is."""
    facts = sheet.tables.facts
    if facts.basis == "provision" or facts.last_on is None or facts.last_on.month == DECEMBER:
        return ""
    return str(facts.last_on.year)


def trend_of(sheet: Sheet, name: str, write: Callable[[Any], str]) -> Trend | None:
    """Return the line of a followed figure; none where fewer than two years have one."""
    rows = followed(sheet, sheet.over_time(name))
    if len(rows) < 2 or any(_is_open(row) for row in rows):  # noqa: PLR2004 -- a line has two ends
        return None
    broken = {one.year for one in list_breaks(sheet)}
    return _drawn(rows, broken, write)


def _is_open(row: Row) -> bool:
    """Say whether a figure may be none or some: its line would show a zero that nobody knows."""
    return not row.low and bool(row.high)


def _drawn(rows: Sequence[Row], broken: set[str], write: Callable[[Any], str]) -> Trend:
    places = _places(rows)
    pieces: list[list[tuple[float, float]]] = [[places[0]]]
    breaks = []
    for (before, was), (row, at) in pairwise(zip(rows, places, strict=True)):
        if int(_year(row)) - int(_year(before)) > 1 or _year(row) in broken:
            pieces.append([])
            breaks.append(round((was[0] + at[0]) / 2, 1))
        pieces[-1].append(at)
    first, last = rows[0], rows[-1]
    return Trend(
        pieces=tuple(" ".join(f"{x:.1f},{y:.1f}" for x, y in piece) for piece in pieces),
        breaks=tuple(breaks),
        first=places[0],
        last=places[-1],
        first_said=f"{_year(first)}: {write(first.value)}",
        last_said=write(last.value),
        last_year=_year(last),
        says=_says(first, last, write),
    )


def _says(first: Row, last: Row, write: Callable[[Any], str]) -> str:
    was, now = write(first.value), write(last.value)
    if was == now:
        return f"{was} in {_year(first)} and in {_year(last)}"
    moved = "fell" if float(last.value or 0) < float(first.value or 0) else "rose"
    return f"{moved} from {was} in {_year(first)} to {now} in {_year(last)}"


def _places(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Return where each year stands: by year from left to right, by value from bottom to top."""
    years = [int(_year(row)) for row in rows]
    values = [float(row.value or 0) for row in rows]
    length, height = (years[-1] - years[0]) or 1, (max(values) - min(values)) or 1.0
    is_flat = max(values) == min(values)
    return [
        (
            round(INSET + (WIDTH - 2 * INSET) * (year - years[0]) / length, 1),
            HEIGHT / 2
            if is_flat
            else round(HEIGHT - INSET - (HEIGHT - 2 * INSET) * (value - min(values)) / height, 1),
        )
        for year, value in zip(years, values, strict=True)
    ]
