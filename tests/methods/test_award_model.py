"""The award as a programme in whole numbers."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from award_cases import bid
from convener.base.errors import BadInputError
from convener.methods.awards.award_model import (
    build_model,
    limit_weights,
    limited,
    objective_of,
    whole_units,
)
from convener.methods.awards.award_problem import AwardProblem, Limit, MinimumWinners


@pytest.mark.parametrize(
    ("figures", "units", "places"),
    [
        (["1", "2.5"], [100, 250], 2),
        (["0.001", "2"], [1, 2000], 3),
        (["1.5000000000"], [150], 2),
        (["0.000001"], [1], 6),
        (["1E+3"], [100_000], 2),
        ([3], [300], 2),
        ([], [], 2),
    ],
)
def test_figures_become_whole_units(figures, units, places):
    met, met_places = whole_units(Decimal(figure) for figure in figures)

    assert met.tolist() == units
    assert met_places == places


def test_figures_that_the_solver_could_not_tell_apart_are_refused():
    with pytest.raises(BadInputError, match="a figure of 7 places; wanted 6 at most"):
        whole_units([Decimal("0.0000001")])
    with pytest.raises(BadInputError, match="sum to more than 10,000,000,000,000 units"):
        whole_units([Decimal(99999999999), Decimal("1.01")])
    assert whole_units([Decimal(99999999999), Decimal(1)])[0].sum() == 10**13


def test_a_score_is_made_greatest_by_making_its_negative_least():
    problem = AwardProblem(("a",), (bid("1", "P", "a", score=Decimal("7.5")),), aim="score")

    objective, places = objective_of(problem)

    assert (objective.tolist(), places) == ([-750], 2)


def test_a_bid_for_nothing_and_a_score_of_nothing_count_as_nothing():
    bids = (
        bid("1", "P", "a", "0", score=Decimal(0)),
        bid("2", "P", "b", "2", score=Decimal(1)),
    )
    problem = AwardProblem(("a", "b"), bids)
    limit = Limit("bidder", "value", Decimal("1.509"))

    assert objective_of(problem)[0].tolist() == [0, 200]
    assert objective_of(AwardProblem(("a", "b"), bids, aim="score"))[0].tolist() == [0, -100]
    weights, most, places = limit_weights(problem, limit)
    assert (weights.tolist(), most, places) == ([0, 200], 150, 2)


def test_a_limit_of_lots_counts_lots_and_only_those_of_whom_it_names():
    bids = (bid("1", "P", "ab", "1"), bid("2", "Q", "b", "1"), bid("3", "P", "b", "1"))
    limit = Limit("bidder", "lots", 2, only="P")
    problem = AwardProblem(("a", "b"), bids, (limit,))

    weights, most, places = limit_weights(problem, limit)
    counts, codes = limited(problem, limit)

    assert (weights.tolist(), most, places) == ([2, 1, 1], 2, 0)
    assert counts.tolist() == [True, False, True]
    assert codes.tolist() == [0, 1, 0]


@pytest.mark.parametrize("gaps", ["fewest", "allowed"])
def test_a_lot_may_stay_empty_where_gaps_may_be(gaps):
    bids = (bid("1", "P", "a", score=Decimal(1)),)

    model = build_model(AwardProblem(("a", "b"), bids, aim="score", gaps=gaps))

    assert (model.lower.tolist(), model.upper.tolist()) == ([0, 0], [1, 1])


def test_rows_say_what_the_problem_says():
    bids = (
        bid("1", "P", "a", "1", exclusive=("x",)),
        bid("2", "P", "ab", "3", exclusive=("x",)),
        bid("3", "Q", "b", "1"),
    )
    constraints = (
        Limit("bidder", "lots", 2),
        Limit("bidder", "value", Decimal("2.50")),
        MinimumWinners("bidder", 2),
    )

    model = build_model(AwardProblem(("a", "b"), bids, constraints))

    ends = list(zip(model.lower.tolist(), model.upper.tolist(), strict=True))
    any_less, any_more = -(2**62), 2**62
    assert [
        (*row, *end) for row, end in zip(model.rows.toarray().tolist(), ends, strict=True)
    ] == [
        (1, 1, 0, 0, 0, 1, 1),  # lot a, once
        (0, 1, 1, 0, 0, 1, 1),  # lot b, once
        (1, 1, 0, 0, 0, any_less, 1),  # one of the exclusive bids
        (1, 2, 0, 0, 0, any_less, 2),  # P's lots; Q cannot pass the limit
        (100, 0, 0, 0, 0, any_less, 250),  # P's value, of the bids that may win
        (1, 1, 0, -1, 0, 0, any_more),  # P counts as a winner only with a bid
        (0, 0, 1, 0, -1, 0, any_more),
        (0, 0, 0, 1, 1, 2, any_more),  # two winners
    ]
    assert model.ceiling.tolist() == [1, 0, 1, 1, 1]  # bid 2 alone is over the limit of value


def test_a_bid_in_two_groups_of_the_same_name_counts_once():
    bids = (bid("1", "P", "a", "1", exclusive=("x", "x")), bid("2", "P", "b", "1"))

    model = build_model(AwardProblem(("a", "b"), bids))

    assert model.rows.shape == (2, 2)


def test_a_model_with_only_some_bids_bars_the_rest():
    model = build_model(AwardProblem(("a",), (bid("1", "P", "a", "1"), bid("2", "Q", "a", "1"))))

    assert model.with_only(np.array([False, True])).ceiling.tolist() == [0, 1]
    assert model.ceiling.tolist() == [1, 1]
