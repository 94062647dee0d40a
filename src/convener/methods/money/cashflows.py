"""Flows of money over time: their present value, and the rates at which that value is zero.

Flows, rates and present values are floats: they compare offers. What someone is paid is worked
out as whole pence in :mod:`convener.methods.money.outcome_payments` and the modules beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pyxirr
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError, NoSolutionError
from convener.methods.money.discounting import finite_amounts, years_between
from convener.methods.money.exponential_sums import ExponentialSum

Values = NDArray[np.float64]
Dates = Sequence[date] | NDArray[np.datetime64]

LARGEST_FORCE = 700.0  # e to this power is near the largest number that a float holds
EXACT = 1e-12  # of all flows together: what a rate may leave over


class FlowsError(BadInputError):
    """The flows or the rate cannot be what was given."""


class RateNotUniqueError(NoSolutionError):
    """There is no rate of return, or more than one."""


@dataclass(frozen=True)
class RatesOfReturn:
    """Every rate above -1 at which flows are worth nothing, least first.

    There are as many rates as sign changes, or fewer by an even number, where one that only
    touches zero counts twice. A rate nearer to -1 than a float can say, as where nearly all is
    lost within days, is given as -1.
    """

    rates: tuple[float, ...]
    sign_changes: int

    @property
    def found(self) -> Literal["none", "one", "several"]:
        """How many rates there are, in a word."""
        return "several" if len(self.rates) > 1 else "one" if self.rates else "none"

    @property
    def rate(self) -> float:
        """The one rate; a rate that is one of several says nothing on its own.

        Raises
        ------
        RateNotUniqueError
            If there is none, or more than one.
        """
        if len(self.rates) == 1:
            return self.rates[0]
        if self.rates:
            each = ", ".join(f"{rate:.4%}" for rate in self.rates)
            raise RateNotUniqueError(f"the rate of return is not unique: {each}")
        why = "all flows go one way" if self.sign_changes == 0 else "no rate makes them worth 0"
        raise RateNotUniqueError(f"there is no rate of return: {why}")


def npv(rate: float, amounts: ArrayLike, *, first_year: float = 0) -> float:
    """Return what yearly flows are worth today at one rate.

    Parameters
    ----------
    rate : a year, > -1
        For declining rates see :func:`convener.methods.money.discounting.present_value`.
    amounts : (n,) pounds, in is positive
        One flow at the end of each year.
    first_year : years ahead
        When the first flow falls: 0 is today, 1 is what spreadsheets call NPV.

    Returns
    -------
    pounds of today, a float for comparison
        0 for no flows.

    Raises
    ------
    FlowsError
        If the rate is not above -1.
    DiscountingError
        If an amount is missing or not finite.

    References
    ----------
    Brealey, Myers and Allen (2020), "Principles of Corporate Finance", chapter 2.
    """
    flows = _flat(amounts)
    ahead = first_year + np.arange(flows.size)
    return float(flows @ np.power(1 + _rate_above_minus_one(rate), -ahead))


def xnpv(rate: float, amounts: ArrayLike, dates: Dates) -> float:
    """Return what dated flows are worth on the earliest of their dates.

    Parameters
    ----------
    rate : a year, > -1
        One rate for all dates.
    amounts : (n,) pounds, in is positive
        In any order.
    dates : (n,) days
        Of each amount; years are of 365 days.

    Returns
    -------
    pounds of the earliest date, a float for comparison
        0 for no flows.

    Raises
    ------
    FlowsError
        If the rate is not above -1, or amounts and dates differ in number.
    DiscountingError
        If an amount or a date is missing.
    """
    flows, years = _dated(amounts, dates)
    return float(flows @ np.power(1 + _rate_above_minus_one(rate), -years))


def irr(amounts: ArrayLike) -> RatesOfReturn:
    """Return every rate of return of yearly flows.

    Parameters
    ----------
    amounts : (n,) pounds, in is positive
        One flow a year.

    Returns
    -------
    rates
        None, one or several; ``.rate`` where one is needed.

    Raises
    ------
    DiscountingError
        If an amount is missing or not finite.
    NoSolutionError
        If a rate is too large to be written.

    References
    ----------
    Laguerre (1883), "Mémoire sur la théorie des équations numériques", Journal de mathématiques
    pures et appliquées 9, section on sums of exponentials: no more roots than sign changes.

    Examples
    --------
    >>> [round(rate, 4) for rate in irr([-100, 230, -132]).rates]
    [0.1, 0.2]
    """
    flows = _flat(amounts)
    return _rates_of(flows, np.arange(flows.size, dtype=np.float64))


def xirr(amounts: ArrayLike, dates: Dates) -> RatesOfReturn:
    """Return every yearly rate of return of dated flows.

    Parameters
    ----------
    amounts : (n,) pounds, in is positive
        In any order; those of one day are netted.
    dates : (n,) days
        Of each amount; years are of 365 days.

    Returns
    -------
    rates
        As for :func:`irr`.

    Raises
    ------
    FlowsError
        If amounts and dates differ in number.
    DiscountingError
        If an amount or a date is missing.
    NoSolutionError
        If a rate is too large to be written.

    References
    ----------
    As for :func:`irr`, whose argument holds for any times.
    """
    return _rates_of(*_dated(amounts, dates))


def mirr(amounts: ArrayLike, *, finance: float, reinvest: float) -> float:
    """Return the yearly rate when gaps are borrowed and returns reinvested at stated rates.

    Parameters
    ----------
    amounts : (n,) pounds, in is positive, n >= 2
        One flow a year.
    finance : a year, > -1
        What money put in costs.
    reinvest : a year, > -1
        What money taken out earns until the end.

    Returns
    -------
    rate a year, > -1
        Always one, unlike the internal rate.

    Raises
    ------
    RateNotUniqueError
        If nothing goes in or nothing comes out.
    FlowsError
        If a rate is not above -1.
    DiscountingError
        If an amount is missing or not finite.

    References
    ----------
    Lin (1976), "The modified internal rate of return and investment criterion", The Engineering
    Economist 21(4).
    """
    flows = _flat(amounts)
    rates = _rate_above_minus_one(finance), _rate_above_minus_one(reinvest)
    if not (flows > 0).any() or not (flows < 0).any():
        raise RateNotUniqueError("there is no rate of return: all flows go one way")
    rate = pyxirr.mirr(flows, *rates)
    if rate is None:
        raise RateNotUniqueError(f"there is no modified rate at {finance} and {reinvest}")
    return float(rate)


def multiple(amounts: ArrayLike) -> float:
    """Return how many pounds come back for each pound put in, whatever the time between.

    Parameters
    ----------
    amounts : (n,) pounds, in is positive
        Flows as the investor sees them.

    Returns
    -------
    ratio, >= 0
        1 is the money back, without gain or loss.

    Raises
    ------
    FlowsError
        If nothing is put in.
    DiscountingError
        If an amount is missing or not finite.
    """
    flows = _flat(amounts)
    put_in = -flows[flows < 0].sum()
    if put_in == 0:
        raise FlowsError("nothing is put in; wanted one flow below zero")
    return float(flows[flows > 0].sum() / put_in)


def payback(amounts: ArrayLike) -> int | None:
    """Return from which flow on the sum so far is never below zero again.

    Parameters
    ----------
    amounts : (n,) pounds, in is positive
        One flow a year; discount them first for a discounted payback.

    Returns
    -------
    position, 0 to n - 1, or None
        None where the money is not back by the end, so that a saving that comes first and is
        lost later does not count as paid back. None too for no flows.

    Raises
    ------
    DiscountingError
        If an amount is missing or not finite.
    """
    sums = np.cumsum(_flat(amounts))
    below = np.flatnonzero(sums < 0)
    first = int(below[-1]) + 1 if below.size else 0
    return first if first < sums.size else None


def funding_need(amounts: ArrayLike) -> Values:
    """Return what must be put in at each flow so that cash in hand is never below zero.

    Parameters
    ----------
    amounts : (..., n) pounds, in is positive
        What a provider is paid less what it spends, in order of time.

    Returns
    -------
    (..., n) pounds, >= 0, floats for planning
        As late and as little as possible; the sum is the working capital that the contract asks
        of whoever runs it.

    Raises
    ------
    DiscountingError
        If an amount is missing or not finite.
    """
    sums = np.cumsum(finite_amounts(amounts), axis=-1)
    deepest = np.maximum.accumulate(np.maximum(-sums, 0), axis=-1)
    return np.asarray(np.diff(deepest, axis=-1, prepend=0))


def _flat(amounts: ArrayLike) -> Values:
    flows = finite_amounts(amounts)
    if flows.ndim != 1:
        raise FlowsError(f"met flows of shape {flows.shape}; wanted one row")
    return flows


def _dated(amounts: ArrayLike, dates: Dates) -> tuple[Values, Values]:
    """Return the net flow of each day, and the years from the earliest, in order of time."""
    flows = _flat(amounts)
    days = np.asarray(dates, dtype="datetime64[D]")
    if days.shape != flows.shape:
        raise FlowsError(f"met {flows.size} amounts and {days.size} dates; wanted as many")
    if flows.size == 0:
        return flows, flows
    when, place = np.unique(days, return_inverse=True)
    return np.bincount(place, weights=flows), years_between(when, when[0].item())


def _rate_above_minus_one(rate: float) -> float:
    if not rate > -1 or not np.isfinite(rate):
        raise FlowsError(f"met a rate of {rate}; wanted a number above -1")
    return rate


def _rates_of(flows: Values, years: Values) -> RatesOfReturn:
    if np.count_nonzero(np.diff(np.sign(flows[flows != 0]))) == 1:
        quick = _quick_rate(flows, years)
        if quick is not None:
            return RatesOfReturn((quick,), 1)
    worth = ExponentialSum.of(flows, years)
    return RatesOfReturn(tuple(_rate_of(force) for force in worth.roots()), worth.sign_changes)


def _quick_rate(flows: Values, years: Values) -> float | None:
    """Return the one rate as pyxirr finds it, if it leaves nothing over."""
    days = np.datetime64("1970-01-01", "D") + np.rint(years * 365).astype(np.int64)
    whole = np.array_equal(years, np.arange(years.size))
    rate = pyxirr.irr(flows) if whole else pyxirr.xirr(days, flows)
    if rate is None or not -1 < rate < np.exp(LARGEST_FORCE):
        return None
    terms = flows * np.power(1 + rate, -years)
    return float(rate) if abs(terms.sum()) <= EXACT * np.abs(terms).sum() else None


def _rate_of(force: float) -> float:
    """Return the yearly rate of a force of interest (the logarithm of one plus the rate)."""
    if force > LARGEST_FORCE:
        raise NoSolutionError(
            f"the rate of return is e to the power {force:.0f}: too large to write"
        )
    return float(np.expm1(force))
