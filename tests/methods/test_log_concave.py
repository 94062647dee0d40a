"""Densities on a grid, against their closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaincinv, betaln, expit, gammaincinv

from convener.methods.leagues.log_concave import draw, integrals, laplace, quantiles

LEVELS = np.array([0.0005, 0.025, 0.25, 0.5, 0.75, 0.975, 0.9995])
NOUGHT = np.zeros(1)
ONE = np.ones(1)


@pytest.mark.parametrize(("a", "b"), [(5, 60), (1, 1), (50, 950), (200, 3), (1e5, 9e5)])
def test_a_beta_is_cut_where_its_closed_form_is(a, b):
    nodes = np.array([[a, b, 0.0, 0.0]])

    met = expit(quantiles(NOUGHT, NOUGHT, nodes, ONE, False, LEVELS)[0])

    sd = np.sqrt(a * b / (a + b) ** 2 / (a + b + 1))
    assert met == pytest.approx(betaincinv(a, b, LEVELS), abs=0.005 * sd)


@pytest.mark.parametrize(("a", "b"), [(5, 60.0), (1, 1.0), (800, 0.1), (1e6, 1e3)])
def test_a_gamma_is_cut_where_its_closed_form_is(a, b):
    nodes = np.array([[a, b, 0.0, 0.0]])

    met = np.exp(quantiles(NOUGHT, NOUGHT, nodes, ONE, True, LEVELS)[0])

    assert met == pytest.approx(gammaincinv(a, LEVELS) / b, abs=0.005 * np.sqrt(a) / b)


def test_data_and_node_are_added():
    apart = quantiles(np.array([3.0]), np.array([40.0]), np.array([[2.0, 20.0, 0, 0]]), ONE, False,
                      LEVELS)  # fmt: skip
    whole = quantiles(NOUGHT, NOUGHT, np.array([[5.0, 60.0, 0, 0]]), ONE, False, LEVELS)

    assert apart == pytest.approx(whole)


def test_a_mixture_is_cut_between_its_parts():
    nodes = np.array([[10.0, 1e4, 0, 0], [10.0, 10.0, 0, 0]])
    weight = np.array([0.3, 0.7])

    at = quantiles(NOUGHT, NOUGHT, nodes, weight, False, np.array([0.15, 0.65]))[0]

    assert expit(at[0]) == pytest.approx(betaincinv(10, 1e4, 0.5), rel=1e-3)
    assert expit(at[1]) == pytest.approx(betaincinv(10, 10, 0.5), rel=1e-3)


def test_an_even_chance_becomes_the_quantile():
    nodes = np.array([[5.0, 60.0, 0, 0], [200.0, 3.0, 0, 0]])
    count = 2_001
    chance = np.tile((np.arange(count) + 0.5) / count, 2)[None, :]
    starts, rows = np.array([0, count, 2 * count]), np.arange(2 * count)[::-1].copy()
    drawn = np.empty((2 * count, 1))

    draw(NOUGHT, NOUGHT, nodes, False, starts, rows, chance, drawn)

    first, second = expit(drawn[::-1, 0][:count]), expit(drawn[::-1, 0][count:])
    inside = chance[0, :count]
    assert first == pytest.approx(betaincinv(5, 60, inside), abs=0.03 * 0.033)
    assert second == pytest.approx(betaincinv(200, 3, inside), abs=0.03 * 0.0085)


def test_integrals_are_what_adaptive_quadrature_says():
    events, others = np.array([3.0, 0.0]), np.array([40.0, 25.0])
    nodes = np.array([[0.0, 0.0, 1 / 0.7**2, -2.0], [0.0, 0.0, 1 / 0.05**2, -3.0]])

    total, mean, square = integrals(events, others, nodes)

    for place, (c, m) in enumerate(nodes[:, 2:]):
        product = 1.0
        for unit in range(2):
            moments = [
                quad(
                    lambda x, p=power, u=unit, c=c, m=m: (
                        expit(x) ** (events[u] + p)
                        * expit(-x) ** others[u]
                        * np.exp(-c * (x - m) ** 2 / 2)
                    ),
                    m - 10 / np.sqrt(c),
                    m + 10 / np.sqrt(c),
                    epsabs=0,
                    epsrel=1e-10,
                )[0]
                for power in range(3)
            ]
            product *= moments[0]
            assert mean[unit, place] == pytest.approx(moments[1] / moments[0], rel=1e-4)
            assert square[unit, place] == pytest.approx(moments[2] / moments[0], rel=1e-4)
        assert total[place] == pytest.approx(np.log(product), abs=1e-4)


def test_laplace_is_near_where_data_are_many():
    events, others = np.array([300.0, 50.0]), np.array([4_000.0, 2_500.0])
    nodes = np.array([[0.0, 0.0, 4.0, -3.0]])

    assert laplace(events, others, nodes) == pytest.approx(
        integrals(events, others, nodes)[0], abs=0.01
    )


def test_a_wide_prior_leaves_the_likelihood():
    nodes = np.array([[0.0, 0.0, 1e-8, 0.0]])

    total, mean, _ = integrals(np.array([30.0]), np.array([70.0]), nodes)

    assert total[0] == pytest.approx(betaln(30, 70), abs=1e-4)
    assert mean[0, 0] == pytest.approx(0.3, abs=1e-4)
