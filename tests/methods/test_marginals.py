"""Integrals over normal priors, against adaptive quadrature and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaln, expit

from convener.methods.leagues.marginals import integrals, laplace


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


def test_each_node_is_integrated_alone_however_many_there_are():
    rng = np.random.default_rng(4)
    cases = rng.integers(1, 90, 1_500).astype(np.float64)  # so many that nodes come in blocks
    events = rng.binomial(90, 0.1, 1_500).clip(max=cases).astype(np.float64)
    nodes = np.array([[0, 0, c, m] for c in (0.5, 4.0, 90.0) for m in (-3.0, -2.0, 0.0)])

    for method in (laplace, lambda *given: integrals(*given)[0]):
        alone = [method(events, cases - events, nodes[[node]])[0] for node in range(9)]
        assert method(events, cases - events, nodes) == pytest.approx(np.array(alone))
