"""What money in later years is worth today: social discount rates that decline with time.

Rates, factors and present values are floats: they compare options, and nobody is paid one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError

DAYS_IN_A_YEAR = 365.0  # the day count of dated flows is actual/365

Values = NDArray[np.float64]


class DiscountingError(BadInputError):
    """Rates, years or amounts cannot be what was given."""


@dataclass(frozen=True)
class RateStep:
    """The rate of each year that ends later than ``after`` years ahead."""

    after: int
    rate: float
    is_confirmed: bool  # seen in the source or a named account of it; if not, general knowledge


@dataclass(frozen=True)
class RateSchedule:
    """The discount rates that were in force from a day, by years ahead."""

    name: str
    since: date
    source: str
    steps: tuple[RateStep, ...]

    def __post_init__(self) -> None:
        """Refuse a schedule that leaves a year without a rate."""
        starts = [step.after for step in self.steps]
        if not starts or starts[0] != 0 or any(np.diff(starts) <= 0):
            raise DiscountingError(f"met steps after {starts} years; wanted 0, then rising")
        if not all(step.rate > -1 for step in self.steps):
            raise DiscountingError(f"the rates of {self.name} are not all above -1")


# Accounts of the 2026 edition confirm 3.5% and, for health, 1.5%. Neither day is confirmed: each
# is the first of a financial year, for the editions of 2003, with declining rates, and of 2018,
# with rates for health. A review of discounting began in December 2025 (CETEx): a new table is a
# new constant here.
GREEN_BOOK = RateSchedule(
    "standard",
    date(2003, 4, 1),
    "HM Treasury, The Green Book (2003 to 2026 editions), annex on discounting",
    (
        RateStep(0, 0.035, is_confirmed=True),
        RateStep(30, 0.030, is_confirmed=True),
        RateStep(75, 0.025, is_confirmed=True),
        RateStep(125, 0.020, is_confirmed=False),
        RateStep(200, 0.015, is_confirmed=False),
        RateStep(300, 0.010, is_confirmed=False),
    ),
)
GREEN_BOOK_HEALTH = RateSchedule(
    "health",
    date(2018, 4, 1),
    "HM Treasury, The Green Book (2018 to 2026 editions), annex on discounting, health and life",
    (
        RateStep(0, 0.015, is_confirmed=True),
        RateStep(30, 0.0129, is_confirmed=False),
        RateStep(75, 0.0107, is_confirmed=False),
        RateStep(125, 0.0086, is_confirmed=False),
        RateStep(200, 0.0064, is_confirmed=False),
        RateStep(300, 0.0043, is_confirmed=False),
    ),
)


def schedule_at(schedules: Iterable[RateSchedule], *, at: date) -> RateSchedule:
    """Return the schedule that was in force on a day.

    Parameters
    ----------
    schedules : schedules of one name, in any order
        Each in force from its day until the next one's.
    at : day
        When the appraisal is made, or was: an old decision keeps its old rates.

    Returns
    -------
    schedule
        The latest that is not later than the day.

    Raises
    ------
    DiscountingError
        If none was in force yet.
    """
    given = sorted(schedules, key=lambda schedule: schedule.since)
    past = [schedule for schedule in given if schedule.since <= at]
    if not past:
        first = f"{given[0].since} or later" if given else "a schedule"
        raise DiscountingError(f"no rates were in force on {at}; wanted {first}")
    return past[-1]


def discount_factors(years: ArrayLike, schedule: RateSchedule = GREEN_BOOK) -> Values:
    """Return what one pound in later years is worth today.

    Parameters
    ----------
    years : any shape of years ahead, >= 0
        Year 0 is today and is not discounted. Parts of a year count at the rate of their year.
    schedule : rates by years ahead
        Factors chain: year 31 is the factor of year 30 over one plus the rate of year 31.

    Returns
    -------
    the shape of the years, factor, above 0
        1 in year 0; falling as long as rates are positive.

    Raises
    ------
    DiscountingError
        If a year is negative or not finite.

    References
    ----------
    HM Treasury, The Green Book, annex on discounting, declining long-term rates.

    Examples
    --------
    >>> discount_factors([0, 10, 31]).round(4).tolist()
    [1.0, 0.7089, 0.3459]
    """
    ahead = np.asarray(years, dtype=np.float64)
    if not np.isfinite(ahead).all() or (ahead < 0).any():
        raise DiscountingError("a year ahead is negative or not finite; wanted 0 or more")
    starts = np.array([step.after for step in schedule.steps], dtype=np.float64)
    growth = np.log1p([step.rate for step in schedule.steps])
    spent = np.clip(ahead[..., None] - starts, 0, np.diff(starts, append=np.inf))
    return np.asarray(np.exp(-(spent @ growth)))


def years_between(dates: Sequence[date] | NDArray[np.datetime64], origin: date) -> Values:
    """Return how many years of 365 days each date lies after a day (before it: negative)."""
    days = np.asarray(dates, dtype="datetime64[D]") - np.datetime64(origin, "D")
    if np.isnat(days).any():
        raise DiscountingError("a date is missing; wanted a date for each amount")
    return np.asarray(days.astype(np.float64) / DAYS_IN_A_YEAR)


def present_value(
    amounts: ArrayLike, years: ArrayLike | None = None, schedule: RateSchedule = GREEN_BOOK
) -> Values:
    """Return what amounts in later years are worth together today.

    Parameters
    ----------
    amounts : (..., n) pounds in the prices of one year
        Each row an option or a draw, each column a year.
    years : (n,) years ahead, >= 0
        When each column falls; without it 0, 1, 2 and so on.
    schedule : rates by years ahead
        As for :func:`discount_factors`.

    Returns
    -------
    (...) pounds of today, a float for comparison
        The sum of amount times factor; 0 for no years.

    Raises
    ------
    DiscountingError
        If an amount is not finite, or years and amounts differ in number.
    """
    given = finite_amounts(amounts)
    ahead = np.arange(given.shape[-1]) if years is None else np.asarray(years, dtype=np.float64)
    if ahead.shape != given.shape[-1:]:
        message = f"met {given.shape[-1]} amounts and years of shape {ahead.shape}"
        raise DiscountingError(f"{message}; wanted one year for each amount")
    return np.asarray(given @ discount_factors(ahead, schedule))


def in_prices_of(amounts: ArrayLike, deflator: ArrayLike, base: int) -> Values:
    """Return amounts of several years in the prices of one of them.

    Parameters
    ----------
    amounts : (..., n) pounds of each year's own prices
        As they were or will be paid.
    deflator : (n,) index, > 0
        One price index for all lines, such as the GDP deflator.
    base : position, 0 to n - 1
        The year whose prices are wanted.

    Returns
    -------
    (..., n) pounds in the prices of the base year, floats for comparison
        The amount of the base year stays as it is.

    Raises
    ------
    DiscountingError
        If an index is not positive, the numbers differ, or the base year is not there.
    """
    given = finite_amounts(amounts)
    index = np.asarray(deflator, dtype=np.float64)
    if index.shape != given.shape[-1:] or not (index > 0).all() or not np.isfinite(index).all():
        message = f"met index {index.tolist()} for {given.shape[-1]} years"
        raise DiscountingError(f"{message}; wanted one number above zero for each")
    if not 0 <= base < index.size:
        raise DiscountingError(f"met base year {base}; wanted 0 to {index.size - 1}")
    return np.asarray(given * (index[base] / index))


def finite_amounts(amounts: ArrayLike) -> Values:
    """Return amounts as floats, or refuse what is missing."""
    given = np.asarray(amounts, dtype=np.float64)
    if given.ndim == 0 or not np.isfinite(given).all():
        raise DiscountingError("an amount is missing or not finite; wanted a number in each place")
    return given
