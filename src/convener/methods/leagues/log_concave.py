"""Densities of single rates with one top, cut into cells that carry them.

Given the centre and the spread of all, what is known of one rate has, on its log or logit scale,
one of two densities. For ``a`` Poisson events in an exposure of ``b``, a gamma, its logarithm is
``a x - b exp(x)``. For ``a`` events and ``b`` cases without, it is
``a x - (a + b) log(1 + exp(x)) - c (x - m)^2 / 2``: a beta where ``c`` is nought, otherwise a
binomial likelihood under a normal prior. Both have one top and fall away on both sides, so a grid
from the top down to where nothing matters carries them, with a parabola within each cell.

A *node* is one pair of common parameters, as the row ``(a, b, c, m)`` that it adds to ``a`` and
``b`` of a rate's own data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DROP = 16.0  # a density at exp(-16) of its top is nothing
SIDE = 14  # cells on each side of the top
CELLS = 2 * SIDE
USUAL = 4.0  # standard deviations to a side that are looked at first
CLOSE = 1e-6  # a step of Newton's so small leaves an error of about its square
FAR = 1e9  # no rate lies so far from another


@dataclass(frozen=True)
class Densities:
    """Densities of one kind side by side, in the terms of the module; fields are broadcast."""

    a: Floats
    b: Floats
    c: Floats
    m: Floats
    is_log: bool

    def height(self, x: Floats) -> Floats:
        """Return the logarithm of each density at its own points, up to a constant."""
        if self.is_log:
            with np.errstate(over="ignore"):
                return np.asarray(self.a * x - self.b * np.exp(x))
        value = self.a * np.minimum(x, 0) - self.b * np.maximum(x, 0)
        value -= (self.a + self.b) * np.log(1 + np.exp(-np.abs(x)))
        if self.c.any():
            value -= self.c / 2 * (x - self.m) ** 2
        return np.asarray(value)

    def top(self) -> Floats:
        """Return where each density is highest."""
        if self.is_log or not self.c.any():
            return np.asarray(np.log(self.a / self.b))
        return np.asarray(_top(self.a, self.b, self.c, self.m))

    def curvature(self, x: Floats) -> Floats:
        """Return how strongly the logarithm of each density bends down at a point."""
        if self.is_log:
            return np.asarray(self.b * np.exp(x))
        odds = np.exp(-np.abs(x))
        return np.asarray((self.a + self.b) * odds / (1 + odds) ** 2 + self.c)


@dataclass(frozen=True)
class Grid:
    """Densities cut into cells: points along the first axis, densities along the others.

    Attributes
    ----------
    points : (2 CELLS + 1, ...)
        The edges of cells and, between them, their middles.
    density : (2 CELLS + 1, ...)
        The height at each, relative to the top.
    mass : (CELLS, ...)
        Of each cell, relative to the height at the top.
    highest : (...)
        The logarithm of the height at the top.
    """

    points: Floats
    density: Floats
    mass: Floats
    highest: Floats


def grid(densities: Densities) -> Grid:
    """Return the grids of densities."""
    return _grid(densities, *_extent(densities))


def grids(first: Floats, second: Floats, nodes: Floats, *, is_log: bool) -> Iterator[Grid]:
    """Yield the grids of all units at one node after the other.

    Parameters
    ----------
    first, second : (units,)
        The ``a`` and ``b`` of each unit's own data.
    nodes : (nodes, 4)
        What each node adds.
    is_log : bool
        Which of the two densities it is.
    """
    a, b, c, m = nodes.T[:, :, None]
    every = Densities(first + a, second + b, c, m, is_log)
    extent = _extent(every)
    for node in range(nodes.shape[0]):
        here = Densities(every.a[node], every.b[node], c[node], m[node], is_log)
        yield _grid(here, *(part[node] for part in extent))


def cell_integrals(value: Floats, points: Floats) -> Floats:
    """Return the integral over each cell of a function given at all points: Simpson's rule."""
    within = value[:-2:2] + 4 * value[1::2] + value[2::2]
    return np.asarray(within * (points[2::2] - points[:-2:2]) / 6)


def _extent(densities: Densities) -> tuple[Floats, Floats, Floats]:
    """Return the top of each density and the widths of its cells to the left and to the right."""
    top = densities.top()
    scale = USUAL / np.sqrt(densities.curvature(top))
    return top, -_reach(densities, top, -scale) / SIDE, _reach(densities, top, scale) / SIDE


def _reach(densities: Densities, top: Floats, first: Floats) -> Floats:
    """Return how far from its top, in the direction of ``first``, each density still matters."""
    floor = densities.height(top) - DROP
    near, far = np.zeros(top.shape), first
    while (short := (densities.height(top + far) > floor) & (np.abs(far) < FAR)).any():
        near, far = np.where(short, far, near), np.where(short, 2 * far, far)
    for _ in range(3):
        middle = (near + far) / 2
        inside = densities.height(top + middle) > floor
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return far


def _grid(densities: Densities, top: Floats, left: Floats, right: Floats) -> Grid:
    side = np.arange(1, CELLS + 1).reshape(-1, *(1,) * top.ndim) / 2
    points = np.concatenate([top - side[::-1] * left, top[None], top + side * right])
    highest = densities.height(top)
    density = np.exp(densities.height(points) - highest)
    return Grid(points, density, cell_integrals(density, points), highest)


def _top(a: Floats, b: Floats, c: Floats, m: Floats) -> Floats:
    """Return where binomial likelihoods under normal priors are highest, by Newton's steps."""
    low, high = m - b / c, m + a / c
    bend = (a + 0.5) * (b + 0.5) / (a + b + 1)
    start = (bend * np.log((a + 0.5) / (b + 0.5)) + c * m) / (bend + c)
    x = np.clip(start, low, high)
    for _ in range(80):
        with np.errstate(over="ignore"):
            p = 1 / (1 + np.exp(-x))
        slope = a - (a + b) * p - c * (x - m)
        onward = x + slope / ((a + b) * p * (1 - p) + c)
        low, high = np.where(slope > 0, x, low), np.where(slope > 0, high, x)
        if ((onward < low) | (onward > high)).any():
            onward = np.where((onward < low) | (onward > high), (low + high) / 2, onward)
        moved = np.abs(onward - x).max()
        x = onward
        if moved < CLOSE:
            break
    return np.asarray(x)
