"""What is known of single rates, mixed over what is not known of all: drawn and cut.

The nodes of :mod:`~convener.methods.leagues.log_concave` have weights, and a rate's posterior is
the mixture of its densities at all nodes.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from convener.methods.leagues.log_concave import CELLS, SIDE, Densities, Grid, grid

Floats = NDArray[np.float64]

GUIDE = 64  # entries of the table that leads a draw to its cell
FLAT = 1e-6  # of a density: a line that falls by less over a cell is taken to fall by as much


def inverse(cut: Grid, chance: Floats) -> Floats:
    """Return for each chance the point that has as much of the density's mass below it.

    Parameters
    ----------
    cut : Grid of (units,)
        Of one density for each unit.
    chance : (units, n) share, 0 <= chance < 1
        Uniform numbers give draws.

    Returns
    -------
    (units, n) point, on the log or logit scale
        Within a few thousandths of a standard deviation, a hundredth far out in the tails: draws
        need no more.
    """
    return np.asarray(_inverse(cut.points, cut.density, cut.mass, chance))


def quantiles(
    first: Floats, second: Floats, nodes: Floats, weight: Floats, levels: Floats, *, is_log: bool
) -> Floats:
    """Return the quantiles of each unit's mixture, on its log or logit scale: (units, levels).

    Parameters
    ----------
    first, second, nodes, is_log
        As for :func:`~convener.methods.leagues.log_concave.grids`.
    weight : (nodes,) share
        Of each node.
    levels : (levels,) chance, 0 < level < 1
        That a rate lies below its quantile.
    """
    found = np.empty((first.size, levels.size))
    a, b, c, m = nodes.T
    for unit in range(first.size):
        cut = grid(Densities(first[unit] + a, second[unit] + b, c, m, is_log))
        found[unit] = _quantiles(cut.points, cut.density, cut.mass, weight, levels)
    return found


@njit(cache=True)
def _inverse(points: Floats, density: Floats, mass: Floats, chance: Floats) -> Floats:
    found = np.empty(chance.shape)
    upto = np.empty(CELLS)
    guide = np.empty(GUIDE, np.int64)
    line = np.empty((CELLS, 4))
    for unit in range(chance.shape[0]):
        upto[:] = np.cumsum(mass[:, unit])
        _lead(upto, guide)
        _straighten(points[::2, unit], density[::2, unit], upto, line)
        for place in range(chance.shape[1]):
            wanted = chance[unit, place] * upto[-1]
            cell = guide[int(chance[unit, place] * GUIDE)]
            while upto[cell] < wanted:
                cell += 1
            start, slope, square, growth = line[cell]
            found[unit, place] = start + slope * sqrt(max(square + growth * wanted, 0.0))
    return found


@njit(cache=True)
def _lead(upto: Floats, guide: NDArray[np.int64]) -> None:
    """Fill the table that says in which cell each of equal parts of the mass begins."""
    cell = 0
    for entry in range(GUIDE):
        while upto[cell] < upto[-1] * entry / GUIDE:
            cell += 1
        guide[entry] = cell


@njit(cache=True)
def _straighten(edges: Floats, density: Floats, upto: Floats, line: Floats) -> None:
    """Fill the table that says where in each cell a mass is reached, were the density a line.

    The square of a density that is a line grows evenly with the mass below it. So the density is
    ``sqrt(square + growth * mass)``, and the point, on the same line, ``start + slope * density``.
    """
    below = 0.0
    for cell in range(CELLS):
        low, high = density[cell], density[cell + 1]
        if abs(high - low) <= FLAT * low:
            high = low * (1 + FLAT)
        mass = upto[cell] - below
        growth = (high * high - low * low) / mass if mass > 0 else 0.0
        slope = (edges[cell + 1] - edges[cell]) / (high - low) if high != low else 0.0
        line[cell, 0] = edges[cell] - slope * low
        line[cell, 1] = slope
        line[cell, 2] = low * low - growth * below
        line[cell, 3] = growth
        below = upto[cell]


@njit(cache=True)
def _quantiles(
    points: Floats, density: Floats, mass: Floats, weight: Floats, levels: Floats
) -> Floats:
    share = np.zeros((CELLS + 1, weight.size))  # of each density, below each edge
    for cell in range(CELLS):
        share[cell + 1] = share[cell] + mass[cell]
    share /= share[CELLS]
    found = np.empty(levels.size)
    for level in range(levels.size):
        low, high = points[0].min(), points[2 * CELLS].max()
        x = (weight * points[CELLS]).sum()
        for _ in range(100):
            within, thick = _share_and_density(x, points, density, share, weight)
            if within < levels[level]:
                low = x
            else:
                high = x
            onward = x - (within - levels[level]) / thick if thick > 0 else low - 1
            if not low < onward < high:
                onward = (low + high) / 2
            moved = abs(onward - x)
            x = onward
            if moved < 1e-10 * (1 + abs(x)):
                break
        found[level] = x
    return found


@njit(cache=True)
def _share_and_density(
    x: float, points: Floats, density: Floats, share: Floats, weight: Floats
) -> tuple[float, float]:
    """Return the share of a mixture below a point, and its density there."""
    within, thick = 0.0, 0.0
    for node in range(weight.size):
        if x <= points[0, node]:
            continue
        if x >= points[2 * CELLS, node]:
            within += weight[node]
            continue
        side = 0 if x < points[CELLS, node] else SIDE
        width = (points[2 * (side + SIDE), node] - points[2 * side, node]) / SIDE
        cell = min(side + int((x - points[2 * side, node]) / width), side + SIDE - 1)
        into = (x - points[2 * cell, node]) / width
        held = weight[node] * (share[cell + 1, node] - share[cell, node])
        within += weight[node] * share[cell, node]
        if held > 0:
            low, amid, high = density[2 * cell : 2 * cell + 3, node]
            part, growth = _filled(into, low, amid, high)
            within += held * part
            thick += held * growth / width
    return within, thick


@njit(cache=True)
def _filled(into: float, low: float, amid: float, high: float) -> tuple[float, float]:
    """Return the part of a cell's mass up to a point within it, and its rate of growth there.

    The density in a cell is the parabola through its two ends and its middle, whose mass is what
    Simpson's rule says.
    """
    whole = (low + 4 * amid + high) / 6
    slope = 4 * amid - 3 * low - high
    bend = 2 * (low - 2 * amid + high)
    mass = into * (low + into * (slope / 2 + into * bend / 3))
    return mass / whole, (low + into * (slope + into * bend)) / whole
