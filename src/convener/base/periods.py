"""Periods of time as figures name them: calendar years, financial years, windows of years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from convener.base.errors import BadInputError

APRIL = 4


@dataclass(frozen=True)
class Period:
    """How days are put into periods: where a year starts, and how many years make one period.

    Windows of several years do not overlap and start in a year that the number of years divides,
    so the same day lies in the same window whatever else was loaded.
    """

    name: str
    start_month: int = 1
    years: int = 1

    def label(self, day: date) -> str:
        """Return the name of the period that a day lies in."""
        year = day.year - (day.month < self.start_month)
        return self.name_of(year - year % self.years)

    def name_of(self, first: int) -> str:
        """Return the name of the period that starts in a year."""
        if self.start_month == 1:
            return f"{first}" if self.years == 1 else f"{first}-{first + self.years - 1}"
        return f"{first}-{(first + self.years) % 100:02d}"


YEAR = Period("year")
FINANCIAL_YEAR = Period("financial-year", start_month=APRIL)

_WINDOW = re.compile(r"([1-9]\d?)-(financial-)?years")


def parse_period(name: str) -> Period:
    """Return the period called ``year``, ``financial-year``, ``3-years`` or ``3-financial-years``.

    Raises
    ------
    BadInputError
        If the name is none of these.
    """
    if name in {YEAR.name, FINANCIAL_YEAR.name}:
        return YEAR if name == YEAR.name else FINANCIAL_YEAR
    match = _WINDOW.fullmatch(name)
    if match is None:
        message = (
            f"a period cannot be {name!r}; wanted year, financial-year,"
            " or a window such as 3-years or 3-financial-years"
        )
        raise BadInputError(message)
    return Period(name, start_month=APRIL if match[2] else 1, years=int(match[1]))
