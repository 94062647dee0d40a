"""Observed against expected: each provider beside the average for cases like its own.

This is indirect standardisation. Two providers with different cases are each compared with that
average, and so not with one another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from convener.base.errors import BadInputError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Standardised:
    """Observed and expected by provider: NaN where nothing was expected.

    Attributes
    ----------
    cases, observed, expected : (k,)
        Of each provider.
    ratio, low, high : (k,) ratio
        Observed over expected, and its exact Poisson interval for a fixed expected count.
    """

    cases: NDArray[np.int64]
    observed: Floats
    expected: Floats
    ratio: Floats
    low: Floats
    high: Floats


def standardise(
    provider: ArrayLike,
    observed: ArrayLike,
    expected: ArrayLike,
    *,
    providers: int,
    level: float = 0.95,
) -> Standardised:
    """Sum cases by provider, and compare what was seen with what was to be expected.

    Parameters
    ----------
    provider : (n,) position, 0 <= provider < providers
        Whose each case was.
    observed : (n,) count
        Events in each case.
    expected : (n,) expected events, >= 0
        As a risk model gives them. A case that is NaN here or in ``observed`` is left out of both.
    providers : count, >= 1
        How many there are, those without cases too.
    level : chance, 0 < level < 1
        Of the interval.

    Returns
    -------
    Standardised
        A ratio above 1 is more than expected for cases like these. A provider with nothing
        expected has no ratio.

    Raises
    ------
    BadInputError
        If lengths differ, a provider is not there, a number is negative or infinite, or a
        provider has events where none were to be expected.

    References
    ----------
    Ulm (1990), "A simple method to calculate the confidence interval of a standardized mortality
    ratio", American Journal of Epidemiology 131(2).
    """
    who = np.asarray(provider)
    seen, hoped = np.asarray(observed, np.float64), np.asarray(expected, np.float64)
    _check_sums(who, seen, hoped, providers, level)
    known = ~(np.isnan(seen) | np.isnan(hoped))
    cases = np.bincount(who[known], minlength=providers)
    total = np.bincount(who[known], weights=seen[known], minlength=providers)
    due = np.bincount(who[known], weights=hoped[known], minlength=providers)
    if (impossible := (due == 0) & (total > 0)).any():
        place = int(impossible.argmax())
        raise BadInputError(f"provider {place} has {total[place]:g} events and none expected")
    scale = np.where(due > 0, due, np.nan)
    tail = (1 - level) / 2
    low = np.where(total > 0, chi2.ppf(tail, np.maximum(2 * total, 1)) / 2, 0.0)
    high = chi2.ppf(1 - tail, 2 * (total + 1)) / 2
    return Standardised(cases, total, due, total / scale, low / scale, high / scale)


def _check_sums(
    who: NDArray[np.int64], seen: Floats, hoped: Floats, providers: int, level: float
) -> None:
    if not (who.ndim == 1 and who.shape == seen.shape == hoped.shape):
        message = f"met {who.shape} providers, {seen.shape} observed and {hoped.shape} expected"
        raise BadInputError(f"{message}; wanted one of each for every case")
    if providers < 1 or not 0 < level < 1:
        raise BadInputError(f"met {providers} providers and a level of {level}")
    if not np.issubdtype(who.dtype, np.integer) or (who.size and not _within(who, providers)):
        raise BadInputError(f"providers are positions from 0 to {providers - 1}")
    for values in (seen, hoped):
        if np.isinf(values).any() or (values < 0).any():
            raise BadInputError("observed and expected are finite and not negative")


def _within(who: NDArray[np.int64], providers: int) -> bool:
    return bool(who.min() >= 0 and who.max() < providers)
