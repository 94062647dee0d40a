"""Rates cut and drawn from their densities, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaincinv, expit, gammaincinv

from convener.methods.leagues.log_concave import CELLS, Densities, Grid, cell_integrals, grid
from convener.methods.leagues.mixtures import inverse, quantiles

LEVELS = np.array([0.0005, 0.025, 0.25, 0.5, 0.75, 0.975, 0.9995])
NOUGHT = np.zeros(1)
ONE = np.ones(1)


@pytest.mark.parametrize(("a", "b"), [(5, 60), (1, 1), (50, 950), (200, 3), (1e5, 9e5)])
def test_a_beta_is_cut_where_its_closed_form_is(a, b):
    nodes = np.array([[a, b, 0.0, 0.0]])

    met = expit(quantiles(NOUGHT, NOUGHT, nodes, ONE, LEVELS, is_log=False)[0])

    sd = np.sqrt(a * b / (a + b) ** 2 / (a + b + 1))
    assert met == pytest.approx(betaincinv(a, b, LEVELS), abs=0.005 * sd)


@pytest.mark.parametrize(("a", "b"), [(5, 60.0), (1, 1.0), (800, 0.1), (1e6, 1e3)])
def test_a_gamma_is_cut_where_its_closed_form_is(a, b):
    nodes = np.array([[a, b, 0.0, 0.0]])

    met = np.exp(quantiles(NOUGHT, NOUGHT, nodes, ONE, LEVELS, is_log=True)[0])

    assert met == pytest.approx(gammaincinv(a, LEVELS) / b, abs=0.005 * np.sqrt(a) / b)


def test_data_and_node_are_added():
    part, whole = np.array([[2.0, 20.0, 0, 0]]), np.array([[5.0, 60.0, 0, 0]])

    apart = quantiles(np.array([3.0]), np.array([40.0]), part, ONE, LEVELS, is_log=False)
    whole = quantiles(NOUGHT, NOUGHT, whole, ONE, LEVELS, is_log=False)

    assert apart == pytest.approx(whole)


def test_a_mixture_is_cut_between_its_parts():
    nodes = np.array([[10.0, 1e4, 0, 0], [10.0, 10.0, 0, 0]])
    weight = np.array([0.3, 0.7])

    at = quantiles(NOUGHT, NOUGHT, nodes, weight, np.array([0.15, 0.65]), is_log=False)[0]

    assert expit(at[0]) == pytest.approx(betaincinv(10, 1e4, 0.5), rel=1e-3)
    assert expit(at[1]) == pytest.approx(betaincinv(10, 10, 0.5), rel=1e-3)


def test_an_even_chance_becomes_the_quantile():
    cut = grid(Densities(np.array([5.0, 200]), np.array([60.0, 3]), NOUGHT, NOUGHT, is_log=False))
    inside = (np.arange(2_001) + 0.5) / 2_001

    first, second = expit(inverse(cut, np.tile(inside, (2, 1))))

    assert first == pytest.approx(betaincinv(5, 60, inside), abs=0.03 * 0.033)
    assert second == pytest.approx(betaincinv(200, 3, inside), abs=0.03 * 0.0085)


def _cut(density):
    """Return a grid over 0 to 1 with these heights at its points."""
    points = np.linspace(0, 1, 2 * CELLS + 1)[:, None]
    heights = np.asarray(density, np.float64)[:, None]
    return Grid(points, heights, cell_integrals(heights, points), NOUGHT)


def test_a_flat_density_is_drawn_evenly():
    chance = np.linspace(0, 0.999, 301)[None, :]

    for height in (1.0, 1e-6):
        assert inverse(_cut([height] * (2 * CELLS + 1)), chance) == pytest.approx(chance, abs=1e-6)


def test_a_density_that_is_a_line_is_drawn_exactly():
    chance = np.linspace(0, 0.999, 301)[None, :]
    line = np.linspace(0, 1, 2 * CELLS + 1)

    assert inverse(_cut(line), chance) == pytest.approx(np.sqrt(chance))
    assert inverse(_cut(line[::-1]), chance) == pytest.approx(1 - np.sqrt(1 - chance))


def test_no_draw_falls_where_there_is_no_mass():
    density = np.zeros(2 * CELLS + 1)
    density[8:-8] = 1  # the four cells at each end are empty, but for half of their last

    ends = inverse(_cut(density), np.array([[1e-12, 0.5, 1 - 1e-12]]))

    assert ends[0] == pytest.approx([3 / CELLS, 0.5, 1 - 3 / CELLS], abs=1e-4)
