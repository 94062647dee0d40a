"""Densities and the cells that carry them, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaln, expit, gammaln

from convener.methods.leagues.log_concave import CELLS, Densities, cell_integrals, grid, grids

NOUGHT = np.zeros(1)


def _densities(a, b, c=0.0, m=0.0, *, is_log=False):
    return Densities(*(np.atleast_1d(np.float64(one)) for one in (a, b, c, m)), is_log=is_log)


@pytest.mark.parametrize(("a", "b"), [(5, 60), (1, 1), (200, 3), (1e5, 9e5), (0.5, 0.5)])
def test_cells_hold_all_of_a_beta(a, b):
    cut = grid(_densities(a, b))

    assert cut.highest + np.log(cut.mass.sum(axis=0)) == pytest.approx([betaln(a, b)], abs=1e-3)
    once = cell_integrals(cut.density * expit(cut.points), cut.points)
    assert once.sum() / cut.mass.sum() == pytest.approx(a / (a + b), rel=1e-3)


@pytest.mark.parametrize(("a", "b"), [(5, 60.0), (1, 1.0), (800, 0.1), (1e6, 1e3)])
def test_cells_hold_all_of_a_gamma(a, b):
    cut = grid(_densities(a, b, is_log=True))

    whole = gammaln(a) - a * np.log(b)
    assert cut.highest + np.log(cut.mass.sum(axis=0)) == pytest.approx([whole], abs=2e-3)


@pytest.mark.parametrize(
    "densities",
    [
        _densities(5, 60),
        _densities(5, 60, is_log=True),
        _densities(5, 60, 4, -1),
        _densities(0, 60, 1e-3, 3),
        _densities(400, 0, 1e6, -8),
        _densities(0, 27_047, 0.68, 24.5),  # from here on Newton's steps alone run away
        _densities(4_779, 0, 11.8, -10),
        _densities([0, 5, 4_779], [27_047, 60, 0], [0.68, 4, 11.8], [24.5, -1, -10]),
    ],
)
def test_a_density_is_highest_at_its_top_and_bends_there(densities):
    top, step = densities.top(), 1e-4
    left, amid, right = (densities.height(top + move) for move in (-step, 0, step))

    curvature = densities.curvature(top)
    assert (right - left) / (2 * step) == pytest.approx(
        0 * top, abs=2e-4 * np.sqrt(curvature.min())
    )
    assert (2 * amid - left - right) / step**2 == pytest.approx(curvature, rel=1e-2)


def test_a_height_is_the_same_function_on_both_sides_of_nought():
    density = _densities(3, 7, 2, 1)
    x = np.array([-40.0, -2, 0, 2, 40])

    wanted = 3 * x - 10 * np.logaddexp(0, x) - (x - 1) ** 2
    assert density.height(x) == pytest.approx(wanted)
    assert _densities(3, 7, is_log=True).height(x[:4]) == pytest.approx(
        3 * x[:4] - 7 * np.exp(x[:4])
    )


def test_a_grid_reaches_where_a_density_is_nothing():
    for density in (_densities(5, 60), _densities(1, 1, is_log=True), _densities(0, 9, 0.01, 0)):
        cut = grid(density)

        assert (cut.density[[0, -1]] < np.exp(-16)).all()
        assert (cut.density[[4, -5]] > np.exp(-25)).all()  # and not much further
        assert cut.density[CELLS] == pytest.approx(1)
        assert cut.mass.shape == (CELLS, 1)
        assert (np.diff(cut.points, axis=0) > 0).all()


def test_units_and_nodes_are_added():
    nodes = np.array([[2.0, 20, 0, 0], [4, 10, 0, 0]])

    made = list(grids(np.array([3.0, 1, 0]), np.array([40.0, 0, 7]), nodes, is_log=False))

    assert len(made) == 2
    for cut, (a, b) in zip(
        made, (([5.0, 3, 2], [60.0, 20, 27]), ([7.0, 5, 4], [50.0, 10, 17])), strict=True
    ):
        alone = grid(_densities(a, b))
        assert cut.points == pytest.approx(alone.points)
        assert cut.mass == pytest.approx(alone.mass)
        assert cut.highest == pytest.approx(alone.highest)
