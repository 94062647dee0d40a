"""Every root of a sum of exponentials: planted, touching, none, many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from convener.methods.money.exponential_sums import ExponentialSum


def planted(points):
    """Return the sum that is zero where e to the power -u is one of the points."""
    return ExponentialSum.of(np.poly(points)[::-1], np.arange(len(points) + 1.0))


spaced = st.lists(st.integers(1, 40), min_size=1, max_size=6, unique=True)


@given(spaced)
def test_every_planted_root_is_found(points):
    places = np.array(points) / 10

    met = planted(places).roots()

    assert np.exp(-np.array(met)) == pytest.approx(np.sort(places)[::-1], rel=1e-6)


@given(st.floats(0.3, 3), st.floats(0.3, 3))
def test_a_root_that_only_touches_is_found_once(touched, crossed):
    assume(abs(touched - crossed) > 0.05)

    met = planted([touched, touched, crossed]).roots()

    assert len(met) == 2
    assert np.exp(-np.array(met)) == pytest.approx(sorted([touched, crossed])[::-1], rel=1e-6)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12), st.floats(0.1, 3))
def test_roots_fall_short_of_sign_changes_by_an_even_number(amounts, stretch):
    assume(all(amount == 0 or abs(amount) > 1e-3 for amount in amounts))
    worth = ExponentialSum.of(np.array(amounts), stretch * np.arange(len(amounts)))

    roots = worth.roots()

    short = worth.sign_changes - len(roots)
    touching = sum(1 for root in roots if worth(root - 1e-4) * worth(root + 1e-4) > 0)
    assert short - touching >= 0
    assert (short - touching) % 2 == 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12))
def test_a_fine_search_meets_no_root_that_was_missed(amounts):
    assume(all(amount == 0 or abs(amount) > 1e-3 for amount in amounts))
    worth = ExponentialSum.of(np.array(amounts), np.arange(len(amounts), dtype=float))
    assume(worth.signs.size)
    grid = np.linspace(-8, 8, 2001)
    signs = np.sign([worth(point) for point in grid])

    roots = np.array(worth.roots())

    for low, high in zip(
        grid[:-1][signs[:-1] * signs[1:] < 0], grid[1:][signs[:-1] * signs[1:] < 0], strict=True
    ):
        assert ((roots > low - 1e-9) & (roots < high + 1e-9)).any()


def test_terms_of_one_sign_have_no_root():
    assert ExponentialSum.of(np.array([1.0, 2.0]), np.array([0.0, 1.0])).roots() == []
    assert ExponentialSum.of(np.array([0.0]), np.array([0.0])).roots() == []


def test_a_root_far_out_is_found():
    worth = ExponentialSum.of(np.array([-1.0, 10.0]), np.array([0.0, 1 / 365]))

    assert worth.roots() == pytest.approx([365 * np.log(10)])


def test_hundreds_of_sign_changes_are_no_hindrance():
    signs = np.where(np.arange(600) % 2, 1.0, -1.0)

    assert ExponentialSum.of(signs, np.arange(600.0)).roots() == pytest.approx([0.0], abs=1e-12)
