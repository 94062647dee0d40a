"""Sequential probability ratio tests: decide as evidence comes, with known chances of error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.methods.charts.cusum import ChartError, log_likelihood_weights

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)  # arrays have no one answer to whether they are equal
class SequentialTest:
    """The evidence so far, and where it first sufficed."""

    path: Floats
    """Summed log likelihood ratio after each case or period."""

    upper: float
    """At or above it, the change is held to be there."""

    lower: float
    """At or below it, the change is held not to be there."""

    alarm_at: int | None
    """Position at which the upper threshold is first reached, unless the lower was before."""

    cleared_at: int | None
    """Position at which the lower threshold is first reached, unless the upper was before."""


def wald_thresholds(*, false_alarm: float, missed: float) -> tuple[float, float]:
    """Return the thresholds that keep the two chances of error.

    Parameters
    ----------
    false_alarm : probability, > 0
        The chance of an alarm where nothing has changed.
    missed : probability, > 0
        The chance of clearing a provider that has changed. The two sum to less than 1.

    Returns
    -------
    two log likelihood ratios
        The lower threshold, below 0, and the upper, above 0.

    Raises
    ------
    ChartError
        If a chance is not above 0 or the two sum to 1 or more.

    References
    ----------
    Wald (1945), "Sequential tests of statistical hypotheses", Annals of Mathematical
    Statistics 16(2), page 117.

    Examples
    --------
    >>> lower, upper = wald_thresholds(false_alarm=0.01, missed=0.01)
    >>> round(lower, 3), round(upper, 3)
    (-4.595, 4.595)
    """
    if not (false_alarm > 0 and missed > 0 and false_alarm + missed < 1):
        message = (
            f"met chances of error of {false_alarm:g} and {missed:g}; "
            "wanted both above 0, with a sum below 1"
        )
        raise ChartError(message)
    upper = np.log1p(-missed) - np.log(false_alarm)
    lower = np.log(missed) - np.log1p(-false_alarm)
    return float(lower), float(upper)


def bernoulli_sprt(
    failed: ArrayLike,
    risk: ArrayLike,
    *,
    odds_ratio: float = 2.0,
    false_alarm: float = 0.01,
    missed: float = 0.01,
) -> SequentialTest:
    """Return the test of changed odds of failure, case by case.

    Parameters
    ----------
    failed, risk
        As for :func:`convener.methods.charts.cusum.cases_of`.
    odds_ratio : ratio, > 0, not 1
        The change looked for.
    false_alarm, missed : probability
        As for :func:`wald_thresholds`.

    Returns
    -------
    SequentialTest
        Unlike a chart that restarts, good times add up to credit that hides a later change:
        use it for one question about one span, and a CUSUM for watching.

    Raises
    ------
    ChartError
        As for :func:`cusum.cases_of`, or if the odds ratio or a chance is out
        of range.

    References
    ----------
    Spiegelhalter, Grigg, Kinsman and Treasure (2003), "Risk-adjusted sequential probability
    ratio tests", International Journal for Quality in Health Care 15(1), pages 7 to 13.
    """
    weights = log_likelihood_weights(failed, risk, odds_ratio=odds_ratio)
    return _decided(weights, false_alarm, missed)


def poisson_sprt(
    observed: ArrayLike,
    expected: ArrayLike,
    *,
    rate_ratio: float = 2.0,
    false_alarm: float = 0.01,
    missed: float = 0.01,
) -> SequentialTest:
    """Return the test of a changed rate of events, period by period.

    Parameters
    ----------
    observed : (n,) count, >= 0
        What happened in each period.
    expected : (n,) events, >= 0
        What was expected in each.
    rate_ratio : ratio, > 0, not 1
        The change looked for: 2 for twice as many events.
    false_alarm, missed : probability
        As for :func:`wald_thresholds`.

    Returns
    -------
    SequentialTest
        The evidence is ln(ratio) times the events so far, less (ratio - 1) times the expected.

    Raises
    ------
    ChartError
        If the lengths differ, a number is missing or out of range, or events happened where
        none were expected.

    References
    ----------
    Spiegelhalter, Grigg, Kinsman and Treasure (2003), "Risk-adjusted sequential probability
    ratio tests", International Journal for Quality in Health Care 15(1), pages 7 to 13.

    Examples
    --------
    >>> poisson_sprt([2, 9, 14], [2.0, 3.9, 4.4]).path.round(2).tolist()
    [-0.61, 1.72, 7.03]
    """
    seen, mean = np.asarray(observed, np.float64).ravel(), np.asarray(expected, np.float64).ravel()
    if seen.size != mean.size:
        raise ChartError(f"met {seen.size} observed and {mean.size} expected; wanted one of each")
    if not (np.isfinite(seen).all() and np.isfinite(mean).all()):
        raise ChartError("met a period that is missing or infinite; wanted it left out, or known")
    if (seen < 0).any() or (mean < 0).any() or (seen != np.floor(seen)).any():
        raise ChartError("met counts that are negative or not whole; wanted events")
    if ((mean == 0) & (seen > 0)).any():
        raise ChartError("met events where none were expected; wanted an expectation for each")
    if not (0 < rate_ratio < np.inf) or rate_ratio == 1:
        raise ChartError(f"met a rate ratio of {rate_ratio:g}; wanted one above 0 that is not 1")
    return _decided(np.log(rate_ratio) * seen - (rate_ratio - 1) * mean, false_alarm, missed)


def first_crossing(path: ArrayLike, threshold: float) -> int | None:
    """Return the position at which a path first reaches a threshold.

    Parameters
    ----------
    path : (n,) evidence
        As a test or a chart returns it.
    threshold : evidence
        What is to be reached.

    Returns
    -------
    position, or None
        None where the path stays below.
    """
    reached = np.asarray(path) >= threshold
    return int(np.argmax(reached)) if reached.any() else None


def _decided(weights: Floats, false_alarm: float, missed: float) -> SequentialTest:
    lower, upper = wald_thresholds(false_alarm=false_alarm, missed=missed)
    path = np.cumsum(weights)
    alarm, cleared = first_crossing(path, upper), first_crossing(-path, -lower)
    if alarm is not None and cleared is not None:
        alarm, cleared = (alarm, None) if alarm < cleared else (None, cleared)
    return SequentialTest(path, upper, lower, alarm, cleared)
