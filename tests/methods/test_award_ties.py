"""The search for ties, beside every set tried, and the bound that spares it most bids."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from scipy import sparse

from award_cases import OFTEN_NONE, best_by_trying, bid, problems, seeded
from convener.base.errors import BadInputError
from convener.methods.awards import award_ties
from convener.methods.awards.award_model import ANY, Model, build_model, objective_of
from convener.methods.awards.award_problem import AwardProblem, Limit, MinimumWinners
from convener.methods.awards.award_solving import Effort, NoAwardInTimeError, Solution, minimise
from convener.methods.awards.award_ties import find_optima, settle
from convener.methods.awards.awarding import find_ties, solve


def _solved(problem):
    model, objective = build_model(problem), objective_of(problem)[0]
    return model, objective, minimise(model, objective)


@settings(max_examples=100, deadline=None, suppress_health_check=OFTEN_NONE)
@given(problems(gaps="refused"))
def test_no_bid_of_a_best_award_is_dropped_by_its_bound(problem):
    best = best_by_trying(problem)
    assume(best is not None)

    model, objective, solution = _solved(problem)
    possible, _ = award_ties._near_best(model, objective, solution)

    kept = {one.name for one, may in zip(problem.bids, possible, strict=True) if may}
    assert kept >= best.always | best.contested


@settings(max_examples=100, deadline=None, suppress_health_check=OFTEN_NONE)
@given(problems())
def test_ties_are_those_of_every_set_tried(problem):
    best = best_by_trying(problem)
    assume(best is not None)

    ties = find_ties(problem)

    assert frozenset(ties.always) == best.always
    assert frozenset(ties.contested) == best.contested


@pytest.mark.parametrize(
    ("prices", "winners"),
    [
        # P takes a and b: 10 + 11 + 20 is 41. Lots at 20 alone would leave room for up to 28.
        ({"P": (10, 11, 12), "Q": (20, 20, 20), "R": (25, 25, 25)}, ()),
        # One lot each: 10 + 20 + 20 is 50. Lots at 10 alone would leave room for up to 30.
        (
            {"P": (10, 10, 10), "Q": (20, 20, 20), "S": (20, 20, 20), "R": (26, 26, 26)},
            (MinimumWinners("bidder", 3),),
        ),
        # P and S each take two: 82. Each all three, as no limit would stop them, is 66, which
        # leaves room for up to 26.
        (
            {
                "P": (10, 11, 12, 90, 90, 90),
                "S": (90, 90, 90, 10, 11, 12),
                "Q": (20,) * 6,
                "R": (25,) * 6,
            },
            (),
        ),
    ],
)
def test_the_bound_counts_what_constraints_cost(prices, winners):
    lots = "abcdef"[: len(prices["P"])]
    bids = tuple(
        bid(f"{who}{lot}", who, lot, price)
        for who, each in prices.items()
        for lot, price in zip(lots, each, strict=True)
    )
    barred = bid("Pabc", "P", "abc", "1")
    limits = (Limit("bidder", "lots", 2), *winners)
    model, objective, solution = _solved(AwardProblem(tuple(lots), (*bids, barred), limits))

    possible, _ = award_ties._near_best(model, objective, solution)

    kept = {one.name for one, may in zip((*bids, barred), possible, strict=True) if may}
    assert not {"Pabc", *(f"R{lot}" for lot in lots)} & kept


def test_a_unit_is_cut_as_finely_as_whole_numbers_allow():
    half = 2**49 - 1
    rows = Model(
        rows=sparse.csr_array((3, 1), dtype=np.int64),
        lower=np.array([-ANY, half, -ANY]),
        upper=np.array([half, ANY, ANY]),
        ceiling=np.array([1]),
        bids=1,
        lots=1,
    )

    def parts(prices, objective):
        return award_ties._scale(rows, np.array(objective), np.array(prices))

    # Sums of 2^50, less 2 to spare, leave 10 of 60 bits.
    assert parts([-1.0, 1.0, 0.0], [0]) == 2**10
    assert parts([-1.0, 0.0, 0.0], [-half]) == 2**10
    assert parts([0.0, 0.0, 0.0], [5]) == 2**16
    assert parts([-(2.0**20), 0.0, 0.0], [0]) == 1


def test_without_bids_nothing_ties():
    ties = find_ties(AwardProblem(("a",), (), gaps="fewest"))

    assert (ties.always, ties.contested) == ((), ())


@pytest.mark.parametrize("gaps", ["refused", "fewest"])
def test_the_bound_drops_what_cannot_win(gaps):
    bids = tuple(bid(f"{number}", "P", "a", 10 + number) for number in range(50))

    solved = solve(AwardProblem(("a",), bids, gaps=gaps))
    possible, _ = award_ties._near_best(solved.model, solved.objective, solved.solution)

    assert possible.sum() == 1


def test_an_award_that_was_not_the_best_is_not_searched_for_ties():
    bids = (bid("1", "P", "a", "10"), bid("2", "Q", "a", "9"))
    model, objective, _ = _solved(AwardProblem(("a",), bids))
    worse = Solution(np.array([True, False]), 1000, 1000)

    with pytest.raises(BadInputError, match="too far apart for the solver to tell one unit"):
        find_optima(model, objective, worse, Effort())


def test_a_bid_worth_nothing_may_join_or_leave_a_best_award():
    bids = (
        bid("1", "P", "a", score=Decimal(5)),
        bid("2", "Q", "b", score=Decimal(0)),
    )
    problem = AwardProblem(("a", "b"), bids, aim="score", gaps="allowed")
    model, objective, solution = _solved(problem)

    ties = find_optima(model, objective, solution, Effort()).ties(problem)

    assert (ties.always, ties.contested) == (("1",), ("2",))


def test_a_search_for_ties_that_is_stopped_says_so(monkeypatch):
    bids = (bid("1", "P", "a", "10"), bid("2", "Q", "a", "10"))
    model, objective, solution = _solved(AwardProblem(("a",), bids))
    stopped = Solution(solution.chosen, 1000, 999)
    monkeypatch.setattr(award_ties, "minimise", lambda *_: stopped)

    with pytest.raises(NoAwardInTimeError, match="before the ties were known"):
        find_optima(model, objective, solution, Effort())


def test_a_draw_follows_owners_then_bids_and_keeps_to_best_awards():
    # Two awards tie, {1, 4} and {2, 3}: whoever goes first decides both lots.
    bids = (
        bid("1", "P", "a", "10"),
        bid("2", "Q", "a", "11"),
        bid("3", "R", "b", "20"),
        bid("4", "S", "b", "21"),
    )
    pairs = {frozenset("14"), frozenset("23")}
    limits = (Limit("owner", "lots", 1),)
    owners = {"P": "one", "R": "one", "Q": "two", "S": "two"}
    problem = AwardProblem(("a", "b"), bids, limits, owners)
    model, objective, solution = _solved(problem)
    optima = find_optima(model, objective, solution, Effort())

    for seed in range(8):
        chosen, tickets = settle(problem, optima, solution, seeded(seed), Effort())
        won = frozenset(one.name for one, wins in zip(bids, chosen, strict=True) if wins)
        by_owner = sorted(tickets["owners"], key=tickets["owners"].__getitem__)
        firsts = {"one": "13", "two": "24"}[by_owner[0]]
        first = min(firsts, key=tickets["bids"].__getitem__)
        assert won in pairs
        assert first in won
