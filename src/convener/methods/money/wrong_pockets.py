"""Who pays for a joint service and who gains by it, and what would put it right.

What bodies pay, and the transfers between them, are Decimal to the penny. What they gain is an
estimate of value, which sets shares and is paid to nobody: floats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from convener.base.errors import BadInputError, NoSolutionError
from convener.methods.money.apportionment import apportion, pence, pounds
from convener.methods.money.discounting import GREEN_BOOK, RateSchedule, present_value

ZERO = Decimal("0.00")


class WrongPocketsError(BadInputError):
    """What bodies pay or gain cannot be what was given."""


@dataclass(frozen=True)
class Pocket:
    """One body's side of the service."""

    body: str
    paid: Decimal  # over all years
    gained: float  # present value over all years
    paid_share: float  # 0 to 1
    gained_share: float  # 0 to 1
    transfers: tuple[Decimal, ...]  # by year: what it should be paid; below zero, what it owes

    @property
    def wrong_pocket(self) -> float:
        """Its share of the cost less its share of the gain: above zero it pays for others."""
        return self.paid_share - self.gained_share

    @property
    def transfer(self) -> Decimal:
        """What would put it right over all years."""
        return sum(self.transfers, ZERO)

    @property
    def to_date(self) -> tuple[Decimal, ...]:
        """By year, what it is owed so far."""
        return tuple(sum(self.transfers[: year + 1], ZERO) for year in range(len(self.transfers)))


def wrong_pockets(
    paid: Mapping[str, Sequence[Decimal]],
    gained: Mapping[str, Sequence[float]],
    schedule: RateSchedule = GREEN_BOOK,
) -> list[Pocket]:
    """Return who pays and who gains, and the transfers after which each pays as it gains.

    The cost so far is split each year in proportion to what each body gains over the whole life,
    at present value. A year's transfer is what a body paid less its part of the cost that year,
    so that transfers sum to zero across bodies in every year, and add up to the penny over years.

    Parameters
    ----------
    paid : body to (n,) pounds, whole pence, >= 0
        What each body puts in, by year.
    gained : body to (n,) pounds, >= 0 over the whole life
        What each body's budget gains, by year; one year below zero is allowed. A body that loses
        over the whole life bears a cost: enter what it loses as paid, where everyone sees it.
    schedule : discount rates by years ahead
        To weigh gains of different years.

    Returns
    -------
    pockets, in the order of the names
        Of every body that pays or gains; one that is named on one side only has nothing on the
        other.

    Raises
    ------
    WrongPocketsError
        If numbers of years differ, an amount paid is negative, or a body loses over its life.
    NoSolutionError
        If nobody pays or nobody gains, so that there are no shares.
    BadInputError
        If an amount paid is not in whole pence.

    References
    ----------
    HM Treasury (2014), "Supporting public service transformation: cost benefit analysis guidance
    for local partnerships", on fiscal benefits by agency. The rounding is by largest remainder.
    """
    bodies = sorted({*paid, *gained})
    years = _years([*paid.values(), *gained.values()])
    costs = {body: [pence(cost) for cost in paid.get(body, [ZERO] * years)] for body in bodies}
    gains = {
        body: float(present_value(gained.get(body, [0.0] * years), None, schedule))
        for body in bodies
    }
    _check(costs, gains)
    charges = _charges([sum(each) for each in zip(*costs.values(), strict=True)], gains)
    all_paid, all_gained = sum(map(sum, costs.values())), sum(gains.values())
    return [
        Pocket(
            body,
            pounds(sum(costs[body])),
            gains[body],
            sum(costs[body]) / all_paid,
            gains[body] / all_gained,
            tuple(
                pounds(cost) - charge
                for cost, charge in zip(costs[body], charges[body], strict=True)
            ),
        )
        for body in bodies
    ]


def _charges(costs: Sequence[int], gains: Mapping[str, float]) -> dict[str, list[Decimal]]:
    """Return what each body would pay each year if it paid as it gains."""
    to_date = [apportion(pounds(int(cost)), gains) for cost in np.cumsum(costs, dtype=object)]
    return {
        body: [
            now[body] - before.get(body, ZERO)
            for before, now in zip([{}, *to_date[:-1]], to_date, strict=True)
        ]
        for body in gains
    }


def _years(rows: Sequence[Sequence[Decimal] | Sequence[float]]) -> int:
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or 0 in lengths:
        message = f"met {sorted(lengths)} years; wanted as many for each body, at least one"
        raise WrongPocketsError(message)
    return lengths.pop()


def _check(costs: Mapping[str, Sequence[int]], gains: Mapping[str, float]) -> None:
    for body in costs:
        if min(costs[body]) < 0:
            raise WrongPocketsError(f"{body} pays less than nothing; wanted 0 or more each year")
        if gains[body] < 0:
            message = f"{body} loses over the whole life; enter what it loses as paid"
            raise WrongPocketsError(message)
    if not any(map(any, costs.values())):
        raise NoSolutionError("nobody pays, so that there are no shares of the cost")
    if not any(gains.values()):
        raise NoSolutionError("nobody gains, so that there is nothing to share the cost by")
