"""Rates of many providers, each drawn towards what all have in common by as much as it is unsure.

Three models of counts, integrated over what is not known of the providers as a whole, never
sampled by a chain: events among cases (:func:`beta_binomial`, :func:`logit_normal`) and events
against an expected count or an exposure (:func:`gamma_poisson`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, gammaln

from convener.base.errors import BadInputError
from convener.methods.leagues.counts import Data, binomial_data, poisson_data
from convener.methods.leagues.hyperparameters import Hyper, integrate
from convener.methods.leagues.marginals import integrals, laplace
from convener.methods.leagues.rate_league import RateLeague, mixed

Floats = NDArray[np.float64]

FURTHEST = 14.0  # a prior size at exp(14) of a unit's own leaves one part in a million to the rest
SMALLEST = 1e-3  # of a prior size, in cases or expected events
LOGITS = (-45.0, 45.0)
WIDEST = 30.0  # of a spread on the logit scale, where nothing in a rate differs any more


def beta_binomial(
    events: ArrayLike, cases: ArrayLike, *, typical: float | None = None
) -> RateLeague:
    """Return what is known of each provider's rate of events among cases.

    Rates are spread over providers as a beta distribution with mean ``centre`` and a weight of
    ``spread`` cases. The centre has Jeffreys' prior; the share that everybody's rate has in the
    estimate of a provider of ``typical`` size, ``spread / (spread + typical)``, is uniform. Both
    are proper, so the answer holds for one provider, for none or all events, and where providers
    do not differ.

    Parameters
    ----------
    events : (k,) count, 0 <= events <= cases
        How often the event was seen. NaN: not known.
    cases : (k,) count, >= 0
        How often it could have been. NaN: not known.
    typical : cases, > 0
        The size of a typical provider; the median where not given.

    Returns
    -------
    RateLeague
        ``hyper.centre`` is a rate, ``hyper.spread`` a number of cases: small where providers
        differ much.

    Raises
    ------
    BadInputError
        If the arrays do not match, a count is negative, not whole or infinite, there are more
        events than cases, or nobody has cases.

    References
    ----------
    Daniels (1999), "A prior for the variance in hierarchical models", Canadian Journal of
    Statistics 27(3), section 2, the uniform shrinkage prior. Gelman and others (2013), Bayesian
    Data Analysis, 3rd edition, section 5.3, the model.
    """
    data = binomial_data(events, cases)
    size = _typical(typical, data.sizes)
    successes, again = np.unique(data.events, return_counts=True)
    failures, again_not = np.unique(data.sizes - data.events, return_counts=True)
    every, again_all = np.unique(data.sizes, return_counts=True)

    def posterior(spread: Floats, centre: Floats) -> Floats:
        weight = size * np.exp(spread)[:, None]
        alpha, beta = weight * expit(centre), weight * expit(-centre)
        data_part = (
            _risen(alpha, successes, again)
            + _risen(beta, failures, again_not)
            - _risen(weight, every, again_all)
        )
        prior = -np.logaddexp(0, centre) + centre / 2
        return np.asarray(data_part + prior + _uniform_shrinkage(spread)[:, None])

    grid = integrate(posterior, _sizes(size), LOGITS)
    weight, centre = size * np.exp(grid.spread), expit(grid.centre)
    nodes = _nodes(weight * centre, weight * expit(-grid.centre))
    alpha = data.events[:, None] + nodes[:, 0]
    total = data.sizes[:, None] + weight
    mean = alpha / total
    square = mean * (alpha + 1) / (total + 1)
    hyper = Hyper(centre, weight, grid.weight)
    return mixed(data, hyper, nodes, (mean, square, weight / total), is_log=False)


def gamma_poisson(
    events: ArrayLike, expected: ArrayLike, *, typical: float | None = None
) -> RateLeague:
    """Return what is known of each provider's rate of events to what was expected.

    Ratios are spread over providers as a gamma distribution with mean ``centre`` and a weight of
    ``spread`` expected events. The centre has Jeffreys' prior; the share that everybody's ratio
    has in the estimate of a provider of ``typical`` size, ``spread / (spread + typical)``, is
    uniform. The answer holds for one provider, for no events, and where providers do not differ.

    Parameters
    ----------
    events : (k,) count, >= 0
        How often the event was seen. NaN: not known.
    expected : (k,) expected events, or any exposure, >= 0
        What the case mix let expect (:mod:`~convener.methods.leagues.case_mix`), or person-years.
        NaN: not known.
    typical : as ``expected``, > 0
        The size of a typical provider; the median where not given.

    Returns
    -------
    RateLeague
        Rates are ratios of observed to expected, or events to one of exposure. ``hyper.centre``
        has so long a tail where providers are few that its median says more than its mean.

    Raises
    ------
    BadInputError
        If the arrays do not match, a count is negative, not whole or infinite, events were seen
        where none could be, or nobody has any exposure.

    References
    ----------
    Christiansen and Morris (1997), "Hierarchical Poisson regression modeling", Journal of the
    American Statistical Association 92, section 2: the model, and a uniform prior for shrinkage.
    """
    data = poisson_data(events, expected)
    size = _typical(typical, data.sizes)
    total = max(float(data.events.sum()), 1.0)
    usual = total / float(data.sizes.sum())
    counts, again = np.unique(data.events, return_counts=True)

    def posterior(spread: Floats, centre: Floats) -> Floats:
        weight = size * np.exp(spread)[:, None]
        alpha = weight * usual * np.exp(centre)
        left = np.log1p(data.sizes / weight).sum(axis=1, keepdims=True)
        taken = (data.events * np.log(weight + data.sizes)).sum(axis=1, keepdims=True)
        data_part = _risen(alpha, counts, again) - alpha * left - taken
        return np.asarray(data_part + centre / 2 + _uniform_shrinkage(spread)[:, None])

    grid = integrate(posterior, _sizes(size), LOGITS)
    weight, centre = size * np.exp(grid.spread), usual * np.exp(grid.centre)
    nodes = _nodes(weight * centre, weight)
    alpha = data.events[:, None] + nodes[:, 0]
    rate = data.sizes[:, None] + weight
    mean = alpha / rate
    square = mean * (alpha + 1) / rate
    hyper = Hyper(centre, weight, grid.weight)
    return mixed(data, hyper, nodes, (mean, square, weight / rate), is_log=True)


def logit_normal(
    events: ArrayLike,
    cases: ArrayLike,
    *,
    precision: tuple[float, float] = (0.001, 0.001),
    centre_sd: float = 1000.0,
) -> RateLeague:
    """Return what is known of each provider's rate where log odds are normal over providers.

    The centre of the log odds is normal about 0; the inverse of their variance has a gamma prior.
    The usual choice of both, which is the default, is vague and suits ten providers or more.

    Parameters
    ----------
    events : (k,) count, 0 <= events <= cases
        How often the event was seen. NaN: not known.
    cases : (k,) count, >= 0
        How often it could have been. NaN: not known.
    precision : shape and rate, both > 0
        Of the gamma prior of one over the variance of the log odds.
    centre_sd : log odds, > 0
        The prior standard deviation of the centre.

    Returns
    -------
    RateLeague
        ``hyper.centre`` and ``hyper.spread`` are the mean and the standard deviation of log odds.
        Shrinkage is that of log odds, at the information that the centre of all would give.

    Raises
    ------
    BadInputError
        As for :func:`beta_binomial`; or if fewer than two providers have both events and cases
        without, where only the prior would speak; or if a prior is not positive.

    References
    ----------
    Spiegelhalter, Thomas, Best and Gilks (1996), BUGS Examples, volume 1, "Surgical": the model
    and its priors. Gelman (2006), "Prior distributions for variance parameters", Bayesian
    Analysis 1(3), section 2.2: why to doubt them where providers are few.
    """
    data = binomial_data(events, cases)
    shape, rate = precision
    _check_vague(data, shape, rate, centre_sd)

    def prior(spread: Floats, centre: Floats) -> Floats:
        inverse = np.exp(-2 * spread)
        of_spread = -2 * shape * spread - rate * inverse - data.events.size * spread
        return np.asarray(of_spread[:, None] - (centre / centre_sd) ** 2 / 2)

    def nodes_at(spread: Floats, centre: Floats) -> Floats:
        inverse = np.broadcast_to(np.exp(-2 * spread)[:, None], centre.shape).ravel()
        nought = np.zeros(centre.size)
        return np.stack([nought, nought, inverse, centre.ravel()], axis=1)

    def nearly(spread: Floats, centre: Floats) -> Floats:
        found = laplace(data.events, data.others, nodes_at(spread, centre))
        return np.asarray(found.reshape(centre.shape) + prior(spread, centre))

    widths = (float(np.log(np.sqrt(rate / 50))), float(np.log(WIDEST)))
    grid = integrate(nearly, widths, LOGITS)
    nodes = nodes_at(grid.spread, grid.centre[:, None])
    exact, mean, square = integrals(data.events, data.others, nodes)
    beside = exact - laplace(data.events, data.others, nodes)
    weight = grid.weight * np.exp(beside - beside.max())
    hyper = Hyper(grid.centre, np.exp(grid.spread), weight / weight.sum())
    known = data.sizes[:, None] * expit(grid.centre) * expit(-grid.centre)
    shrinkage = 1 / (1 + hyper.spread**2 * known)
    return mixed(data, hyper, nodes, (mean, square, shrinkage), is_log=False)


def _typical(given: float | None, sizes: Floats) -> float:
    if given is None:
        return float(np.median(sizes))
    if not (np.isfinite(given) and given > 0):
        raise BadInputError(f"a typical size is above zero, not {given}")
    return float(given)


def _check_vague(data: Data, shape: float, rate: float, centre_sd: float) -> None:
    if not (shape > 0 and rate > 0 and centre_sd > 0):
        raise BadInputError(f"priors are positive, not {shape}, {rate} and {centre_sd}")
    both = int(((data.events > 0) & (data.events < data.sizes)).sum())
    if both < 2:  # noqa: PLR2004 -- a spread needs two
        message = (
            f"{both} of {data.events.size} providers have both events and cases without; wanted"
            " two at least, or the prior alone speaks: use beta_binomial"
        )
        raise BadInputError(message)


def _sizes(typical: float) -> tuple[float, float]:
    """Return how small and how large the logarithm of a relative prior size may be."""
    return min(-FURTHEST, float(np.log(SMALLEST / typical))), FURTHEST


def _uniform_shrinkage(spread: Floats) -> Floats:
    return np.asarray(-np.logaddexp(0, spread) - np.logaddexp(0, -spread))


def _risen(shape: Floats, counts: Floats, again: NDArray[np.intp]) -> Floats:
    """Return the sum over units of the log of ``Gamma(shape + count) / Gamma(shape)``."""
    rises = gammaln(shape[..., None] + counts) - gammaln(shape)[..., None]
    return np.asarray(rises @ again.astype(np.float64))


def _nodes(first: Floats, second: Floats) -> Floats:
    nought = np.zeros(first.size)
    return np.stack([first, second, nought, nought], axis=1)
