"""Exact limits of a funnel: how far chance alone takes a count from what was expected."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy import special

from convener.base.errors import BadInputError
from convener.methods.charts.gamma_quantile import lower_quantile, upper_quantile

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

MOST = 1e12  # beyond it, whole numbers are no longer told apart safely


class FunnelError(BadInputError):
    """The figures of a funnel cannot be what was given."""


def poisson_limits(expected: ArrayLike, *, level: float = 0.998, form: str = "tail") -> Pair:
    """Return the exact limits of observed over expected, for counts of events.

    Parameters
    ----------
    expected : (n,) events, >= 0
        How many each provider would have if it were like all. NaN is a provider not known.
    level : share, 0 < level < 1
        How often a provider like all lies within.
    form : ``tail`` or ``interval``
        ``tail``: a count lies outside where a count at least so extreme has a chance below
        (1 - level) / 2; between whole counts the limit runs smoothly. ``interval``: the exact
        interval about a mean of a count that equals the expected one, the custom of several
        registers; it calls no event at all an outlier at any size, so use it from five
        expected events upward.

    Returns
    -------
    two of (n,) ratio, >= 0
        Lower and upper limits; NaN where nothing was expected or nothing is known.

    Raises
    ------
    FunnelError
        If an expected count is below 0 or above 1e12, or the level or the form cannot be.

    References
    ----------
    Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in
    Medicine 24, appendix A.1 (its interpolation; the upper limit is mirrored here, so that
    both sides ask for the same chance). Garwood (1936), Biometrika 28(3/4), for ``interval``.
    """
    mean = sizes_of(expected, "expected events")
    tail = tail_of(level)
    if form not in {"tail", "interval"}:
        raise FunnelError(f'met the form "{form}"; wanted "tail" or "interval"')
    mean = np.where(mean > 0, mean, np.nan)
    if form == "interval":
        return lower_quantile(mean, tail) / mean, upper_quantile(mean + 1, tail) / mean
    deviation, skew = np.sqrt(mean), 1 / np.sqrt(mean)
    low = _guess(mean, deviation, skew, special.ndtri(tail), np.inf)
    high = _guess(mean, deviation, skew, -special.ndtri(tail), np.inf)
    lower = _count_below(
        low, special.gammaincc(low + 1, mean), _poisson_chance(low, mean), mean, mean * 0, tail
    )
    upper = _count_above(
        high, _poisson_tail(high, mean), _poisson_chance(high, mean), mean, mean * 0, tail
    )
    return lower / mean, upper / mean


def binomial_limits(trials: ArrayLike, target: float, *, level: float = 0.998) -> Pair:
    """Return the exact limits of events over trials, for proportions.

    Parameters
    ----------
    trials : (n,) count, >= 0
        How often the event could have been at each provider. NaN is a provider not known.
    target : proportion, 0 to 1
        The proportion of a provider like all.
    level : share, 0 < level < 1
        How often a provider like all lies within.

    Returns
    -------
    two of (n,) proportion, 0 to 1
        Lower and upper limits: a proportion lies outside where one at least so extreme has a
        chance below (1 - level) / 2. NaN where there were no trials or nothing is known.

    Raises
    ------
    FunnelError
        If the trials are out of range or not whole, or the target or the level is out of range.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, appendix A.1, with the upper limit mirrored:
    the limits of failures are the mirror of those of successes.
    """
    number = whole(sizes_of(trials, "trials"), "trials")
    tail = tail_of(level)
    if not 0 <= target <= 1:
        raise FunnelError(f"met a target of {target:g}; wanted a proportion, 0 to 1")
    number = np.where(number > 0, number, np.nan)
    if target in {0, 1}:
        same = number * 0 + target
        return same, same
    lower = _binomial_lower(number, target, tail)
    upper = number - _binomial_lower(number, 1 - target, tail)
    return lower / number, upper / number


def whole(counts: Floats, what: str) -> Floats:
    """Return counts as they are, if all that are known are whole."""
    if np.any(counts != np.floor(counts), where=~np.isnan(counts)):
        raise FunnelError(f"met {what} that are not whole; wanted counts")
    return counts


def sizes_of(given: ArrayLike, what: str) -> Floats:
    """Return what was given as numbers of 0 or more, NaN where it is not known."""
    sizes = np.asarray(given, dtype=np.float64).ravel()
    if (sizes > MOST).any() or (sizes < 0).any():
        raise FunnelError(f"met {what} below 0 or above {MOST:g}; wanted counts between")
    return sizes


def tail_of(level: float) -> float:
    """Return the chance that is left on each side of a level."""
    if not 0 < level < 1:
        raise FunnelError(f"met a level of {level:g}; wanted a share between 0 and 1")
    return (1 - level) / 2


def _guess(
    mean: Floats, deviation: Floats, skew: Floats, z: float, most: Floats | float
) -> Floats:
    """Return about where a quantile lies, by the expansion of Cornish and Fisher."""
    near = mean + deviation * (z + (z * z - 1) * skew / 6) - 0.5
    return np.asarray(np.clip(np.round(near), 0, most), dtype=np.float64)


def _poisson_chance(count: Floats, mean: Floats) -> Floats:
    logarithm = special.xlogy(count, mean) - mean - special.gammaln(count + 1)
    return np.asarray(np.exp(logarithm), dtype=np.float64)


def _poisson_tail(count: Floats, mean: Floats) -> Floats:
    """Return the chance of so many events or more."""
    more = special.gammainc(np.maximum(count, 1), mean)
    return np.where(count > 0, more, 1.0)


def _binomial_lower(trials: Floats, target: float, tail: float) -> Floats:
    mean, rest = trials * target, 1 - target
    deviation = np.sqrt(mean * rest)
    guess = _guess(mean, deviation, (rest - target) / deviation, special.ndtri(tail), trials - 1)
    fewer = special.betainc(trials - guess, guess + 1, rest)
    chance = np.exp(
        special.gammaln(trials + 1)
        - special.gammaln(guess + 1)
        - special.gammaln(trials - guess + 1)
        + guess * np.log(target)
        + (trials - guess) * np.log1p(-target)
    )
    odds = np.full_like(trials, target / rest)
    below: Floats = _count_below(guess, fewer, chance, trials * odds, odds, tail)
    return below


# Both families of counts step from one chance to the next by (a - b count) / (count + 1), where
# b is 0 for Poisson: so one walk, which a good guess keeps to a step or two, serves both.


@njit(cache=True)
def _count_below(
    count: Floats, fewer: Floats, chance: Floats, a: Floats, b: Floats, tail: float
) -> Floats:  # pragma: no cover  # compiled
    limit = np.empty_like(count)
    for i in range(count.size):
        at, total, here = count[i], fewer[i], chance[i]
        while total < tail:
            here *= (a[i] - b[i] * at) / (at + 1)
            at += 1
            total += here
        while at > 0 and total - here >= tail:
            total -= here
            here *= at / (a[i] - b[i] * (at - 1))
            at -= 1
        limit[i] = max(0.0, at - (total - tail) / here)
    return limit


@njit(cache=True)
def _count_above(
    count: Floats, more: Floats, chance: Floats, a: Floats, b: Floats, tail: float
) -> Floats:  # pragma: no cover  # compiled
    limit = np.empty_like(count)
    for i in range(count.size):
        at, total, here = count[i], more[i], chance[i]
        while total < tail:
            here *= at / (a[i] - b[i] * (at - 1))
            at -= 1
            total += here
        while total - here >= tail:
            total -= here
            here *= (a[i] - b[i] * at) / (at + 1)
            at += 1
        limit[i] = at + (total - tail) / here
    return limit
