"""Which of many findings to follow, so that few of those followed are false."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError


class DiscoveryError(BadInputError):
    """The chances cannot be what was given."""


@dataclass(frozen=True, eq=False)  # arrays have no one answer to whether they are equal
class Discoveries:
    """Which findings to follow."""

    adjusted: NDArray[np.float64]
    """The lowest rate at which each would be followed; NaN where it is not known."""

    found: NDArray[np.bool_]
    """Which are followed at the rate asked for."""


def false_discovery(
    p_values: ArrayLike, *, rate: float = 0.05, dependent: bool = False
) -> Discoveries:
    """Return which of many providers stand out, with few expected to do so by chance.

    Parameters
    ----------
    p_values : (n,) probability, 0 to 1
        The chance, for each provider, of a finding at least so extreme if it were like all.
        NaN is a provider not known: it keeps its place and counts for nothing.
    rate : share, 0 < rate < 1
        What share of those found may be expected to be false.
    dependent : yes or no
        Whether the findings may hang together in any way (the stricter rule of Benjamini and
        Yekutieli), rather than be independent or rise and fall together.

    Returns
    -------
    Discoveries
        Adjusted chances, and who is found.

    Raises
    ------
    DiscoveryError
        If a chance or the rate is out of range.

    References
    ----------
    Benjamini and Hochberg (1995), "Controlling the false discovery rate", Journal of the Royal
    Statistical Society B 57(1), page 293. Benjamini and Yekutieli (2001), Annals of
    Statistics 29(4), theorem 1.3.

    Examples
    --------
    >>> false_discovery([0.01, 0.04, 0.03, 0.5], rate=0.1).found.tolist()
    [True, True, True, False]
    """
    chances = np.asarray(p_values, dtype=np.float64).ravel()
    known = ~np.isnan(chances)
    given = chances[known]
    if ((given < 0) | (given > 1)).any():
        raise DiscoveryError("met a chance outside 0 to 1; wanted probabilities")
    if not 0 < rate < 1:
        raise DiscoveryError(f"met a rate of {rate:g}; wanted a share between 0 and 1")
    adjusted = np.full(chances.size, np.nan)
    adjusted[known] = _adjusted(given, dependent=dependent)
    return Discoveries(adjusted, adjusted <= rate)


def _adjusted(chances: NDArray[np.float64], *, dependent: bool) -> NDArray[np.float64]:
    order = np.argsort(chances)
    place = np.arange(1, chances.size + 1)
    factor = (1 / place).sum() if dependent else 1.0
    stepped = chances[order] * factor * chances.size / place
    adjusted = np.empty(chances.size)
    # From the largest down: a finding is never adjusted above one with a larger chance.
    adjusted[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1)
    return adjusted
