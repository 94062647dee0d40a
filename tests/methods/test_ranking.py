"""Ranks, against what can be counted by hand, at the edges, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.intervals import wilson_interval
from convener.methods.leagues.comparing import chance_of_being_better
from convener.methods.leagues.ranking import expected_ranks, rank_table, ranks

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


def test_where_all_are_equal_the_lot_alone_decides():
    drawn = ranks(np.zeros((20_000, 3)), best="low", rng=_rng())

    table = rank_table(drawn)
    assert table.best.value == pytest.approx([1 / 3] * 3, abs=0.02)
    assert table.mean == pytest.approx([2, 2, 2], abs=0.03)


def test_one_provider_is_first_and_last():
    drawn = ranks(np.ones((5, 1)), best="high", rng=_rng())
    table = rank_table(drawn)

    assert (table.low, table.high, table.mean) == ([1], [1], [1])


def test_a_provider_without_a_score_has_no_place():
    draws = np.insert(DRAWS, 1, np.nan, axis=1)

    drawn = ranks(draws, best="low", rng=_rng())

    assert drawn[:, 1].tolist() == [0] * 4
    table = rank_table(drawn)
    assert table.places == 3
    assert table.mean[[0, 2, 3]].tolist() == [1.25, 2, 2.75]
    for values in (table.mean, table.low, table.median, table.high, table.best.value):
        assert np.isnan(values[1])


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


def test_more_providers_than_a_small_number_holds_are_ranked():
    drawn = ranks(np.arange(70_000.0)[None, :], best="high", rng=_rng())

    assert drawn[0, [0, -1]].tolist() == [70_000, 1]


matrices = st.tuples(st.integers(1, 30), st.integers(1, 9), st.integers(0, 2**32 - 1))


@settings(deadline=None)  # the first ranking is compiled
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


@settings(deadline=None)  # the first ranking is compiled
@given(matrices)
def test_a_scale_that_keeps_the_order_keeps_the_ranks(shape):
    count, units, seed = shape
    draws = np.random.default_rng(seed).normal(size=(count, units))

    plain = ranks(draws, best="high", rng=_rng())

    assert (plain == ranks(np.exp(draws), best="high", rng=_rng())).all()
    assert (plain == ranks(-draws, best="low", rng=_rng())).all()
