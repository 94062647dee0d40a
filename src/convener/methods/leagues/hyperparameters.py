"""Integration over what the units of a league have in common: a spread and a centre.

Both live on a scale from minus to plus infinity. A posterior of them is smooth and has one hill,
whose place and size nobody knows beforehand, so it is found first and then summed on an even grid
over it: for a smooth function that vanishes at both ends nothing converges faster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LogPosterior = Callable[[Floats, Floats], Floats]

DROP = 14.0  # a posterior at exp(-14) of its top no longer matters
LOOK = 15  # spreads looked at while the hill is found
LOOK_ACROSS = 17  # centres looked at for each of them
SPREADS = 28  # spreads of the final grid
CENTRES = 14  # centres of the final grid, for each spread
NEGLIGIBLE = 1e-6  # of the greatest weight
SETTLED = 0.85  # looking stops when a closer look keeps more than this of the range


@dataclass(frozen=True)
class Hyper:
    """What the units have in common, as points with weights.

    ``centre`` is the mean of all units on the scale of their rate or effect (for
    :func:`shrinkage.logit_normal` on the logit scale), ``spread`` how much they
    differ, in the terms of the model; ``weight`` sums to 1.
    """

    centre: Floats
    spread: Floats
    weight: Floats

    def mean(self, values: Floats) -> float:
        """Return the posterior mean of a function of the points, given as its values."""
        return float(self.weight @ values)

    def sd(self, values: Floats) -> float:
        """Return the posterior standard deviation of a function of the points."""
        around = values - self.mean(values)
        return float(np.sqrt(self.weight @ (around * around)))

    def median(self, values: Floats) -> float:
        """Return the posterior median of a function of the points, to within their spacing."""
        order = np.argsort(values)
        middle = np.cumsum(self.weight[order]) - self.weight[order] / 2
        return float(np.interp(0.5, middle, values[order]))


@dataclass(frozen=True)
class Grid:
    """Points on the two open scales, with normalised weights."""

    spread: Floats
    centre: Floats
    weight: Floats


def integrate(
    posterior: LogPosterior, spreads: tuple[float, float], centres: tuple[float, float]
) -> Grid:
    """Return the points that carry a posterior of spread and centre.

    Parameters
    ----------
    posterior : function of (s,) spreads and (s, c) centres, giving (s, c)
        The logarithm of the posterior density on both open scales, up to a constant.
    spreads, centres : two numbers, ascending
        Where the hill may lie.

    Returns
    -------
    Grid
        Some hundred points; those without weight are left out.
    """
    spread, low, high = _found(posterior, spreads, centres)
    step = np.linspace(0, 1, CENTRES)
    centre = low[:, None] + (high - low)[:, None] * step
    value = posterior(spread, centre)
    weight = np.exp(value - value.max()) * (high - low)[:, None]
    kept = weight > NEGLIGIBLE * weight.max()
    total = weight[kept].sum()
    flat = np.broadcast_to(spread[:, None], centre.shape)
    return Grid(flat[kept], centre[kept], weight[kept] / total)


def _found(
    posterior: LogPosterior, spreads: tuple[float, float], centres: tuple[float, float]
) -> tuple[Floats, Floats, Floats]:
    """Return the spreads of the final grid, and for each the lower and upper centre."""
    low, high = spreads
    for _ in range(12):
        spread = np.linspace(low, high, LOOK)
        left, right, best = _across(posterior, spread, centres)
        first, last = _kept(best[None, :])
        below, above = spread[max(first[0] - 1, 0)], spread[min(last[0] + 1, LOOK - 1)]
        settled = above - below > SETTLED * (high - low)
        low, high = below, above
        rows = slice(max(first[0] - 1, 0), last[0] + 2)
        centres = float(left[rows].min()), float(right[rows].max())
        if settled:
            break
    final = np.linspace(low, high, SPREADS)
    left, right, _ = _across(posterior, final, centres)
    return final, left, right


def _across(
    posterior: LogPosterior, spread: Floats, centres: tuple[float, float]
) -> tuple[Floats, Floats, Floats]:
    """Return for each spread the range of centres that matter, and the height of the best."""
    low, high = np.full(spread.size, centres[0]), np.full(spread.size, centres[1])
    rows = np.arange(spread.size)
    for _ in range(20):
        centre = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, LOOK_ACROSS)
        value = posterior(spread, centre)
        first, last = _kept(value)
        below = centre[rows, np.maximum(first - 1, 0)]
        above = centre[rows, np.minimum(last + 1, LOOK_ACROSS - 1)]
        settled = (above - below > SETTLED * (high - low)).all()
        low, high = below, above
        if settled:
            break
    return low, high, value.max(axis=1)


def _kept(value: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return in each row the first and last place that is not far below its top."""
    kept = value > value.max(axis=1, keepdims=True) - DROP
    return kept.argmax(axis=1), value.shape[1] - 1 - kept[:, ::-1].argmax(axis=1)
