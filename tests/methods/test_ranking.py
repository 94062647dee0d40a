"""Ranks, against what can be counted by hand, at the edges, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.intervals import wilson_interval
from convener.methods.leagues.ranking import (
    chance_of_being_better,
    expected_ranks,
    groups,
    rank_table,
    ranks,
    shared_places,
    told_apart,
)

# Four draws of three rates: the first is best three times, the second once.
DRAWS = np.array([[0.1, 0.2, 0.3], [0.1, 0.3, 0.2], [0.2, 0.1, 0.3], [0.1, 0.2, 0.9]])


def _rng():
    return np.random.default_rng(1)


def test_each_draw_is_ranked_from_the_end_that_is_good():
    low = ranks(DRAWS, best="low", rng=_rng())
    high = ranks(DRAWS, best="high", rng=_rng())

    assert low.tolist() == [[1, 2, 3], [1, 3, 2], [2, 1, 3], [1, 2, 3]]
    assert (low + high == 4).all()


def test_a_table_counts_the_ranks_of_the_draws():
    table = rank_table(ranks(DRAWS, best="low", rng=_rng()), level=0.5)

    assert table.mean.tolist() == [1.25, 2, 2.75]
    assert table.median.tolist() == [1, 2, 3]
    assert table.low.tolist() == [1, 1, 2]
    assert table.high.tolist() == [1, 2, 3]
    assert table.best.value.tolist() == [0.75, 0.25, 0]
    assert table.worst.value.tolist() == [0, 0.25, 0.75]
    assert table.worst_quarter.value.tolist() == [0, 0.25, 0.75]
    assert (table.places, table.draws) == (3, 4)


def test_an_interval_leaves_equal_tails():
    place = np.arange(120, dtype=np.int32)
    drawn = (place[:, None] + place) % 120 + 1  # each provider holds each place once

    table = rank_table(drawn, level=0.9)

    assert set(table.low) == {6}
    assert set(table.median) == {60}
    assert set(table.high) == {114}
    assert set(rank_table(drawn).low) == {3}
    assert set(rank_table(drawn).high) == {117}


def test_a_chance_carries_the_interval_of_its_draws():
    table = rank_table(ranks(DRAWS, best="low", rng=_rng()))

    for place, events in enumerate((3, 1, 0)):
        low, high = wilson_interval(events, 4)
        assert table.best.low[place] == pytest.approx(low)
        assert table.best.high[place] == pytest.approx(high)
    assert rank_table(np.ones((9, 1), np.int32)).best.high.tolist() == [1]


@pytest.mark.parametrize(("units", "worst"), [(1, 1), (3, 1), (4, 1), (5, 2), (8, 2), (10, 3)])
def test_the_worst_quarter_is_rounded_up(units, worst):
    drawn = np.arange(1, units + 1, dtype=np.int32)[None, :].repeat(5, axis=0)

    table = rank_table(drawn)

    assert table.worst_quarter.value.sum() == worst
    assert table.worst_quarter.value[-1] == 1


def test_ties_are_broken_by_lot_and_evenly():
    draws = np.zeros((20_000, 3))
    draws[:, 2] = 1

    drawn = ranks(draws, best="low", rng=_rng())

    table = rank_table(drawn)
    assert table.best.value[:2] == pytest.approx([0.5, 0.5], abs=0.02)
    assert table.mean[2] == 3
    assert (drawn == ranks(draws, best="low", rng=_rng())).all()


def test_one_provider_is_first_and_last():
    drawn = ranks(np.ones((5, 1)), best="high", rng=_rng())
    table = rank_table(drawn)

    assert (table.low, table.high, table.mean) == ([1], [1], [1])
    better = chance_of_being_better(drawn)
    assert better.tolist() == [[0.5]]
    assert [group.members for group in groups(better)] == [(0,)]
    assert [place.tolist() for place in shared_places(better)] == [[1], [1]]


def test_a_provider_without_a_score_has_no_place():
    draws = np.insert(DRAWS, 1, np.nan, axis=1)

    drawn = ranks(draws, best="low", rng=_rng())

    assert drawn[:, 1].tolist() == [0] * 4
    table = rank_table(drawn)
    assert table.places == 3
    assert table.mean[[0, 2, 3]].tolist() == [1.25, 2, 2.75]
    for values in (table.mean, table.low, table.median, table.high, table.best.value):
        assert np.isnan(values[1])
    better = chance_of_being_better(drawn)
    assert np.isnan(better[1]).all()
    assert np.isnan(better[:, 1]).all()
    assert better[0, 2] == 0.75
    assert not told_apart(better)[1].any()
    assert all(1 not in group.members for group in groups(better))
    first, last = shared_places(better)
    assert np.isnan(first[1])
    assert last[[0, 2, 3]].tolist() == [2, 3, 3]


def test_the_chance_of_being_better_counts_draws():
    better = chance_of_being_better(ranks(DRAWS, best="low", rng=_rng()))

    assert better.tolist() == [[0.5, 0.75, 1], [0.25, 0.5, 0.75], [0, 0.25, 0.5]]


def test_many_providers_are_compared_as_few_are():
    rng = _rng()
    drawn = ranks(rng.random((40, 300)), best="low", rng=rng)

    better = chance_of_being_better(drawn)

    assert better[3, 280] == (drawn[:, 3] < drawn[:, 280]).mean()
    assert better + better.T == pytest.approx(np.ones((300, 300)))


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


def test_expected_ranks_of_equal_estimates_are_the_middle():
    assert expected_ranks([2, 2, 2], [1, 5, 9], best="low") == pytest.approx([2, 2, 2])
    assert expected_ranks([1, 9], [0.1, 0.1], best="low") == pytest.approx([1, 2])
    assert expected_ranks([1, 9], [0.1, 0.1], best="high") == pytest.approx([2, 1])


@pytest.mark.parametrize(
    ("draws", "best", "said"),
    [
        (np.ones(3), "low", "draws by providers"),
        (np.ones((0, 3)), "low", "draws by providers"),
        (np.ones((3, 0)), "low", "draws by providers"),
        (np.ones((3, 3)), "least", "say whether"),
        (np.array([[1, np.nan], [1, 2]]), "low", "NaN in all draws"),
        (np.array([[1, 2], [1, np.nan]]), "low", "draws are finite"),
        (np.array([[1, np.inf]]), "low", "draws are finite"),
        (np.full((2, 2), np.nan), "low", "draws are finite"),
    ],
)
def test_draws_that_cannot_be_ranked_are_refused(draws, best, said):
    with pytest.raises(BadInputError, match=said):
        ranks(draws, best=best, rng=_rng())


@pytest.mark.parametrize("level", [0, 1, -1, np.nan])
def test_a_level_lies_within(level):
    drawn = ranks(DRAWS, best="low", rng=_rng())
    with pytest.raises(BadInputError, match="0 to 1"):
        rank_table(drawn, level=level)
    with pytest.raises(BadInputError, match="between 0 and 1"):
        groups(chance_of_being_better(drawn), level=level)


@pytest.mark.parametrize(
    ("estimates", "errors", "best", "said"),
    [
        ([1], [1, 2], "low", "estimates and"),
        ([], [], "low", "estimates and"),
        ([np.nan], [1], "low", "finite"),
        ([1], [0], "low", "above zero"),
        ([1], [1], "least", "say whether"),
    ],
)
def test_estimates_that_cannot_be_ranked_are_refused(estimates, errors, best, said):
    with pytest.raises(BadInputError, match=said):
        expected_ranks(estimates, errors, best=best)


matrices = st.tuples(st.integers(1, 30), st.integers(1, 9), st.integers(0, 2**32 - 1))


@given(matrices, st.booleans())
def test_ranks_are_one_of_each_place_and_agree_with_one_another(shape, rounded):
    count, units, seed = shape
    rng = np.random.default_rng(seed)
    draws = rng.normal(size=(count, units))
    draws = draws.round(0) if rounded else draws

    drawn = ranks(draws, best="low", rng=rng)

    assert (np.sort(drawn, axis=1) == np.arange(1, units + 1)).all()
    better, table = chance_of_being_better(drawn), rank_table(drawn)
    assert better + better.T == pytest.approx(np.ones((units, units)))
    assert table.mean == pytest.approx(units - better.sum(axis=1) + 0.5)
    assert table.best.value.sum() == pytest.approx(1)
    assert table.worst.value.sum() == pytest.approx(1)
    assert (table.low <= table.median).all()
    assert (table.median <= table.high).all()
    assert (table.best.low <= table.best.value).all()
    assert (table.best.value <= table.best.high).all()


@given(matrices, st.floats(0.05, 0.95))
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


@given(matrices)
def test_a_scale_that_keeps_the_order_keeps_the_ranks(shape):
    count, units, seed = shape
    draws = np.random.default_rng(seed).normal(size=(count, units))

    plain = ranks(draws, best="high", rng=_rng())

    assert (plain == ranks(np.exp(draws), best="high", rng=_rng())).all()
    assert (plain == ranks(-draws, best="low", rng=_rng())).all()
