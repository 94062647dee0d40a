"""How long charts run until an alarm, and where to set the limit that gives a wanted run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from convener.base.errors import NoSolutionError
from convener.methods.charts.cusum import ChartError, odds_of
from convener.methods.charts.cusum_chain import (
    Steps,
    centred,
    chance_of_alarm,
    mean_run,
    steps_of,
    tail_of_evidence,
    without_grid,
)

Floats = NDArray[np.float64]

GRIDS = (600, 1_200)  # cells up to the limit
TAIL_GRIDS = (1_000, 2_000)
TAIL_ROOM = 12.0  # evidence this much above the highest asked for has a chance below exp(-12)
LOWEST, HIGHEST = 1e-4, 64.0  # between them every limit of use lies
LONGEST = 1e9  # cases; beyond it rounding would drown the answer
SCARCEST = 1e-9  # a chance; below it rounding would drown the answer
CLOSE = 1e-5
NEAR = 1e-3  # a chance of an alarm is not known so well that a closer limit would say more


def average_run_length(
    limit: float,
    risk: ArrayLike,
    *,
    frequency: ArrayLike | None = None,
    odds_ratio: float = 2.0,
    true_odds_ratio: float = 1.0,
) -> float:
    """Return after how many cases, in the mean, a risk-adjusted CUSUM raises its alarm.

    Parameters
    ----------
    limit : log likelihood ratio, > 0
        Where the alarm is raised.
    risk : (k,) probability, 0 < risk < 1
        The chance of failure expected for each kind of case; or for each of many past cases.
    frequency : (k,) share or count, >= 0, or None
        How often each kind comes. None: all alike.
    odds_ratio : ratio, > 0, not 1
        The change that the chart looks for.
    true_odds_ratio : ratio, > 0
        The change that is there. At 1 all is as expected, and every alarm is false.

    Returns
    -------
    cases, >= 1
        The average run length of a chart that starts at 0, within 0.5% of itself; within 2% where
        all cases are of one kind.

    Raises
    ------
    ChartError
        If there is no kind of case, or a number is missing or out of range.
    NoSolutionError
        If the run is longer than 1e9 cases.

    References
    ----------
    Brook and Evans (1972), "An approach to the probability distribution of cusum run length",
    Biometrika 59(3), page 539. Knoth, Wittenberg and Gan (2019), "Risk-adjusted CUSUM charts
    under model error", Statistics in Medicine 38(12), page 2206.
    """
    steps = _steps(risk, frequency, odds_ratio, true_odds_ratio)
    run = _run(steps, _limit(limit))
    if run > LONGEST:
        raise NoSolutionError(f"at a limit of {limit:g} a run is longer than 1e9 cases")
    return run


def limit_for_run_length(
    run_length: float,
    risk: ArrayLike,
    *,
    frequency: ArrayLike | None = None,
    odds_ratio: float = 2.0,
) -> float:
    """Return the limit at which false alarms come so many cases apart in the mean.

    Parameters
    ----------
    run_length : cases, > 1
        The wanted run of a provider at which all is as expected.
    risk, frequency, odds_ratio
        As for :func:`average_run_length`.

    Returns
    -------
    log likelihood ratio, > 0
        The limit.

    Raises
    ------
    ChartError
        As for :func:`average_run_length`, or if the run is 1 or less, or above 1e9.
    NoSolutionError
        If even the lowest limit waits longer: the first case that speaks for a change comes
        later than that.

    References
    ----------
    As for :func:`average_run_length`.
    """
    if not 1 < run_length <= LONGEST:
        raise ChartError(f"met a run of {run_length:g} cases; wanted one above 1, up to 1e9")
    steps = _steps(risk, frequency, odds_ratio, 1.0)
    shortest = 1 / float(steps.chance[steps.move > 0].sum())
    if run_length < shortest:
        message = f"even the lowest limit waits {shortest:.4g} cases, more than {run_length:g}"
        raise NoSolutionError(message)
    return _for_run(steps, run_length)


def false_alarm_chance(
    limit: float,
    cases: int,
    risk: ArrayLike,
    *,
    frequency: ArrayLike | None = None,
    odds_ratio: float = 2.0,
    true_odds_ratio: float = 1.0,
) -> float:
    """Return the chance that a risk-adjusted CUSUM raises an alarm within so many cases.

    Parameters
    ----------
    limit : log likelihood ratio, > 0
        Where the alarm is raised.
    cases : count, >= 0
        The horizon: a year of cases, say.
    risk, frequency, odds_ratio, true_odds_ratio
        As for :func:`average_run_length`. With a true odds ratio that is not 1 it is the chance
        of finding the change in time.

    Returns
    -------
    probability, 0 to 1
        For a chart that starts at 0, within 0.5% of itself; within 2% where all cases are of one
        kind.

    Raises
    ------
    ChartError
        As for :func:`average_run_length`, or if the cases are not a count.

    References
    ----------
    Brook and Evans (1972), Biometrika 59(3), section 4. Sherlaw-Johnson (2005), "A method for
    detecting runs of good and bad clinical outcomes on variable life-adjusted display charts",
    Health Care Management Science 8, for limits by the chance of a false alarm.
    """
    steps = _steps(risk, frequency, odds_ratio, true_odds_ratio)
    return _alarm(steps, _limit(limit), _horizon(cases))


def limit_for_false_alarms(
    chance: float,
    cases: int,
    risk: ArrayLike,
    *,
    frequency: ArrayLike | None = None,
    odds_ratio: float = 2.0,
) -> float:
    """Return the limit at which a false alarm within so many cases has a wanted chance.

    Parameters
    ----------
    chance : probability, 1e-9 <= chance < 1
        How likely an alarm may be for a provider at which all is as expected.
    cases : count, >= 1
        The horizon.
    risk, frequency, odds_ratio
        As for :func:`average_run_length`.

    Returns
    -------
    log likelihood ratio, > 0
        The limit.

    Raises
    ------
    ChartError
        As for :func:`average_run_length`, or if the chance or the cases are out of range.
    NoSolutionError
        If even the lowest limit raises fewer alarms.

    References
    ----------
    As for :func:`false_alarm_chance`.
    """
    if not SCARCEST <= chance < 1:
        raise ChartError(f"met a chance of {chance:g}; wanted one from {SCARCEST:g}, below 1")
    steps, horizon = _steps(risk, frequency, odds_ratio, 1.0), _horizon(cases)
    most = -np.expm1(horizon * np.log1p(-float(steps.chance[steps.move > 0].sum())))
    if chance > most:
        message = f"within {horizon} cases even the lowest limit raises an alarm with a chance"
        raise NoSolutionError(f"{message} of {most:.4g}, less than {chance:g}")
    return _for_alarms(steps, chance, horizon)


def steady_state_chance(
    evidence: ArrayLike,
    risk: ArrayLike,
    *,
    frequency: ArrayLike | None = None,
    odds_ratio: float = 2.0,
) -> Floats:
    """Return how likely evidence so high is at any one moment if all is as expected.

    Parameters
    ----------
    evidence : (n,) log likelihood ratio, >= 0
        Where the charts of many providers stand, run without a limit. NaN gives NaN.
    risk, frequency, odds_ratio
        As for :func:`average_run_length`.

    Returns
    -------
    (n,) probability, 0 to 1
        For :func:`discovery.false_discovery`. Of a chart that has run long; one
        that has just begun reaches less, so the chance is then on the safe side.

    Raises
    ------
    ChartError
        As for :func:`average_run_length`, or if evidence is below 0 or infinite.

    References
    ----------
    Grigg and Spiegelhalter (2008), "An empirical approximation to the null unbounded steady-state
    distribution of the cumulative sum statistic", Technometrics 50(4), page 501.
    """
    steps = _steps(risk, frequency, odds_ratio, 1.0)
    now = np.asarray(evidence, dtype=np.float64).ravel()
    if (now < 0).any() or np.isinf(now).any():
        raise ChartError("met evidence below 0 or infinite; wanted where a chart stands")
    if np.isnan(now).all():
        return now
    top = float(np.nanmax(now)) + TAIL_ROOM
    coarse, fine = (_log_tail(steps, top, cells, now) for cells in TAIL_GRIDS)
    more, less = (steps.spread_by_grid(top, cells) for cells in TAIL_GRIDS)
    tail = without_grid(coarse, fine, added_by_coarse=more, added_by_fine=less)
    return np.exp(np.minimum(tail, 0.0))


def _log_tail(steps: Steps, top: float, cells: int, evidence: Floats) -> Floats:
    tail = tail_of_evidence(steps, top, cells)
    heights = np.linspace(0, top, cells + 1)
    return np.interp(evidence, heights, np.log(np.maximum(tail, 1e-300)))


def _steps(
    risk: ArrayLike, frequency: ArrayLike | None, odds_ratio: float, true_odds_ratio: float
) -> Steps:
    chance = np.asarray(risk, dtype=np.float64).ravel()
    often = np.ones(chance.size) if frequency is None else np.asarray(frequency, dtype=np.float64)
    if chance.size == 0 or often.shape != chance.shape:
        message = f"met {chance.size} risks and {often.size} frequencies; wanted one of each"
        raise ChartError(message)
    if not (chance.min() > 0 and chance.max() < 1):
        raise ChartError("met a risk that is missing or not between 0 and 1, both apart")
    if not (np.isfinite(often).all() and often.min() >= 0 and often.sum() > 0):
        raise ChartError("met frequencies that are missing or below 0, or none above it")
    if not 0 < true_odds_ratio < np.inf:
        raise ChartError(f"met a true odds ratio of {true_odds_ratio:g}; wanted one above 0")
    return steps_of(chance, often / often.sum(), odds_of(odds_ratio), true_odds_ratio)


def _limit(limit: float) -> float:
    if not 0 < limit <= HIGHEST:
        raise ChartError(f"met a limit of {limit:g}; wanted one above 0, up to {HIGHEST:g}")
    return float(limit)


def _horizon(cases: int) -> int:
    if cases < 0 or cases != int(cases):
        raise ChartError(f"met {cases} cases; wanted a count")
    return int(cases)


def _run(steps: Steps, limit: float) -> float:
    """Return the mean run, or a number far above the longest where rounding drowns it."""
    runs = [mean_run(steps, limit, cells) for cells in GRIDS]
    if not 0 < min(runs) <= max(runs) <= 10 * LONGEST:
        return 10 * LONGEST
    return float(np.exp(_without_grid(np.log(runs).tolist(), steps, limit)))


def _alarm(steps: Steps, limit: float, cases: int) -> float:
    chances = [chance_of_alarm(steps, limit, cases, cells) for cells in GRIDS]
    return float(np.clip(_without_grid(chances, steps, limit), 0.0, 1.0))


def _without_grid(figures: Sequence[float], steps: Steps, limit: float) -> float:
    coarse, fine = figures
    more, less = (steps.spread_by_grid(centred(limit, cells), cells) for cells in GRIDS)
    return without_grid(coarse, fine, added_by_coarse=more, added_by_fine=less)


def _for_run(steps: Steps, run_length: float) -> float:
    return _crossing(lambda limit: np.log(_run(steps, limit) / run_length), 2.0, CLOSE)


def _for_alarms(steps: Steps, chance: float, cases: int) -> float:
    wanted = -np.log1p(-chance)

    def scarcer(limit: float) -> float:
        alarm = np.clip(_alarm(steps, limit, cases), SCARCEST / 10, 1 - CLOSE**2)
        return float(np.log(wanted / -np.log1p(-alarm)))

    # False alarms come about as often as one run fits into the cases.
    start = _for_run(steps, float(np.clip(cases / wanted, 1.0, LONGEST)))
    return _crossing(scarcer, start, NEAR)


def _crossing(rising: Callable[[float], float], start: float, close: float) -> float:
    """Return the limit at which what rises with it, about as fast as it, passes 0."""
    height = cache(rising)
    here = max(start, LOWEST)
    beyond, reach = here, 1.5
    while height(here) * height(beyond) > 0:
        here, step = beyond, -reach * height(beyond)
        if here == LOWEST and step < 0:
            return LOWEST
        beyond, reach = max(here + step, LOWEST), 2 * reach
    return float(brentq(height, here, beyond, xtol=close)) if here != beyond else here
