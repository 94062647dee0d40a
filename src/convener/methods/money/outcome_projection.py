"""What an outcome contract is expected to bring in, period by period, before anyone is paid.

Expected outcomes and amounts are floats: a plan, not a payment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError

Values = NDArray[np.float64]


class ProjectionError(BadInputError):
    """A plan of cohorts cannot be what was given."""


@dataclass(frozen=True)
class Projection:
    """Outcomes and income by cohort, metric and period; floats, for planning."""

    outcomes: Values  # (cohorts, metrics, periods) expected count
    earned: Values  # (cohorts, metrics, periods) pounds after the taper, before the cap
    paid: Values  # (periods,) pounds after the cap

    @property
    def over_cap(self) -> float:
        """What good work beyond the cap would have earned."""
        return float(self.earned.sum() - self.paid.sum())


def project_income(
    starts: ArrayLike,
    chance: ArrayLike,
    delay: ArrayLike,
    price: ArrayLike,
    *,
    taper: ArrayLike | None = None,
    cap: float = np.inf,
) -> Projection:
    """Return the income that cohorts are expected to bring.

    Parameters
    ----------
    starts : (c,) people, >= 0
        How many start in each period; the people of one period are one cohort.
    chance : (c, m) or (m,) outcomes a person, >= 0
        How often each metric is expected to be achieved.
    delay : (m, d) shares, rows sum to at most 1
        When, from the period of the start on: none, one, two periods later and so on. What is
        missing to 1 is never claimed.
    price : (c, m) or (m,) pounds, >= 0
        What an outcome earns, by the cohort's own tariff.
    taper : (k, 2) outcomes of a cohort and metric, share of the price, or nothing
        From so many outcomes on, this share; the first row starts at 0.
    cap : pounds, >= 0
        The most that is paid over the whole contract.

    Returns
    -------
    projection over c + d - 1 periods
        The last cohort is followed to its end.

    Raises
    ------
    ProjectionError
        If shapes do not fit, something is negative or missing, a delay sums to more than 1, or
        the taper does not start at 0 and rise.

    Notes
    -----
    Caps for each person need persons: see
    :func:`convener.methods.money.outcome_payments.pay_outcomes`. With whole outcomes both agree.
    """
    people, delays = _given(starts, 1, "starts"), _given(delay, 2, "delays")
    shape = (people.size, delays.shape[0])
    if (delays.sum(axis=1) > 1 + 1e-9).any():
        raise ProjectionError("a delay sums to more than 1; wanted shares of the outcomes")
    if not cap >= 0:
        raise ProjectionError(f"met a cap of {cap}; wanted 0 or more")
    each = people[:, None] * _spread(chance, shape, "chances")
    outcomes = np.zeros((*shape, people.size + delays.shape[1] - 1))
    for cohort in range(people.size):
        outcomes[cohort, :, cohort : cohort + delays.shape[1]] = each[cohort, :, None] * delays
    earned = _tapered(outcomes, taper) * _spread(price, shape, "prices")[..., None]
    to_date = np.minimum(np.cumsum(earned.sum(axis=(0, 1))), cap)
    return Projection(outcomes, earned, np.diff(to_date, prepend=0.0))


def _tapered(outcomes: Values, taper: ArrayLike | None) -> Values:
    """Return outcomes counted at the share of the price that each earns."""
    if taper is None:
        return outcomes
    steps = _given(taper, 2, "taper steps")
    if steps.shape[1] != 2 or steps[0, 0] != 0:  # noqa: PLR2004 - pairs
        raise ProjectionError("a taper is pairs of count and share, the first from 0 on")
    if (np.diff(steps[:, 0]) <= 0).any() or (steps[:, 1] > 1).any():
        raise ProjectionError("the counts of a taper rise, and its shares are at most 1")
    to_date = np.cumsum(outcomes, axis=-1)
    widths = np.diff(steps[:, 0], append=np.inf)
    within = np.clip(to_date[..., None] - steps[:, 0], 0, widths)
    return np.asarray(np.diff(within @ steps[:, 1], axis=-1, prepend=0.0))


def _given(values: ArrayLike, dimensions: int, what: str) -> Values:
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != dimensions or 0 in given.shape:
        raise ProjectionError(f"met {what} of shape {given.shape}; wanted {dimensions} dimensions")
    if not np.isfinite(given).all() or (given < 0).any():
        raise ProjectionError(f"one of the {what} is missing or negative; wanted 0 or more")
    return given


def _spread(values: ArrayLike, shape: tuple[int, int], what: str) -> Values:
    """Return values by cohort and metric: the same for all cohorts where only metrics have any."""
    given = np.asarray(values, dtype=np.float64)
    if given.shape not in {shape, shape[1:]}:
        message = f"met {what} of shape {given.shape}; wanted {shape} or {shape[1:]}"
        raise ProjectionError(message)
    return np.broadcast_to(_given(given, given.ndim, what), shape)
