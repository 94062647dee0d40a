"""Quantiles of a gamma distribution, against SciPy's, closed forms, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import special

from convener.methods.charts.gamma_quantile import lower_quantile, upper_quantile

shapes = st.floats(-6, 5).map(lambda power: 10.0**power)
tails = st.floats(-12, np.log10(0.5)).map(lambda power: min(0.5, 10.0**power))


def at(*shape):
    return np.array(shape)


@given(shapes, tails)
@example(0.952928, 0.1)  # where the third part of the step vanishes though the step is long
@example(2.0, 0.5)
def test_they_are_those_that_scipy_finds_by_search(shape, tail):
    wanted = special.gammaincinv(shape, tail), special.gammainccinv(shape, tail)

    assert lower_quantile(at(shape), tail)[0] == pytest.approx(wanted[0], rel=1e-10, abs=1e-290)
    assert upper_quantile(at(shape), tail)[0] == pytest.approx(wanted[1], rel=1e-10)


@pytest.mark.parametrize("tail", [0.4, 0.025, 1e-3, 1e-9])
def test_of_shape_1_they_are_logarithms(tail):
    assert lower_quantile(at(1.0), tail)[0] == pytest.approx(-np.log1p(-tail), rel=1e-11)
    assert upper_quantile(at(1.0), tail)[0] == pytest.approx(-np.log(tail), rel=1e-11)


@pytest.mark.parametrize("tail", [0.025, 1e-3, 1e-6, 1e-14])
def test_of_large_shapes_they_are_the_cubes_of_a_normal_far_out_too(tail):
    # Wilson and Hilferty (1931): the cube root is normal, but for a part of order shape ** -1.5.
    shape = at(1e7, 1e9)
    for side, met in ((1, upper_quantile(shape, tail)), (-1, lower_quantile(shape, tail))):
        root = 1 - 1 / (9 * shape) - side * special.ndtri(tail) / (3 * np.sqrt(shape))
        assert met == pytest.approx(shape * root**3, rel=1e-9)


@given(shapes, shapes, tails)
def test_a_larger_shape_has_larger_quantiles(one, other, tail):
    shape = np.sort([one, other])

    assert (np.diff(lower_quantile(shape, tail)) >= 0).all()
    assert (np.diff(upper_quantile(shape, tail)) >= 0).all()


def test_what_is_not_known_has_none():
    met = lower_quantile(at(np.nan, 3.0, np.nan), 0.025)

    assert np.isnan(met).tolist() == [True, False, True]
    assert upper_quantile(np.empty(0), 0.025).size == 0


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_where_ten_and_more_are_expected_nothing_is_searched_for(level, monkeypatch):
    searched = []

    def search(shape, _tail):
        searched.extend(shape)
        return shape

    monkeypatch.setattr(special, "gammaincinv", search)
    monkeypatch.setattr(special, "gammainccinv", search)

    lower_quantile(np.geomspace(10, 1e6, 999), (1 - level) / 2)
    upper_quantile(np.geomspace(10, 1e6, 999), (1 - level) / 2)

    assert not searched
