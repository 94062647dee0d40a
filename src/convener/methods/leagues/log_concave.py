"""Posteriors of single rates, given what all rates have in common: drawn, cut and integrated.

Given the centre and the spread of all, what is known of one rate has, on its log or logit scale,
one of two densities. For ``a`` Poisson events in an exposure of ``b``, a gamma, its logarithm is
``a x - b exp(x)``. For ``a`` events and ``b`` cases without, it is
``a x - (a + b) log(1 + exp(x)) - c (x - m)^2 / 2``: a beta where ``c`` is nought, otherwise a
binomial likelihood under a normal prior. Both have one top and fall away on both sides, so a grid
from the top down to where nothing matters carries them, with a parabola within each cell.

A *node* is one pair of common parameters, as the row ``(a, b, c, m)`` that it adds to ``a`` and
``b`` of a rate's own data. Nodes have weights, and a rate's posterior is their mixture.
"""

# ruff: noqa: FBT001 -- compiled functions call each other by position
from __future__ import annotations

from math import exp, log, pi, sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DROP = 16.0  # a density at exp(-16) of its top is nothing
SIDE = 14  # cells on each side of the top
CELLS = 2 * SIDE
USUAL = 4.0  # standard deviations to a side that are looked at first
GUIDE = 64  # entries of the table that leads a draw to its cell
CLOSE = 1e-11
FAR = 1e9  # no rate lies so far from another


@njit(cache=True)
def _expit(x: float) -> float:
    if x >= 0:
        return 1.0 / (1.0 + exp(-x))
    return exp(x) / (1.0 + exp(x))


@njit(cache=True)
def _height(x: float, a: float, b: float, c: float, m: float, is_log: bool) -> float:
    """Return the logarithm of the density, up to a constant."""
    if is_log:
        return a * x - b * exp(x)
    bend = c * (x - m) * (x - m) / 2 if c > 0 else 0.0
    if x > 0:
        return -b * x - (a + b) * log(1 + exp(-x)) - bend
    return a * x - (a + b) * log(1 + exp(x)) - bend


@njit(cache=True)
def _top(a: float, b: float, c: float, m: float, is_log: bool) -> float:
    """Return where the density is highest."""
    if is_log or c == 0:
        return log(a / b)
    low, high = m - b / c, m + a / c
    x = min(max(log((a + 0.5) / (b + 0.5)), low), high)
    for _ in range(80):
        p = _expit(x)
        slope = a - (a + b) * p - c * (x - m)
        if slope > 0:
            low = x
        else:
            high = x
        step = slope / ((a + b) * p * (1 - p) + c)
        onward = x + step
        if not low <= onward <= high:
            onward = (low + high) / 2
        if abs(onward - x) < CLOSE * (1 + abs(x)):
            return onward
        x = onward
    return x


@njit(cache=True)
def _curvature(x: float, a: float, b: float, c: float, is_log: bool) -> float:
    if is_log:
        return b * exp(x)
    return (a + b) * _expit(x) * _expit(-x) + c


@njit(cache=True)
def _reach(
    top: float,
    first: float,
    a: float,
    b: float,
    c: float,
    m: float,
    is_log: bool,
) -> float:
    """Return how far from its top, in the direction of ``first``, the density still matters."""
    floor = _height(top, a, b, c, m, is_log) - DROP
    far = first
    while _height(top + far, a, b, c, m, is_log) > floor and abs(far) < FAR:
        far *= 2
    near = 0.0 if far == first else far / 2
    for _ in range(3):
        middle = (near + far) / 2
        if _height(top + middle, a, b, c, m, is_log) > floor:
            near = middle
        else:
            far = middle
    return far


@njit(cache=True)
def _fill(  # noqa: PLR0913, PLR0917 -- a density and its grid are many numbers
    a: float,
    b: float,
    c: float,
    m: float,
    is_log: bool,
    edges: Floats,
    density: Floats,
    middle: Floats,
    below: Floats,
) -> float:
    """Fill the grid of one density, and return the logarithm of its height at the top.

    ``density`` and ``middle`` are its heights at the edges and amid the cells, relative to the
    top; ``below`` is the mass under each edge, not yet divided by the whole, its last entry.
    """
    top = _top(a, b, c, m, is_log)
    highest = _height(top, a, b, c, m, is_log)
    scale = USUAL / sqrt(_curvature(top, a, b, c, is_log))
    left = -_reach(top, -scale, a, b, c, m, is_log) / SIDE
    right = _reach(top, scale, a, b, c, m, is_log) / SIDE
    for cell in range(CELLS + 1):
        edges[cell] = top + (cell - SIDE) * (left if cell < SIDE else right)
        density[cell] = exp(_height(edges[cell], a, b, c, m, is_log) - highest)
    below[0] = 0.0
    for cell in range(CELLS):
        middle[cell] = exp(
            _height((edges[cell] + edges[cell + 1]) / 2, a, b, c, m, is_log) - highest
        )
        mass = density[cell] + 4 * middle[cell] + density[cell + 1]
        below[cell + 1] = below[cell] + mass * (edges[cell + 1] - edges[cell]) / 6
    return highest


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


@njit(cache=True)
def _within(part: float, low: float, high: float) -> float:
    """Return how far into a cell a part of its mass lies, were the density a straight line.

    That is within a few thousandths of a standard deviation of the truth, a hundredth far out in
    the tails, and quick: draws need no more.
    """
    if low + high <= 0:
        return part
    root = sqrt(max(low * low + part * (high * high - low * low), 0.0))
    return part * (low + high) / (low + root)


@njit(cache=True)
def _lead(below: Floats, guide: NDArray[np.int64]) -> None:
    """Fill the table that says in which cell each of equal parts of the mass begins."""
    cell = 0
    for entry in range(GUIDE):
        while cell < CELLS - 1 and below[cell + 1] < below[CELLS] * entry / GUIDE:
            cell += 1
        guide[entry] = cell


@njit(cache=True)
def draw(
    first: Floats,
    second: Floats,
    nodes: Floats,
    is_log: bool,
    starts: NDArray[np.int64],
    rows: NDArray[np.int64],
    chance: Floats,
    drawn: Floats,
) -> None:
    """Fill ``drawn`` with one value of each unit, on its log or logit scale, for each draw.

    ``starts[g]`` to ``starts[g + 1]`` are the places in ``rows`` of the draws that fall on node
    ``g``; ``chance`` holds a uniform number for each unit and draw.
    """
    edges, density, below = np.empty(CELLS + 1), np.empty(CELLS + 1), np.empty(CELLS + 1)
    middle = np.empty(CELLS)
    guide = np.empty(GUIDE, np.int64)
    for unit in range(first.size):
        for node in range(nodes.shape[0]):
            if starts[node] == starts[node + 1]:
                continue
            a, b = first[unit] + nodes[node, 0], second[unit] + nodes[node, 1]
            _fill(a, b, nodes[node, 2], nodes[node, 3], is_log, edges, density, middle, below)
            _lead(below, guide)
            for place in range(starts[node], starts[node + 1]):
                uniform = chance[unit, place]
                wanted = uniform * below[CELLS]
                cell = guide[int(uniform * GUIDE)]
                while cell < CELLS - 1 and below[cell + 1] < wanted:
                    cell += 1
                mass = below[cell + 1] - below[cell]
                part = min(max((wanted - below[cell]) / mass, 0.0), 1.0) if mass > 0 else 0.0
                into = _within(part, density[cell], density[cell + 1])
                drawn[rows[place], unit] = edges[cell] + into * (edges[cell + 1] - edges[cell])


@njit(cache=True)
def _mass_and_density(
    x: float, edges: Floats, density: Floats, middle: Floats, below: Floats, weight: Floats
) -> tuple[float, float]:
    """Return the mass of a mixture below a point, and its density there."""
    mass, thick = 0.0, 0.0
    for node in range(weight.size):
        if x <= edges[node, 0]:
            continue
        if x >= edges[node, CELLS]:
            mass += weight[node]
            continue
        side = 0 if x < edges[node, SIDE] else SIDE
        width = (edges[node, side + SIDE] - edges[node, side]) / SIDE
        cell = min(side + int((x - edges[node, side]) / width), side + SIDE - 1)
        into = (x - edges[node, cell]) / width
        held = weight[node] * (below[node, cell + 1] - below[node, cell]) / below[node, CELLS]
        mass += weight[node] * below[node, cell] / below[node, CELLS]
        if held > 0:
            part, growth = _filled(
                into, density[node, cell], middle[node, cell], density[node, cell + 1]
            )
            mass += held * part
            thick += held * growth / width
    return mass, thick


@njit(cache=True)
def quantiles(
    first: Floats,
    second: Floats,
    nodes: Floats,
    weight: Floats,
    is_log: bool,
    levels: Floats,
) -> Floats:
    """Return the quantiles of each unit's mixture, on its log or logit scale: (units, levels)."""
    count = nodes.shape[0]
    shape = (count, CELLS + 1)
    middle = np.empty((count, CELLS))
    edges, density, below = np.empty(shape), np.empty(shape), np.empty(shape)
    found = np.empty((first.size, levels.size))
    for unit in range(first.size):
        for node in range(count):
            a, b = first[unit] + nodes[node, 0], second[unit] + nodes[node, 1]
            _fill(
                a, b, nodes[node, 2], nodes[node, 3], is_log,
                edges[node], density[node], middle[node], below[node],
            )  # fmt: skip
        for level in range(levels.size):
            low, high = edges[:, 0].min(), edges[:, CELLS].max()
            x = (weight * edges[:, SIDE]).sum()
            for _ in range(100):
                mass, thick = _mass_and_density(x, edges, density, middle, below, weight)
                if mass < levels[level]:
                    low = x
                else:
                    high = x
                onward = x - (mass - levels[level]) / thick if thick > 0 else low - 1
                if not low < onward < high:
                    onward = (low + high) / 2
                moved = abs(onward - x)
                x = onward
                if moved < 1e-10 * (1 + abs(x)):
                    break
            found[unit, level] = x
    return found


@njit(cache=True)
def laplace(first: Floats, second: Floats, nodes: Floats) -> Floats:
    """Return nearly the logarithm of the integral of all units' densities at each node.

    It serves to find the nodes that matter, for which :func:`integrals` is then exact.
    """
    total = np.zeros(nodes.shape[0])
    for node in range(nodes.shape[0]):
        c, m = nodes[node, 2], nodes[node, 3]
        for unit in range(first.size):
            a, b = first[unit], second[unit]
            top = _top(a, b, c, m, False)
            bend = _curvature(top, a, b, c, False)
            total[node] += _height(top, a, b, c, m, False) + log(2 * pi / bend) / 2
    return total


@njit(cache=True)
def integrals(first: Floats, second: Floats, nodes: Floats) -> tuple[Floats, Floats, Floats]:
    """Integrate binomial likelihoods over normal priors on the logit scale.

    Returns the logarithm of the product of the integrals over all units, (nodes,); and the means
    of each unit's probability and of its square, (units, nodes).
    """
    edges, density, below = np.empty(CELLS + 1), np.empty(CELLS + 1), np.empty(CELLS + 1)
    middle = np.empty(CELLS)
    total = np.zeros(nodes.shape[0])
    mean = np.empty((first.size, nodes.shape[0]))
    square = np.empty((first.size, nodes.shape[0]))
    for node in range(nodes.shape[0]):
        c, m = nodes[node, 2], nodes[node, 3]
        for unit in range(first.size):
            highest = _fill(first[unit], second[unit], c, m, False, edges, density, middle, below)
            total[node] += highest + log(below[CELLS])
            once, twice = 0.0, 0.0
            for cell in range(CELLS):
                width = (edges[cell + 1] - edges[cell]) / 6
                left, right = _expit(edges[cell]), _expit(edges[cell + 1])
                within = _expit((edges[cell] + edges[cell + 1]) / 2)
                low, high = width * density[cell], width * density[cell + 1]
                amid = 4 * width * middle[cell]
                once += low * left + amid * within + high * right
                twice += low * left**2 + amid * within**2 + high * right**2
            mean[unit, node] = once / below[CELLS]
            square[unit, node] = twice / below[CELLS]
    return total, mean, square
