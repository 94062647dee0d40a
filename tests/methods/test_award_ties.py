"""The search for ties; what it finds is tested beside every set tried in test_awarding."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given, settings

from award_cases import best_by_trying, bid, problems, seeded
from convener.base.errors import BadInputError
from convener.methods.awards import award_ties
from convener.methods.awards.award_model import build_model, objective_of
from convener.methods.awards.award_problem import AwardProblem, Limit
from convener.methods.awards.award_solving import Effort, NoAwardInTimeError, Solution, minimise
from convener.methods.awards.award_ties import find_optima, settle
from convener.methods.awards.awarding import solve


def _solved(problem):
    model, objective = build_model(problem), objective_of(problem)[0]
    return model, objective, minimise(model, objective)


@settings(max_examples=100, deadline=None)
@given(problems(gaps="refused"))
def test_no_bid_of_a_best_award_is_dropped_by_its_bound(problem):
    best = best_by_trying(problem)
    assume(best is not None)

    model, objective, solution = _solved(problem)
    possible, _ = award_ties._near_best(model, objective, solution)

    kept = {one.name for one, may in zip(problem.bids, possible, strict=True) if may}
    assert kept >= best.always | best.contested


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
