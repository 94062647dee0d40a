"""The solver's answers, checked in whole numbers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from award_cases import bid
from convener.base.errors import BadInputError
from convener.methods.awards import award_solving
from convener.methods.awards.award_model import build_model, objective_of
from convener.methods.awards.award_problem import AwardProblem, Limit
from convener.methods.awards.award_solving import Effort, NoAwardInTimeError, minimise

BIDS = (bid("1", "P", "a", "10"), bid("2", "P", "b", "10"), bid("3", "Q", "b", "12"))


def _minimised(problem, effort=None):
    return minimise(build_model(problem), objective_of(problem)[0], effort or Effort())


def test_an_answer_that_breaks_a_limit_by_the_solvers_tolerance_is_not_taken(monkeypatch):
    real, calls = award_solving.milp, []

    def tolerant(costs, **given):
        calls.append(given)
        if len(calls) == 1:
            return SimpleNamespace(x=np.array([1.0, 1, 0, 0, 1]), status=0, mip_dual_bound=2500.0)
        return real(costs, **given)

    monkeypatch.setattr(award_solving, "milp", tolerant)

    bids = (*BIDS, bid("4", "P", "b", "11"), bid("5", "R", "c", "5"))
    solution = _minimised(AwardProblem(tuple("abc"), bids, (Limit("bidder", "lots", 1),)))

    assert len(calls) == 2
    barred = calls[1]["constraints"]
    assert barred.A.toarray()[-1].tolist() == [1, 1, 0, 0, 0]
    assert (barred.lb[-1], barred.ub[-1]) == (-np.inf, 1)
    assert solution.chosen.tolist() == [True, False, True, False, True]
    assert solution.value == solution.bound == 2700


def test_what_the_solver_cannot_read_is_not_called_unsolvable(monkeypatch):
    answer = SimpleNamespace(x=None, status=4, message="HiGHS Status 2: model error")
    monkeypatch.setattr(award_solving, "milp", lambda *_, **__: answer)

    with pytest.raises(BadInputError, match="cannot read the figures: HiGHS Status 2"):
        _minimised(AwardProblem(("a", "b"), BIDS))


@pytest.mark.parametrize(
    ("status", "message"), [(2, "no answer"), (4, "the model is unbounded or infeasible")]
)
def test_what_has_no_answer_has_none_whatever_the_solver_calls_it(monkeypatch, status, message):
    answer = SimpleNamespace(x=None, status=status, message=message)
    monkeypatch.setattr(award_solving, "milp", lambda *_, **__: answer)

    assert _minimised(AwardProblem(("a", "b"), BIDS)) is None


def test_a_search_that_is_stopped_before_any_award_says_so(monkeypatch):
    answer = SimpleNamespace(x=None, status=1, message="time limit reached")
    monkeypatch.setattr(award_solving, "milp", lambda *_, **__: answer)

    with pytest.raises(NoAwardInTimeError, match="before it found any award"):
        _minimised(AwardProblem(("a", "b"), BIDS))


def test_without_bids_all_lots_stay_empty_if_they_may():
    assert _minimised(AwardProblem(("a",), ())) is None

    empty = _minimised(AwardProblem(("a",), (), gaps="fewest"))
    alone = _minimised(AwardProblem(("a",), BIDS[:1], gaps="fewest"))

    assert (empty.chosen.size, empty.value, empty.is_optimal) == (0, 0, True)
    assert (alone.chosen.tolist(), alone.value, alone.is_optimal) == ([False], 0, True)


def test_the_solver_is_asked_for_the_optimum_and_not_for_nearly(monkeypatch):
    asked = []
    real = award_solving.milp

    def listening(costs, **given):
        asked.append(dict(given["options"]))
        return real(costs, **given)

    monkeypatch.setattr(award_solving, "milp", listening)

    _minimised(AwardProblem(("a", "b"), BIDS), Effort(seconds=9, nodes=10**6))

    assert asked == [{"mip_rel_gap": 0.0, "time_limit": 9, "node_limit": 10**6}]


@pytest.mark.parametrize(
    ("bound", "kept"),
    [
        (1999.2, 2000),
        (1999.0000015, 1999),
        (1500.0, 1500),
        (None, 0),
        (-np.inf, 0),
        (2500.0, 2000),
    ],
)
def test_the_bound_of_a_stopped_search_is_a_whole_unit_that_no_award_beats(
    monkeypatch, bound, kept
):
    answer = SimpleNamespace(x=np.array([1.0, 1.0, 0.0]), status=1, mip_dual_bound=bound)
    monkeypatch.setattr(award_solving, "milp", lambda *_, **__: answer)

    solution = _minimised(AwardProblem(("a", "b"), BIDS))

    assert (solution.value, solution.bound) == (2000, kept)
    assert solution.is_optimal == (kept == 2000)
