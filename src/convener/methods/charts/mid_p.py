"""The exact chance of a count at least so extreme, with half the chance of the count itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]


def poisson_mid_p(observed: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Return the chance of so few events, and of so many.

    Parameters
    ----------
    observed : (n,) count, >= 0
        What happened. NaN gives NaN.
    expected : (n,) events, > 0
        The mean under chance alone.

    Returns
    -------
    two of (n,) probability, 0 to 1
        Lower and upper chance, which sum to 1; twice the smaller is the two-sided value.

    References
    ----------
    Lancaster (1961), "Significance tests in discrete distributions", Journal of the American
    Statistical Association 56, page 223.
    """
    fewer = np.where(observed == 0, 0.0, special.gammaincc(np.maximum(observed, 1), expected))
    more = np.where(observed == 0, 1.0, special.gammainc(np.maximum(observed, 1), expected))
    fewer_or_same = special.gammaincc(observed + 1, expected)
    more_than = special.gammainc(observed + 1, expected)
    return (fewer + fewer_or_same) / 2, (more + more_than) / 2


def binomial_mid_p(events: Floats, trials: Floats, target: float) -> tuple[Floats, Floats]:
    """Return the chance of so few events in so many trials, and of so many.

    Parameters
    ----------
    events : (n,) count, 0 <= events <= trials
        What happened. NaN gives NaN.
    trials : (n,) count, > 0
        How often it could have happened.
    target : proportion, 0 to 1
        How likely it was each time under chance alone.

    Returns
    -------
    two of (n,) probability, 0 to 1
        Lower and upper chance, which sum to 1; twice the smaller is the two-sided value.

    References
    ----------
    Lancaster (1961), as for :func:`poisson_mid_p`.
    """
    misses = trials - events
    upper = (_at_least(events, misses, target) + _more_than(events, misses, target)) / 2
    lower = (_at_least(misses, events, 1 - target) + _more_than(misses, events, 1 - target)) / 2
    return lower, upper


def _at_least(hits: Floats, misses: Floats, chance: float) -> Floats:
    some = special.betainc(np.maximum(hits, 1), misses + 1, chance)
    return np.where(hits == 0, 1.0, some)


def _more_than(hits: Floats, misses: Floats, chance: float) -> Floats:
    some = special.betainc(hits + 1, np.maximum(misses, 1), chance)
    return np.where(misses == 0, 0.0, some)


def normal_score(tails: tuple[Floats, Floats]) -> Floats:
    """Return the standard normal score that has the same chance on the nearer side.

    Parameters
    ----------
    tails : two of (n,) probability
        The chance of so little, and of so much.

    Returns
    -------
    (n,) standard score
        Below 0 where there is less than expected; infinite where the chance is 0.
    """
    lower, upper = tails
    return np.asarray(np.where(upper < lower, -special.ndtri(upper), special.ndtri(lower)))
