"""Estimates with standard errors, drawn towards their common mean: the normal model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError
from convener.methods.leagues.effect_league import EffectLeague, mixed_effects

Floats = NDArray[np.float64]
Prior = Literal["shrinkage", "flat"]

POINTS = 201  # spreads that the posterior is summed over
DROP = 30.0  # a posterior at exp(-30) of its top no longer matters
REACH = 14.0  # how far a spread may lie from the standard errors, as a logarithm
FLAT_NEEDS = 3  # estimates, or a flat prior of the spread gives no posterior
STEIN_NEEDS = 4  # estimates, or drawing them to their own mean does not pay


def normal_normal(
    estimates: ArrayLike, errors: ArrayLike, *, prior: Prior = "shrinkage"
) -> EffectLeague:
    """Return what is known of each provider's effect where effects are normal over providers.

    The mean over providers has a flat prior and is integrated exactly, their standard deviation
    on a grid.

    Parameters
    ----------
    estimates : (k,) effect
        As measured. NaN: not known.
    errors : (k,) effect, > 0
        Their standard errors, held to be known. NaN: not known.
    prior : ``shrinkage`` or ``flat``
        Of the standard deviation over providers. Under ``shrinkage`` the share that the common
        mean has in the estimate of a provider of typical error (the harmonic mean of squares) is
        uniform, which is proper for any number of providers; ``flat`` needs three.

    Returns
    -------
    EffectLeague
        With the whole posterior.

    Raises
    ------
    BadInputError
        If the arrays do not match, one is infinite, an error is not above zero, nobody has an
        estimate, the prior is unknown, or fewer than three estimates meet a flat prior.

    References
    ----------
    Rubin (1981), "Estimation in parallel randomized experiments", Journal of Educational
    Statistics 6(4). Gelman and others (2013), Bayesian Data Analysis, 3rd edition, section 5.4.
    Daniels (1999), Canadian Journal of Statistics 27(3), the uniform shrinkage prior.
    """
    raw, scored, value, variance = _measured(estimates, errors)
    if prior not in {"shrinkage", "flat"}:
        raise BadInputError(f'met the prior {prior!r}; wanted "shrinkage" or "flat"')
    if prior == "flat" and value.size < FLAT_NEEDS:
        message = f"met {value.size} estimates; a flat prior of their spread needs {FLAT_NEEDS}"
        raise BadInputError(message)
    typical = 1 / float((1 / variance).mean())

    def posterior(log_spread: Floats) -> Floats:
        total = variance[:, None] + np.exp(2 * log_spread)
        precision = (1 / total).sum(axis=0)
        centre = (value[:, None] / total).sum(axis=0) / precision
        misfit = ((value[:, None] - centre) ** 2 / total).sum(axis=0)
        seen = -(np.log(total).sum(axis=0) + np.log(precision) + misfit) / 2
        if prior == "flat":
            return np.asarray(seen + log_spread)
        return np.asarray(seen + 2 * log_spread - 2 * np.log(typical + np.exp(2 * log_spread)))

    at = np.log(typical) / 2
    log_spread, weight = _summed(posterior, at - REACH, at + REACH)
    return mixed_effects(raw, scored, (value, variance), np.exp(log_spread), weight)


def dersimonian_laird(
    estimates: ArrayLike, errors: ArrayLike
) -> tuple[float, float, float, float]:
    """Return the variance of effects over providers by moments, and their common mean.

    Parameters
    ----------
    estimates : (k,) effect
        As measured. NaN: not known, left out.
    errors : (k,) effect, > 0
        Their standard errors.

    Returns
    -------
    variance (>= 0), mean, standard error of the mean, and Cochran's Q
        The variance is 0 where the estimates differ no more than their errors explain; that says
        nothing of how large it may be.

    Raises
    ------
    BadInputError
        If the arrays do not match, one is infinite, or an error is not above zero.

    References
    ----------
    DerSimonian and Laird (1986), "Meta-analysis in clinical trials", Controlled Clinical Trials
    7(3), section 3.
    """
    _, _, value, variance = _measured(estimates, errors)
    weight = 1 / variance
    centre = float(weight @ value / weight.sum())
    misfit = float(weight @ (value - centre) ** 2)
    room = float(weight.sum() - weight @ weight / weight.sum())
    between = max(0.0, (misfit - (value.size - 1)) / room) if value.size > 1 else 0.0
    total = 1 / (variance + between)
    mean = float(total @ value / total.sum())
    return between, mean, float(1 / np.sqrt(total.sum())), misfit


def james_stein(estimates: ArrayLike, variance: float) -> tuple[Floats, float]:
    """Return estimates of equal precision, drawn to their mean as far as chance explains.

    Parameters
    ----------
    estimates : (k,) effect, k >= 4
        As measured.
    variance : squared effect, > 0
        Of each, held to be known.

    Returns
    -------
    (k,) effect, and share 0 to 1
        The drawn estimates, and how much of its distance from the mean each keeps: never below
        nought (the positive part), so that no estimate crosses the mean.

    Raises
    ------
    BadInputError
        If there are fewer than four, one is not finite, or the variance is not above zero.

    References
    ----------
    Efron and Morris (1977), "Stein's paradox in statistics", Scientific American 236(5).
    """
    value = np.asarray(estimates, dtype=np.float64)
    if value.ndim != 1 or value.size < STEIN_NEEDS:
        raise BadInputError(f"met {value.size} estimates; wanted {STEIN_NEEDS} at least")
    if not (np.isfinite(value).all() and np.isfinite(variance) and variance > 0):
        raise BadInputError("estimates are finite and their variance is above zero")
    around = value - value.mean()
    scatter = float(around @ around)
    kept = max(0.0, 1 - (value.size - 3) * variance / scatter) if scatter > 0 else 0.0
    return value.mean() + kept * around, kept


def _measured(
    estimates: ArrayLike, errors: ArrayLike
) -> tuple[Floats, NDArray[np.bool_], Floats, Floats]:
    """Return the estimates, who has one, and values and variances of those."""
    raw = np.atleast_1d(np.asarray(estimates, dtype=np.float64))
    error = np.atleast_1d(np.asarray(errors, dtype=np.float64))
    if raw.shape != error.shape or raw.ndim != 1:
        raise BadInputError(f"met {raw.shape} estimates and {error.shape} errors; wanted as many")
    scored = ~(np.isnan(raw) | np.isnan(error))
    if not scored.any():
        raise BadInputError(
            "nobody has an estimate with its error, so there is nothing to compare"
        )
    value, spread = raw[scored], error[scored]
    if not (np.isfinite(value).all() and np.isfinite(spread).all() and (spread > 0).all()):
        raise BadInputError("estimates are finite, and errors are finite and above zero")
    return np.where(scored, raw, np.nan), scored, value, spread**2


def _summed(
    posterior: Callable[[Floats], Floats], low: float, high: float
) -> tuple[Floats, Floats]:
    """Return the points of an even grid over the hill of a posterior, and their weights."""
    for _ in range(8):
        points = np.linspace(low, high, POINTS)
        value = posterior(points)
        kept = np.flatnonzero(value > value.max() - DROP)
        below, above = points[max(kept[0] - 1, 0)], points[min(kept[-1] + 1, POINTS - 1)]
        settled = above - below > (high - low) / 2
        low, high = below, above
        if settled:
            break
    weight = np.exp(value - value.max())
    kept = np.flatnonzero(weight > 0)
    return points[kept], weight[kept] / weight[kept].sum()
