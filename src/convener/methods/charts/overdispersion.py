"""Over-dispersion: how far providers differ beyond chance, with the extremes held back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError

Floats = NDArray[np.float64]
NEAR = 1e-9  # ranks over counts are compared with shares that binary numbers do not hold
FEWEST = 2  # one provider alone cannot show how providers differ
HALF = 0.5  # both ends together are never all
TRIMS = ("truncate", "winsorise", "none")


class OverdispersionError(BadInputError):
    """Over-dispersion cannot be estimated from what was given."""


@dataclass(frozen=True)
class Overdispersion:
    """How far providers differ beyond chance."""

    phi: float
    """The mean of the squared scores: 1 where chance explains all."""

    tau2: float
    """The variance between providers on the scale of the funnel: 0 where chance explains all."""

    kept: int
    """How many providers the estimate rests on."""


def overdispersion(
    scores: ArrayLike, errors: ArrayLike, *, trim: str = "truncate", share: float = 0.1
) -> Overdispersion:
    """Return how far providers differ beyond chance.

    Parameters
    ----------
    scores : (n,) standard scores
        How many standard errors each provider lies from the target. NaN is left out.
    errors : (n,) standard error, > 0
        What chance alone does to each, on the scale of the funnel.
    trim : ``truncate``, ``winsorise`` or ``none``
        What keeps true outliers from widening the limits that should find them: leave the
        extremes out, bring them in to the quantile, or nothing.
    share : proportion, 0 <= share < 0.5
        How much of each end counts as extreme.

    Returns
    -------
    Overdispersion
        The ratio by which to multiply variances, and the variance to add to them.

    Raises
    ------
    OverdispersionError
        If the lengths differ, fewer than two providers are left, an error is not positive, or
        the trim or the share cannot be.

    References
    ----------
    Spiegelhalter (2005), "Handling over-dispersion of performance indicators", Quality and
    Safety in Health Care 14, pages 347 to 351. DerSimonian and Laird (1986), Controlled
    Clinical Trials 7, for the variance between.
    """
    z, error = np.asarray(scores, np.float64).ravel(), np.asarray(errors, np.float64).ravel()
    if z.size != error.size:
        raise OverdispersionError(f"met {z.size} scores and {error.size} errors; wanted as many")
    if trim not in TRIMS or not 0 <= share < HALF:
        message = f'met the trim "{trim}" of {share:g}; wanted one of {TRIMS} of 0 to 0.5'
        raise OverdispersionError(message)
    known = ~np.isnan(z)
    z, error = z[known], error[known]
    if not (error > 0).all():
        raise OverdispersionError("met a standard error that is not above 0")
    if trim == "truncate":
        within = _within(z, share)
        z, error = z[within], error[within]
    elif trim == "winsorise" and z.size:
        z = np.clip(z, *np.quantile(z, [share, 1 - share]))
    if z.size < FEWEST:
        message = f"met {z.size} providers after trimming; wanted {FEWEST} to see how they differ"
        raise OverdispersionError(message)
    phi = float(np.square(z).mean())
    return Overdispersion(phi, _variance_between(phi, error), z.size)


def _within(z: Floats, share: float) -> NDArray[np.bool_]:
    """Return who lies within: rank over (n + 1) from the share up to its complement."""
    place = _ranks(z) / (z.size + 1)
    within: NDArray[np.bool_] = (place >= share - NEAR) & (place < 1 - share - NEAR)
    return within


def _ranks(values: Floats) -> Floats:
    """Return ranks from 1, where equals share their mean rank."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[group], dtype=np.float64)


def _variance_between(phi: float, error: Floats) -> float:
    # Errors of one size are first set to about 1, so that no weight overflows.
    unit = float(error.min())
    weight = np.square(unit / error)
    excess = weight.size * phi - (weight.size - 1)
    information = weight.sum() - np.square(weight).sum() / weight.sum()
    return float(max(0.0, excess / information) * unit**2)
