"""Charts that raise an alarm when a provider's failures run beyond what its cases explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError

Floats = NDArray[np.float64]
Units = NDArray[np.int64]


class ChartError(BadInputError):
    """The cases of a chart cannot be what was given."""


@dataclass(frozen=True, eq=False)  # arrays have no one answer to whether they are equal
class Cases:
    """Cases that were checked: what happened, what was expected, and whose each is."""

    failed: NDArray[np.bool_]
    risk: Floats
    unit: Units


@dataclass(frozen=True, eq=False)  # arrays have no one answer to whether they are equal
class Chart:
    """A chart of evidence, case by case."""

    path: Floats
    """The evidence after each case of its provider; at an alarm, what raised it."""

    alarm: NDArray[np.bool_]
    """Where the evidence reached the limit; the provider's next case starts from 0 again."""


def cases_of(failed: ArrayLike, risk: ArrayLike, unit: ArrayLike | None = None) -> Cases:
    """Return cases as arrays that can be charted.

    Parameters
    ----------
    failed : (n,) bool, or 0 and 1
        Whether each case failed, in the order the cases ended.
    risk : (n,) probability, 0 < risk < 1
        The chance of failure expected for each case before it began.
    unit : (n,) number of a provider, 0 <= unit < n, or None
        Whose case each is; providers may take turns. None: all are one provider's.

    Returns
    -------
    Cases
        The same, as arrays of their types.

    Raises
    ------
    ChartError
        If the lengths differ, an outcome is missing or is not yes or no, a risk is missing or
        out of range, or a provider's number is.
    """
    outcome, chance = np.asarray(failed), np.asarray(risk, dtype=np.float64)
    if outcome.ndim != 1 or outcome.shape != chance.shape:
        message = (
            f"met outcomes of {outcome.shape} and risks of {chance.shape}; wanted two of (n,)"
        )
        raise ChartError(message)
    if outcome.dtype != np.bool_ and not np.isin(outcome, (0, 1)).all():
        raise ChartError("met an outcome that is not yes or no; wanted a case left out, or known")
    if chance.size and not (chance.min() > 0 and chance.max() < 1):
        raise ChartError(_bad_risk(chance))
    return Cases(outcome.astype(np.bool_, copy=False), chance, _units(unit, chance.size))


def log_likelihood_weights(
    failed: ArrayLike, risk: ArrayLike, *, odds_ratio: float = 2.0
) -> Floats:
    """Return what each case says for changed odds of failure against those expected.

    Parameters
    ----------
    failed, risk
        As for :func:`cases_of`.
    odds_ratio : ratio, > 0, not 1
        The change looked for: 2 for odds twice as bad, 0.5 for odds twice as good.

    Returns
    -------
    (n,) log likelihood ratio
        Above 0 where the case speaks for the change.

    Raises
    ------
    ChartError
        As for :func:`cases_of`, or if the odds ratio is out of range.

    References
    ----------
    Steiner, Cook, Farewell and Treasure (2000), "Monitoring surgical performance using
    risk-adjusted cumulative sum charts", Biostatistics 1(4), section 2.
    """
    cases, ratio = cases_of(failed, risk), odds_of(odds_ratio)
    return np.asarray(np.log(ratio) * cases.failed - _spared(cases.risk, ratio), dtype=np.float64)


def risk_adjusted_cusum(
    failed: ArrayLike,
    risk: ArrayLike,
    *,
    odds_ratio: float = 2.0,
    limit: float | None = None,
    unit: ArrayLike | None = None,
) -> Chart:
    """Return the running evidence that failures are more, or less, likely than expected.

    Parameters
    ----------
    failed, risk, unit
        As for :func:`cases_of`. Many providers are charted in one call.
    odds_ratio : ratio, > 0, not 1
        How much worse (above 1) or better (below 1) the odds of failure must be to matter.
    limit : log likelihood ratio, > 0, or None
        Where the alarm is raised, after which the chart restarts at 0. Without one the chart
        only runs. See :func:`convener.methods.charts.run_length.limit_for_run_length`.

    Returns
    -------
    Chart
        The evidence, 0 or more, and the alarms.

    Raises
    ------
    ChartError
        As for :func:`cases_of`, or if the odds ratio or the limit is out of range.

    References
    ----------
    Steiner, Cook, Farewell and Treasure (2000), "Monitoring surgical performance using
    risk-adjusted cumulative sum charts", Biostatistics 1(4), section 2.

    Examples
    --------
    >>> chart = risk_adjusted_cusum([0, 1, 1], [0.1, 0.1, 0.1], limit=1.0)
    >>> chart.path.round(3).tolist(), chart.alarm.tolist()
    ([0.0, 0.598, 1.196], [False, False, True])
    """
    cases, ratio = cases_of(failed, risk, unit), odds_of(odds_ratio)
    if limit is not None and not limit > 0:
        raise ChartError(f"met a limit of {limit:g}; wanted one above 0")
    top = np.inf if limit is None else float(limit)
    spared = _spared(cases.risk, ratio)
    path, alarm = _run(cases.failed, spared, cases.unit, np.log(ratio), top)
    return Chart(path, alarm)


def vlad(failed: ArrayLike, risk: ArrayLike, *, unit: ArrayLike | None = None) -> Floats:
    """Return how many failures fewer than expected there were so far.

    Parameters
    ----------
    failed, risk, unit
        As for :func:`cases_of`.

    Returns
    -------
    (n,) failures
        The variable life-adjusted display: expected less observed, summed over the cases of
        the provider so far. It rises while things go better than expected, and says nothing
        of chance: read it beside an alarm chart.

    Raises
    ------
    ChartError
        As for :func:`cases_of`.

    References
    ----------
    Lovegrove, Valencia, Treasure, Sherlaw-Johnson and Gallivan (1997), "Monitoring the results
    of cardiac surgery by variable life-adjusted display", Lancet 350, page 1128.
    """
    cases = cases_of(failed, risk, unit)
    total: Floats = _sum_by_unit(cases.failed, cases.risk, cases.unit)
    return total


def odds_of(odds_ratio: float) -> float:
    """Return an odds ratio that a chart can look for."""
    if not (0 < odds_ratio < np.inf) or odds_ratio == 1:
        message = f"met an odds ratio of {odds_ratio:g}; wanted one above 0 that is not 1"
        raise ChartError(message)
    return float(odds_ratio)


def _spared(risk: Floats, ratio: float) -> Floats:
    """Return what a case without failure takes off."""
    return np.asarray(np.log(1 + risk * (ratio - 1)), dtype=np.float64)


def _units(unit: ArrayLike | None, count: int) -> Units:
    if unit is None:
        return np.zeros(count, dtype=np.int64)
    units = np.asarray(unit)
    if units.shape != (count,) or (count and units.dtype.kind not in "iu"):
        message = f"met providers of {units.shape} {units.dtype}; wanted {count} whole numbers"
        raise ChartError(message)
    if count and not (units.min() >= 0 and units.max() < count):
        raise ChartError(f"met a provider's number outside 0 to {count - 1}; wanted them counted")
    return units.astype(np.int64, copy=False)


def _bad_risk(risk: Floats) -> str:
    place = int(np.argmin((risk > 0) & (risk < 1)))
    return f"met a risk of {risk[place]:g} at case {place}; wanted one between 0 and 1, both apart"


@njit(cache=True)
def _run(
    failed: NDArray[np.bool_], spared: Floats, unit: Units, raised: float, limit: float
) -> tuple[Floats, NDArray[np.bool_]]:  # pragma: no cover  # compiled
    path = np.empty(spared.size)
    alarm = np.zeros(spared.size, dtype=np.bool_)
    now = np.zeros(unit.max() + 1 if unit.size else 0)
    for i in range(spared.size):
        evidence = max(now[unit[i]] + raised * failed[i] - spared[i], 0.0)
        path[i] = evidence
        if evidence >= limit:
            alarm[i], evidence = True, 0.0
        now[unit[i]] = evidence
    return path, alarm


@njit(cache=True)
def _sum_by_unit(
    failed: NDArray[np.bool_], risk: Floats, unit: Units
) -> Floats:  # pragma: no cover  # compiled
    path = np.empty(risk.size)
    now = np.zeros(unit.max() + 1 if unit.size else 0)
    for i in range(risk.size):
        now[unit[i]] += risk[i] - failed[i]
        path[i] = now[unit[i]]
    return path
