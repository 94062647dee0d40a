"""What can be awarded where not all can be, why not the rest, and what to relax."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from award_cases import OFTEN_NONE, best_by_trying, bid, oracle, problem_of, problems
from convener.methods.awards import award_shortfall, award_solving
from convener.methods.awards.award_problem import AwardProblem, Limit, MinimumWinners
from convener.methods.awards.award_shortfall import explain_shortfall
from convener.methods.awards.award_solving import NoAwardInTimeError
from convener.methods.awards.awarding import best_award_or_none


def test_the_infeasible_instance_of_the_oracle_says_that_nobody_bid(shared):
    (p2,) = (one for one in oracle(shared)["instances"] if one["name"] == "p2")
    named = {str(lot) for _, lots, _ in p2["bids"] for lot in lots}

    shortfall = explain_shortfall(problem_of(p2))

    bare = {one.lot for one in shortfall.lots if one.reason == "no bid"}
    assert bare == set(map(str, range(p2["lots"]))) - named
    assert bare
    assert shortfall.without_any is None
    assert shortfall.relaxations == ()


def test_each_lot_has_its_reason():
    bids = (
        bid("1", "P", "a", "10"),
        bid("2", "P", "b", "11"),
        bid("3", "Q", "c", "90"),
    )
    few, little = Limit("bidder", "lots", 1), Limit("bidder", "value", Decimal(50))
    problem = AwardProblem(tuple("abcd"), bids, (few, little))

    shortfall = explain_shortfall(problem)

    assert shortfall.partial.winning == ("1",)
    assert [(one.lot, one.reason, one.bids, one.frees) for one in shortfall.lots] == [
        ("b", "not with the others", ("2",), ()),
        ("c", "no bid can win", ("3",), (little,)),
        ("d", "no bid", (), ()),
    ]


def test_the_nearest_limit_of_lots_that_is_enough_is_found():
    bids = tuple(bid(f"{lot}", "P", lot, "10") for lot in "abcde")
    problem = AwardProblem(tuple("abcde"), bids, (Limit("bidder", "lots", 1),))
    eased = replace(problem, bids=(*bids, *(bid(f"Q{lot}", "Q", lot, "12") for lot in "ab")))

    next_one = replace(eased, lots=tuple("abc"), bids=(*bids[:3], eased.bids[-1]))

    (alone,) = explain_shortfall(problem).relaxations
    (beside,) = explain_shortfall(eased).relaxations
    (nearest,) = explain_shortfall(next_one).relaxations

    assert alone.enough == Limit("bidder", "lots", 5)
    assert beside.enough == Limit("bidder", "lots", 3)
    assert beside.award.total == 54
    assert nearest.enough == Limit("bidder", "lots", 2)


def test_the_nearest_limit_of_value_is_found_to_the_penny():
    bids = (
        bid("1", "P", "a", "5000000.01"),
        bid("2", "P", "b", "7000000.02"),
        bid("3", "Q", "c", "9000000.07"),
    )
    limit = Limit("owner", "value", Decimal("6000000.00"))

    (relaxed,) = explain_shortfall(AwardProblem(tuple("abc"), bids, (limit,))).relaxations

    assert relaxed.constraint == limit
    assert relaxed.enough == Limit("owner", "value", Decimal("12000000.03"))
    assert relaxed.award.total == Decimal("21000000.10")


def test_the_most_winners_that_there_can_be_are_found():
    bids = tuple(bid(f"{who}{lot}", who, lot, "10") for who in "PQ" for lot in "abc")
    problem = AwardProblem(tuple("abc"), bids, (MinimumWinners("bidder", 3),))

    shortfall = explain_shortfall(problem)

    assert shortfall.partial is None
    assert [one.lot for one in shortfall.lots] == ["a", "b", "c"]
    assert {one.reason for one in shortfall.lots} == {"no bid can win"}
    assert shortfall.relaxations[0].enough == MinimumWinners("bidder", 2)


def test_where_two_constraints_stand_in_the_way_neither_alone_is_named():
    bids = tuple(bid(lot, "P", lot, "10") for lot in "ab")
    limits = (Limit("bidder", "lots", 1), Limit("bidder", "value", Decimal(15)))

    shortfall = explain_shortfall(AwardProblem(("a", "b"), bids, limits))

    assert shortfall.relaxations == ()
    assert shortfall.without_any.total == 20


def test_where_all_lots_can_be_awarded_there_is_nothing_to_explain():
    problem = AwardProblem(("a",), (bid("1", "P", "a", "10"),))

    shortfall = explain_shortfall(problem)

    assert (shortfall.lots, shortfall.relaxations) == ((), ())
    assert shortfall.partial == shortfall.without_any
    assert shortfall.partial.total == 10


def test_a_standard_price_counts_towards_limits_in_reasons_too():
    bids = (bid("1", "P", "a", score=Decimal(0)), bid("2", "P", "b", score=Decimal(9)))
    prices = {"a": Decimal(100), "b": Decimal(10)}
    limit = Limit("bidder", "value", Decimal(50))
    problem = AwardProblem(("a", "b"), bids, (limit,), aim="score", standard_prices=prices)

    (reason,) = explain_shortfall(problem).lots

    assert (reason.lot, reason.reason, reason.frees) == ("a", "no bid can win", (limit,))


def test_a_reason_that_was_not_proven_is_not_given(monkeypatch):
    real = award_shortfall.best_award_or_none

    def stopped(problem, effort):
        award = real(problem, effort)
        if award is None or problem.gaps != "allowed":
            return award
        return replace(award, total=Decimal(0), is_optimal=False)

    monkeypatch.setattr(award_shortfall, "best_award_or_none", stopped)
    bids = (bid("1", "P", "ab", "1"), bid("2", "Q", "bc", "1"))

    with pytest.raises(NoAwardInTimeError, match="before lot c was explained"):
        explain_shortfall(AwardProblem(("a", "b", "c"), bids))


def test_a_shortfall_that_was_not_proven_is_not_explained(monkeypatch):
    answer = SimpleNamespace(x=np.array([1.0, 0.0]), status=1, mip_dual_bound=None)
    monkeypatch.setattr(award_solving, "milp", lambda *_, **__: answer)
    bids = (bid("1", "P", "a", "1"), bid("2", "Q", "b", "1"))

    with pytest.raises(NoAwardInTimeError, match="known if every lot can be awarded"):
        explain_shortfall(AwardProblem(("a", "b"), bids, (Limit("bidder", "lots", 1, only="Q"),)))


@settings(max_examples=60, deadline=None, suppress_health_check=OFTEN_NONE)
@given(problems(gaps="refused"))
def test_a_relaxation_is_enough_and_nothing_nearer_is(problem):
    assume(best_award_or_none(problem) is None)

    shortfall = explain_shortfall(problem)

    partial = best_by_trying(replace(problem, gaps="fewest"))
    assert (shortfall.partial is None) == (partial is None)
    if partial is not None:
        assert len(shortfall.lots) == len(problem.lots) - partial.lots
        assert shortfall.partial.total == partial.total
    relaxed = {one.constraint for one in shortfall.relaxations}
    for constraint in problem.constraints:
        assert (constraint in relaxed) == (best_by_trying(problem.without(constraint)) is not None)
    for one in shortfall.relaxations:
        under = replace(problem, constraints=_changed(problem, one.constraint, one.enough))
        nearer = replace(
            problem, constraints=_changed(problem, one.constraint, _nearer(one.enough))
        )
        assert best_by_trying(under).total == one.award.total
        assert best_by_trying(nearer) is None


def _changed(problem, old, new):
    return tuple(new if one == old else one for one in problem.constraints)


def _nearer(constraint):
    if isinstance(constraint, MinimumWinners):
        return replace(constraint, at_least=constraint.at_least + 1)
    step = 1 if constraint.of == "lots" else Decimal("0.01")
    return replace(constraint, at_most=constraint.at_most - step)
