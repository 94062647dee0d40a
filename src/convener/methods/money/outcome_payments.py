"""What is paid for outcomes: prices by cohort, tapers by volume, caps, and thresholds.

Every amount is paid to someone, so it is a Decimal of whole pence. One rule rounds: an amount that
a taper scales is rounded to the nearest penny, half a penny up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError
from convener.base.periods import FINANCIAL_YEAR, YEAR
from convener.methods.money.apportionment import pence, pounds

Group = Literal["person", "metric", "cohort", "band", "year", "financial-year"]
Key = tuple[str, ...]


class OutcomePaymentsError(BadInputError):
    """A rate card, a cap or an outcome cannot be what was given."""


@dataclass(frozen=True)
class Outcome:
    """One outcome that was verified for one person."""

    key: str  # unique, so that nothing is paid twice
    person: str  # a pseudonym
    metric: str
    cohort: str
    started_on: date  # fixes the price
    achieved_on: date
    band: str = ""  # of need, fixed at assessment

    def group(self, by: Group) -> str:
        """Return which group the outcome falls in; years are those of its achievement."""
        if by == "year":
            return YEAR.label(self.achieved_on)
        if by == "financial-year":
            return FINANCIAL_YEAR.label(self.achieved_on)
        value: str = getattr(self, by)
        return value


@dataclass(frozen=True)
class Price:
    """What one outcome earns for people who started on a day or later, until the next price."""

    metric: str
    since: date
    amount: Decimal
    band: str = ""


@dataclass(frozen=True)
class Taper:
    """What share of the price the outcomes of a cohort earn, by their number in order of time.

    ``steps`` are pairs (after so many, share from the next one on). A first share of 0 is a
    baseline: what would have happened anyway is not paid for.
    """

    name: str
    metric: str
    steps: tuple[tuple[int, Decimal], ...]

    def __post_init__(self) -> None:
        """Refuse steps that leave an outcome without a share."""
        starts = [after for after, _ in self.steps]
        if not starts or starts[0] != 0 or any(np.diff(starts) <= 0):
            raise OutcomePaymentsError(f"{self.name} steps after {starts}; wanted 0, then rising")
        if not all(0 <= share <= 1 for _, share in self.steps):
            raise OutcomePaymentsError(f"a share of {self.name} is not between 0 and 1")

    def share(self, number: int) -> Decimal:
        """Return the share for an outcome by its number in its cohort, counted from 1."""
        return [share for after, share in self.steps if number > after][-1]


@dataclass(frozen=True)
class Cap:
    """The most that is paid, or the most outcomes that are paid for, in each group.

    No groups make a cap of the whole contract. A metric confines it to outcomes of that metric.
    """

    name: str
    per: tuple[Group, ...]
    amount: Decimal | None = None
    count: int | None = None
    metric: str | None = None

    def __post_init__(self) -> None:
        """Refuse a cap that caps nothing."""
        if (self.amount is None) == (self.count is None):
            raise OutcomePaymentsError(f"{self.name} has not one of an amount and a count")
        if self.limit < 0:
            raise OutcomePaymentsError(f"{self.name} is below zero; wanted 0 or more")

    @cached_property
    def limit(self) -> int:
        """The most pence, or outcomes."""
        return self.count if self.count is not None else pence(self.amount or Decimal(0))


@dataclass(frozen=True)
class Reduction:
    """What one named rule took off the price of an outcome."""

    rule: str
    amount: Decimal


@dataclass(frozen=True)
class Payment:
    """What is paid for one outcome, and why it is not more."""

    outcome: Outcome
    price: Decimal
    paid: Decimal
    reductions: tuple[Reduction, ...]


def price_of(outcome: Outcome, card: Iterable[Price]) -> Decimal:
    """Return the price of an outcome: the one in force when the person started.

    Raises
    ------
    OutcomePaymentsError
        If the card had no price for it then.
    """
    fits = [
        price
        for price in card
        if (price.metric, price.band) == (outcome.metric, outcome.band)
        and price.since <= outcome.started_on
    ]
    if not fits:
        band = f" in band {outcome.band!r}" if outcome.band else ""
        message = f"the card has no price of {outcome.metric!r}{band} on {outcome.started_on}"
        raise OutcomePaymentsError(message)
    return max(fits, key=lambda price: price.since).amount


def pay_outcomes(
    outcomes: Iterable[Outcome],
    card: Sequence[Price],
    *,
    tapers: Sequence[Taper] = (),
    caps: Sequence[Cap] = (),
) -> list[Payment]:
    """Return what is paid for each outcome.

    Outcomes are taken in order of the day they were achieved, those of one day by key, whatever
    order they come in; so the same outcomes always earn the same pence, and a later one never
    changes what an earlier one earned. The price comes first, then the taper, then each cap in
    the order given; an outcome that meets a cap is paid the part below it.

    Parameters
    ----------
    outcomes : verified outcomes, each with its own key
        From all claims on the contract so far.
    card : prices, by metric, band and start
        A price of 0 is a price.
    tapers : at most one for each metric
        Applied to the number of the outcome in its cohort and metric.
    caps : any number
        A cap by count counts outcomes that are paid something.

    Returns
    -------
    payments, in the order in which outcomes were taken
        Price less reductions is what is paid, to the penny; no cap is ever exceeded.

    Raises
    ------
    OutcomePaymentsError
        If two outcomes have one key, two tapers one metric, one was achieved before it started,
        a price is negative, or the card has no price.
    BadInputError
        If a price or cap is not in whole pence.

    References
    ----------
    The rules are those that outcome contracts in Britain share; see the Work Programme (2011)
    and the Innovation Fund (2012) in the page on outcome contracts.
    """
    tapered = {taper.metric: taper for taper in tapers}
    if len(tapered) < len(tapers):
        raise OutcomePaymentsError("two tapers are for one metric; wanted one at most")
    ordered = sorted(outcomes, key=lambda outcome: (outcome.achieved_on, outcome.key))
    _check_outcomes(ordered)
    seen: dict[Key, int] = defaultdict(int)
    used: dict[tuple[str, Key], int] = defaultdict(int)
    return [
        _pay(outcome, card, tapered.get(outcome.metric), caps, (seen, used)) for outcome in ordered
    ]


def paid_by_date(payments: Iterable[Payment], *, lag_days: int = 0) -> dict[date, Decimal]:
    """Return what is paid on each day that has any, so many days after the outcome."""
    sums: dict[date, int] = defaultdict(int)
    for payment in payments:
        sums[payment.outcome.achieved_on + timedelta(days=lag_days)] += pence(payment.paid)
    return {on: pounds(total) for on, total in sorted(sums.items()) if total}


def sustained_periods(held: ArrayLike, length: int) -> NDArray[np.int64]:
    """Return at which weeks a sustained outcome can be claimed.

    Parameters
    ----------
    held : (n,) bool
        Whether the condition held in each week, all of it: in work and off benefit.
    length : weeks, >= 1
        How many weeks without a break make one claim; a break starts the count anew, and the
        weeks of one claim do not count for the next.

    Returns
    -------
    (k,) positions, 0 to n - 1
        The last week of each claim.

    Raises
    ------
    OutcomePaymentsError
        If a claim has no weeks.

    Examples
    --------
    >>> sustained_periods([True, True, False, True, True, True, True], 2).tolist()
    [1, 4, 6]
    """
    if length < 1:
        raise OutcomePaymentsError(f"met claims of {length} weeks; wanted 1 or more")
    weeks = np.asarray(held, dtype=bool).ravel()
    place = np.arange(weeks.size)
    broken = np.maximum.accumulate(np.where(weeks, -1, place)) if weeks.size else place
    run = place - broken
    return np.flatnonzero(weeks & (run % length == 0))


def fall(treated: Fraction | Decimal | int, compared: Fraction | Decimal | int) -> Fraction:
    """Return by what share events are fewer than in the group compared with, exactly.

    Raises
    ------
    OutcomePaymentsError
        If the group compared with had no events.
    """
    if compared <= 0:
        raise OutcomePaymentsError("the group compared with had no events; wanted above zero")
    return 1 - Fraction(treated) / Fraction(compared)


@dataclass(frozen=True)
class Threshold:
    """How far events must fall for a bond to pay: in one cohort, or else over all at the end."""

    one_cohort: Decimal
    all_cohorts: Decimal


@dataclass(frozen=True)
class ThresholdResult:
    """Whether a bond pays, and on what."""

    cohorts: tuple[bool, ...]  # whether each one pays on its own
    at_end: bool | None  # whether all pay together; None while the end is not known

    @property
    def pays(self) -> bool:
        """Whether anything is paid."""
        return any(self.cohorts) or bool(self.at_end)


def meets_threshold(
    falls: Sequence[Fraction | Decimal],
    threshold: Threshold,
    *,
    pooled: Fraction | Decimal | None = None,
) -> ThresholdResult:
    """Return whether falls in events are large enough to be paid for.

    Parameters
    ----------
    falls : (n,) shares, <= 1, exact
        Of each cohort that is finished. Exact, since a fall of just the threshold pays.
    threshold : the two falls that are wanted
        At or above them is paid.
    pooled : share, <= 1, exact
        Over all cohorts at the end, once it is known.

    Returns
    -------
    result
        The end pays only if no cohort paid on its own.

    Raises
    ------
    OutcomePaymentsError
        If a fall is above 1, or a float, which cannot tell 0.1 from just below it.

    References
    ----------
    Ministry of Justice (2014 and 2017), Peterborough social impact bond: final results of cohort
    1 and of cohort 2.
    """
    for share in [*falls, *([] if pooled is None else [pooled])]:
        if isinstance(share, float) or share > 1:
            raise OutcomePaymentsError(
                f"met a fall of {share!r}; wanted an exact share of at most 1"
            )
    cohorts = tuple(share >= threshold.one_cohort for share in falls)
    if pooled is None:
        return ThresholdResult(cohorts, None)
    return ThresholdResult(cohorts, not any(cohorts) and pooled >= threshold.all_cohorts)


def _check_outcomes(ordered: Sequence[Outcome]) -> None:
    seen: set[str] = set()
    for outcome in ordered:
        if outcome.key in seen:
            raise OutcomePaymentsError(f"outcome {outcome.key} is given twice; wanted once")
        if outcome.achieved_on < outcome.started_on:
            raise OutcomePaymentsError(f"outcome {outcome.key} was achieved before its start")
        seen.add(outcome.key)


def _pay(
    outcome: Outcome,
    card: Iterable[Price],
    taper: Taper | None,
    caps: Sequence[Cap],
    counts: tuple[dict[Key, int], dict[tuple[str, Key], int]],
) -> Payment:
    """Return the payment of the next outcome in order, and count it."""
    seen, used = counts
    price = pence(price_of(outcome, card))
    if price < 0:
        raise OutcomePaymentsError(f"the price of {outcome.metric!r} is below zero")
    reductions: list[Reduction] = []
    due = price
    seen[outcome.metric, outcome.cohort] += 1
    if taper is not None:
        share = taper.share(seen[outcome.metric, outcome.cohort])
        due = _less(due, _nearest(price * share), taper.name, reductions)
    applies = [cap for cap in caps if cap.metric in {None, outcome.metric}]
    groups = [(cap.name, tuple(outcome.group(by) for by in cap.per)) for cap in applies]
    for cap, group in zip(applies, groups, strict=True):
        left = cap.limit - used[group]
        room = left if cap.count is None else due * (left > 0)
        due = _less(due, min(due, room), cap.name, reductions)
    for cap, group in zip(applies, groups, strict=True):
        used[group] += due if cap.count is None else due > 0
    return Payment(outcome, pounds(price), pounds(due), tuple(reductions))


def _less(due: int, allowed: int, rule: str, reductions: list[Reduction]) -> int:
    """Return what a rule allows, noting what it took off."""
    if allowed < due:
        reductions.append(Reduction(rule, pounds(due - allowed)))
    return allowed


def _nearest(exact: Decimal) -> int:
    """Return whole pence nearest to an amount in pence, half a penny up."""
    return int(exact + Decimal("0.5"))
