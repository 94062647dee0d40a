"""What each way of providing a service costs over its whole life, from change-over to exit.

All amounts here are estimates that options are compared by: floats, which nobody is paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError
from convener.methods.money.discounting import (
    GREEN_BOOK,
    RateSchedule,
    discount_factors,
    finite_amounts,
)

Values = NDArray[np.float64]


class WholeLifeError(BadInputError):
    """Lines or options cannot be what was given."""


class Part(StrEnum):
    """The parts of a whole life, each asked for, so that none is forgotten."""

    PURCHASE = "purchase"  # engagement, procurement, legal
    TRANSITION = "transition"  # moving people, staff, data and buildings in
    RUNNING = "running"  # the price of the service itself
    OVERSIGHT = "oversight"  # managing the contract
    VARIATION = "variation"  # changes that experience says will come
    EXIT = "exit"  # handing over to whoever comes next
    ELSEWHERE = "elsewhere"  # cost pushed to other bodies and budgets
    RESIDUAL = "residual"  # what is left at the end: a value, so below zero


@dataclass(frozen=True)
class CostLine:
    """One line of an option: what it costs each year, and how far the estimate is trusted."""

    name: str
    part: Part
    by_year: Sequence[float]  # pounds of one year's prices; year 0 first
    bias: float = 0.0  # share added for optimism


@dataclass(frozen=True)
class WholeLifeCost:
    """An option over its whole life; floats, for comparison."""

    option: str
    by_year: Values  # (n,) as estimated
    with_bias: Values  # (n,) with optimism allowed for
    present: Values  # (n,) with optimism allowed for, and discounted
    by_part: dict[Part, float]  # present cost of each part

    @property
    def total(self) -> float:
        """What all years cost as estimated, without bias or discount."""
        return float(self.by_year.sum())

    @property
    def present_cost(self) -> float:
        """What the whole life costs today: the figure to compare."""
        return float(self.present.sum())

    @property
    def forgotten(self) -> tuple[Part, ...]:
        """Which parts of a life have no line; a part that costs nothing has a line of zeros."""
        return tuple(part for part in Part if part not in self.by_part)


@dataclass(frozen=True)
class Comparison:
    """One option beside the one that goes on as now."""

    option: str
    present_cost: float
    saving: float  # present; below zero it costs more than going on as now
    saving_to_date: Values  # (n,) present, running
    is_false_saving: bool  # saves in its first year and loses over its life


def whole_life_cost(
    option: str, lines: Iterable[CostLine], schedule: RateSchedule = GREEN_BOOK
) -> WholeLifeCost:
    """Return what an option costs over its whole life.

    Parameters
    ----------
    option : name
        How the option is told from others.
    lines : lines of as many years each, at least one
        In prices of one year, without VAT and transfers in an economic case. Costs are positive.
        The lines of the residual part are values, zero or below: bias makes a cost larger and
        a value smaller (at most to nothing).
    schedule : discount rates by years ahead
        As for :func:`convener.methods.money.discounting.discount_factors`.

    Returns
    -------
    the cost
        By year as estimated, with bias, and at present value; and by part. Parts and years
        each add up to the present cost.

    Raises
    ------
    WholeLifeError
        If there are no lines or years, numbers of years differ, a bias is negative, a cost is
        below zero or a residual value above it.
    DiscountingError
        If an amount is missing or not finite.

    References
    ----------
    HM Treasury, The Green Book, chapters 5 and 6; Cabinet Office, The Sourcing Playbook, on
    should-cost models and whole-life cost.
    """
    given = list(lines)
    estimated = _rows(option, given)
    biased = estimated * np.array([[_factor(line)] for line in given])
    present = biased * discount_factors(np.arange(estimated.shape[1]), schedule)
    by_part = {
        part: float(
            sum(row.sum() for row, line in zip(present, given, strict=True) if line.part is part)
        )
        for part in dict.fromkeys(line.part for line in given)
    }
    return WholeLifeCost(
        option, estimated.sum(axis=0), biased.sum(axis=0), present.sum(axis=0), by_part
    )


def compare_options(options: Sequence[WholeLifeCost], *, as_now: str) -> list[Comparison]:
    """Return each option beside going on as now, cheapest first.

    Parameters
    ----------
    options : costs over as many years each
        Of which one is going on as now; it stays in the list to the end.
    as_now : name
        The option that the others are compared with.

    Returns
    -------
    comparisons, by rising present cost, equal ones by name
        With the running saving, so that a saving that turns into a loss shows when it does.

    Raises
    ------
    WholeLifeError
        If the option as now is not there, two have one name, or numbers of years differ.

    References
    ----------
    HM Treasury, The Green Book, chapter 4: business as usual is kept as an option.
    """
    by_name = {cost.option: cost for cost in options}
    if len(by_name) < len(options):
        raise WholeLifeError("two options have one name; wanted a name for each")
    if as_now not in by_name:
        raise WholeLifeError(f"met no option {as_now!r}; wanted one of {sorted(by_name)}")
    if len({cost.present.size for cost in options}) > 1:
        raise WholeLifeError("options run over different numbers of years; wanted the same")
    compared = [_beside(cost, by_name[as_now]) for cost in options]
    return sorted(compared, key=lambda row: (row.present_cost, row.option))


def expected_variation(running: ArrayLike, growth: float) -> Values:
    """Return what changes will add each year if the price grows as such contracts do.

    Parameters
    ----------
    running : (n,) pounds
        The price as offered, by year.
    growth : share a year, > -1
        How much values of comparable contracts grew each year after award, beyond prices in
        general; the market's own measure of growth after award gives it.

    Returns
    -------
    (n,) pounds, floats for comparison
        Zero in year 0, then compounding.

    Raises
    ------
    WholeLifeError
        If the growth is not above -1.
    DiscountingError
        If an amount is missing or not finite.
    """
    offered = finite_amounts(running)
    if not -1 < growth < np.inf:
        raise WholeLifeError(f"met growth of {growth}; wanted a share above -1")
    return np.asarray(offered * (np.power(1 + growth, np.arange(offered.shape[-1])) - 1))


def _rows(option: str, lines: Sequence[CostLine]) -> Values:
    """Return the lines as rows of a table, years as columns."""
    if len({len(line.by_year) for line in lines}) != 1 or len(lines[0].by_year) == 0:
        raise WholeLifeError(f"the lines of {option} are not of as many years, at least one each")
    rows = finite_amounts([line.by_year for line in lines])
    for line, row in zip(lines, rows, strict=True):
        is_value = line.part is Part.RESIDUAL
        if (row > 0 if is_value else row < 0).any():
            wanted = "zero or below" if is_value else "zero or above"
            raise WholeLifeError(f"{line.name} ({line.part}) of {option} is not {wanted}")
    return rows


def _factor(line: CostLine) -> float:
    """Return what optimism multiplies a line by."""
    if not 0 <= line.bias < np.inf:
        raise WholeLifeError(f"met a bias of {line.bias} on {line.name}; wanted 0 or more")
    return max(0.0, 1 - line.bias) if line.part is Part.RESIDUAL else 1 + line.bias


def _beside(cost: WholeLifeCost, as_now: WholeLifeCost) -> Comparison:
    running = np.cumsum(as_now.present - cost.present)
    saving = float(running[-1])
    return Comparison(
        cost.option, cost.present_cost, saving, running, bool(running[0] > 0 > saving)
    )
