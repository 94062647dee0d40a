"""Integration over a spread and a centre, against integrals that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from convener.methods.leagues.hyperparameters import Hyper, integrate

WIDE = (-60.0, 60.0)


def _moments(grid):
    return (
        grid.weight @ grid.spread,
        grid.weight @ grid.centre,
        np.sqrt(grid.weight @ (grid.spread - grid.weight @ grid.spread) ** 2),
        np.sqrt(grid.weight @ (grid.centre - grid.weight @ grid.centre) ** 2),
    )


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-30, 30), st.floats(-30, 30), st.floats(0.002, 3), st.floats(0.002, 3),
    st.floats(-0.9, 0.9),
)  # fmt: skip
def test_a_normal_hill_is_found_and_summed(middle, across, wide, narrow, lean):
    def hill(spread, centre):
        one = (spread[:, None] - middle) / wide
        two = (centre - across) / narrow
        return -(one**2 - 2 * lean * one * two + two**2) / (2 * (1 - lean**2))

    met = _moments(integrate(hill, WIDE, WIDE))

    assert met == pytest.approx([middle, across, wide, narrow], rel=1e-3, abs=1e-3 * wide)


def test_a_skewed_hill_with_a_long_tail_is_summed():
    def hill(spread, centre):
        return 3 * spread[:, None] - 4 * np.logaddexp(0, spread)[:, None] - centre**2 / 2

    grid = integrate(hill, (-14, 14), WIDE)

    share = 1 / (1 + np.exp(-grid.spread))
    assert grid.weight.sum() == pytest.approx(1)
    assert grid.weight @ share == pytest.approx(3 / 4, abs=1e-5)
    assert grid.weight @ share**2 == pytest.approx(3 * 4 / (4 * 5), abs=1e-5)


def test_the_width_across_counts():
    def hill(spread, centre):  # given the spread, the centre has it for its standard deviation
        scale = np.exp(spread)[:, None]
        return -((centre / scale) ** 2) / 2 - spread[:, None] ** 2 / 2

    grid = integrate(hill, (-10, 10), (-1e4, 1e4))

    # The integral over the centre is proportional to exp(spread), which moves a normal by one.
    assert grid.weight @ grid.spread == pytest.approx(1, abs=1e-3)


def test_a_constant_in_the_logarithm_changes_nothing():
    def hill(spread, centre):
        return -(spread[:, None] ** 2) - centre**2

    plain = integrate(hill, WIDE, WIDE)

    for constant in (-1e4, 1e4):
        moved = integrate(lambda spread, centre, c=constant: hill(spread, centre) + c, WIDE, WIDE)
        assert moved.weight == pytest.approx(plain.weight)


@pytest.mark.parametrize("end", [-10.0, 10.0])
def test_a_hill_that_is_cut_off_is_summed_up_to_the_cut(end):
    def hill(spread, centre):
        return -((spread[:, None] - end) ** 2) / 2 - (centre - end) ** 2 / 2

    grid = integrate(hill, (-10, 10), (-10, 10))

    for met in (grid.spread, grid.centre):
        assert np.abs(met - end).min() == 0
        assert 5 < np.abs(met - end).max() < 8


def test_a_hill_that_is_widest_where_it_is_cut_off_is_summed_whole():
    def hill(spread, centre):  # the standard deviation of the centre is exp(-spread)
        return -((centre * np.exp(spread[:, None])) ** 2) / 2 - 3 * spread[:, None]

    grid = integrate(hill, (-3, 10), (-1e4, 1e4))

    widest = grid.spread == -3
    weight = grid.weight[widest] / grid.weight[widest].sum()
    assert weight @ grid.centre[widest] ** 2 == pytest.approx(np.exp(6), rel=1e-3)


def test_points_sum_up_what_they_carry():
    hyper = Hyper(
        centre=np.array([1.0, 3.0]), spread=np.array([2.0, 2.0]), weight=np.array([0.25, 0.75])
    )

    assert hyper.mean(hyper.centre) == 2.5
    assert hyper.sd(hyper.centre) == pytest.approx(np.sqrt(0.75))
    assert hyper.median(hyper.centre) == pytest.approx(2.5)
    assert hyper.sd(hyper.spread) == 0
    assert hyper.mean(gammaln(hyper.centre)) == pytest.approx(0.75 * np.log(2))
