"""Pairs of providers, against what can be counted by hand, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.leagues.comparing import (
    chance_of_being_better,
    groups,
    shared_places,
    told_apart,
)
from convener.methods.leagues.ranking import ranks

# Four draws of three ranks: the first is best three times, the second once.
DRAWN = np.array([[1, 2, 3], [1, 3, 2], [2, 1, 3], [1, 2, 3]], dtype=np.int16)


def test_the_chance_of_being_better_counts_draws():
    better = chance_of_being_better(DRAWN)

    assert better.tolist() == [[0.5, 0.75, 1], [0.25, 0.5, 0.75], [0, 0.25, 0.5]]


def test_many_providers_are_compared_as_few_are():
    rng = np.random.default_rng(1)
    drawn = ranks(rng.random((40, 300)), best="low", rng=rng)

    better = chance_of_being_better(drawn)

    assert better[3, 280] == (drawn[:, 3] < drawn[:, 280]).mean()
    assert better + better.T == pytest.approx(np.ones((300, 300)))


def test_one_provider_is_alone_in_its_group():
    better = chance_of_being_better(np.ones((5, 1), np.int16))

    assert better.tolist() == [[0.5]]
    assert [group.members for group in groups(better)] == [(0,)]
    assert [place.tolist() for place in shared_places(better)] == [[1], [1]]


def test_a_provider_without_a_rank_is_compared_with_nobody():
    better = chance_of_being_better(np.insert(DRAWN, 1, 0, axis=1))

    assert np.isnan(better[1]).all()
    assert np.isnan(better[:, 1]).all()
    assert better[0, 2] == 0.75
    assert not told_apart(better)[1].any()
    assert all(1 not in group.members for group in groups(better))
    first, last = shared_places(better)
    assert np.isnan(first[1])
    assert last[[0, 2, 3]].tolist() == [2, 3, 3]


@pytest.mark.parametrize("level", [0, 1, -1, np.nan])
@pytest.mark.parametrize("method", [told_apart, groups, shared_places])
def test_a_level_lies_within(method, level):
    with pytest.raises(BadInputError, match="between 0 and 1"):
        method(chance_of_being_better(DRAWN), level=level)


def _overlapping():
    """Five in a row, each told from the next but one, and no nearer."""
    place = np.arange(5)
    return np.clip(0.5 + (place[None, :] - place[:, None]) * 0.3, 0, 1)


def test_neighbours_that_cannot_be_told_apart_form_groups_that_overlap():
    better = _overlapping()

    assert [group.members for group in groups(better)] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert [group.members for group in groups(better, level=0.5)] == [(0,), (1,), (2,), (3,), (4,)]
    assert [group.members for group in groups(np.full((4, 4), 0.5))] == [(0, 1, 2, 3)]


def test_places_are_shared_by_those_who_cannot_be_told_apart():
    first, last = shared_places(_overlapping())

    assert first.tolist() == [1, 1, 2, 3, 4]
    assert last.tolist() == [2, 3, 4, 5, 5]


def test_two_are_told_apart_beyond_the_level_and_not_at_it():
    better = np.array([[0.5, 0.975], [0.025, 0.5]])

    assert not told_apart(better, level=0.95).any()
    assert told_apart(better, level=0.949).sum() == 2


@settings(deadline=None)  # the first comparison is compiled
@given(
    st.tuples(st.integers(1, 30), st.integers(1, 9), st.integers(0, 2**32 - 1)),
    st.floats(0.05, 0.95),
)
def test_groups_hold_everyone_and_no_two_that_can_be_told_apart(shape, level):
    count, units, seed = shape
    rng = np.random.default_rng(seed)
    drawn = ranks(rng.normal(size=(count, units)) + np.arange(units), best="low", rng=rng)
    better = chance_of_being_better(drawn)

    found = groups(better, level=level)

    sure = told_apart(better, level=level)
    assert {unit for group in found for unit in group.members} == set(range(units))
    for group in found:
        assert not sure[np.ix_(group.members, group.members)].any()
    sets = [set(group.members) for group in found]
    assert not any(one < other for one in sets for other in sets)
    first, last = shared_places(better, level=level)
    assert (first <= last).all()
    assert first.min() == 1
    assert last.max() == units
