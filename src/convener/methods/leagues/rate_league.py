"""What is known of the rates of many providers: what a model of them returns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError
from convener.methods.leagues.counts import Data
from convener.methods.leagues.hyperparameters import Hyper
from convener.methods.leagues.log_concave import grids
from convener.methods.leagues.mixtures import inverse, quantiles

Floats = NDArray[np.float64]

MOST = 700.0  # beyond which an exponential overflows


@dataclass(frozen=True)
class RateLeague:
    """What is known of each provider's rate, given all.

    Each array is in the order of the input. A provider without cases has no score: NaN, never 0.

    Attributes
    ----------
    scored : (k,) bool
        Who has cases.
    raw : (k,) rate
        As observed.
    mean, sd : (k,) rate
        Of the posterior: the shrunken estimate and how unsure it is.
    shrinkage : (k,) share, 0 to 1
        How much of the estimate is everybody's and not the provider's own.
    hyper : Hyper
        The centre and the spread of all.
    """

    scored: NDArray[np.bool_]
    raw: Floats
    mean: Floats
    sd: Floats
    shrinkage: Floats
    hyper: Hyper
    _data: Data = field(repr=False)
    _nodes: Floats = field(repr=False)
    _is_log: bool = field(repr=False)

    def quantiles(self, levels: ArrayLike) -> Floats:
        """Return the posterior quantiles of each provider's rate: (k, levels)."""
        wanted = np.atleast_1d(np.asarray(levels, dtype=np.float64))
        if wanted.size == 0 or not ((wanted > 0) & (wanted < 1)).all():
            raise BadInputError(f"a quantile lies between 0 and 1, not at {wanted.tolist()}")
        data, weight = self._data, self.hyper.weight
        found = quantiles(
            data.events, self._second(), self._nodes, weight, wanted, is_log=self._is_log
        )
        return data.spread_out(self._rates(found))

    def interval(self, level: float = 0.95) -> Floats:
        """Return the ends of each provider's posterior interval with equal tails: (k, 2)."""
        return self.quantiles([(1 - level) / 2, (1 + level) / 2])

    def draws(self, count: int, *, rng: np.random.Generator) -> Floats:
        """Return independent draws of all rates together: (count, k).

        Rows are exchangeable. Each draws the common parameters first, so that what is unsure of
        all moves all.
        """
        data = self._data
        nodes, rows = falls_on(self.hyper.weight, count, rng=rng)
        drawn = np.empty((count, data.events.size))
        cuts = grids(data.events, self._second(), self._nodes[nodes], is_log=self._is_log)
        for cut, these in zip(cuts, rows, strict=True):
            rates = self._rates(inverse(cut, rng.random((data.events.size, these.size))))
            drawn[these] = rates.T
        return drawn if data.scored.all() else data.spread_out(drawn.T).T

    def _second(self) -> Floats:
        return self._data.sizes if self._is_log else self._data.others

    def _rates(self, values: Floats) -> Floats:
        """Turn values on the log or logit scale into rates, in their place."""
        if self._is_log:
            return np.exp(values, out=values)
        np.negative(values, out=values)
        np.minimum(values, MOST, out=values)
        np.exp(values, out=values)
        values += 1
        return np.reciprocal(values, out=values)


def falls_on(
    weight: Floats, count: int, *, rng: np.random.Generator
) -> tuple[NDArray[np.intp], list[NDArray[np.intp]]]:
    """Return on which points draws fall, each as often as its weight says to within one.

    Parameters
    ----------
    weight : (g,) share
        Of each point.
    count : draws, >= 1
        How many.
    rng : generator
        Where chance comes from.

    Returns
    -------
    points, and rows of each
        The points on which any draw falls, and which draws those are.

    Raises
    ------
    BadInputError
        If there are no draws.

    References
    ----------
    Kitagawa (1996), "Monte Carlo filter and smoother", Journal of Computational and Graphical
    Statistics 5(1), appendix: stratified resampling.
    """
    if count < 1:
        raise BadInputError(f"met {count} draws; wanted one at least")
    marks = (np.arange(count) + rng.random()) / count
    inner = np.searchsorted(marks, np.cumsum(weight)[:-1])
    rows = np.split(rng.permutation(count), inner)
    met = np.flatnonzero([some.size for some in rows])
    return met, [rows[point] for point in met]


def mixed(
    data: Data,
    hyper: Hyper,
    nodes: Floats,
    moments: tuple[Floats, Floats, Floats],
    *,
    is_log: bool,
) -> RateLeague:
    """Return the league in which the nodes are mixed by their weights.

    ``moments`` are what holds at each node, (scored, nodes) each: the mean of the rate, the mean
    of its square, and its shrinkage.
    """
    each, square, shrinkage = moments
    mean = each @ hyper.weight
    around = (each - mean[:, None]) ** 2 + (square - each**2)
    sd = np.sqrt(np.maximum(around @ hyper.weight, 0))
    place = data.spread_out
    return RateLeague(
        scored=data.scored,
        raw=place(data.events / data.sizes),
        mean=place(mean),
        sd=place(sd),
        shrinkage=place(shrinkage @ hyper.weight),
        hyper=hyper,
        _data=data,
        _nodes=np.ascontiguousarray(nodes),
        _is_log=is_log,
    )
