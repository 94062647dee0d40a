"""What constraints cost and bidders are worth, against the oracle and as laws."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given, settings

from award_cases import OFTEN_NONE, best_by_trying, bid, oracle, problem_of, problems
from convener.methods.awards.award_explaining import awards_without, price_constraints
from convener.methods.awards.award_problem import AwardProblem, Limit, MinimumWinners
from convener.methods.awards.awarding import best_award, best_award_or_none

CHEAP_AND_DEAR = (
    bid("Pa", "P", "a", "10"),
    bid("Pb", "P", "b", "10"),
    bid("Qa", "Q", "a", "13"),
    bid("Rb", "R", "b", "18"),
)


def test_the_oracle_gives_the_cost_without_each_bidder(shared):
    for instance in oracle(shared)["instances"]:
        if "optimum_without_bidder" not in instance:
            continue
        problem = problem_of(instance)
        award = best_award(problem)

        worths = awards_without(problem, award)

        expected = instance["optimum_without_bidder"]
        assert {one.name: one.award and one.award.total for one in worths} == expected
        for one in worths:
            cost = expected[one.name]
            assert one.is_pivotal == (cost is None)
            assert one.worth == (None if cost is None else cost - award.total)


def test_the_oracle_gives_the_price_of_the_lot_limit(shared):
    for instance in oracle(shared)["instances"]:
        if instance.get("optimum_without_lot_limit") is None or instance["optimum_cost"] is None:
            continue
        problem = problem_of(instance)

        (price,) = price_constraints(problem, best_award(problem))

        saved = instance["optimum_cost"] - instance["optimum_without_lot_limit"]
        assert price.price == saved
        assert price.constraint == problem.constraints[0]


def test_each_constraint_is_priced_alone():
    limit, winners = Limit("bidder", "lots", 1), MinimumWinners("bidder", 2)
    problem = AwardProblem(("a", "b"), CHEAP_AND_DEAR, (limit, winners))

    one, two = price_constraints(problem, best_award(problem))
    (alone,) = price_constraints(problem.without(winners), best_award(problem))

    # Each of the two forces a second winner, so that neither costs anything beside the other.
    assert (one.price, two.price) == (0, 0)
    assert alone.price == 3
    assert alone.award.winning == ("Pa", "Pb")


def test_a_bidder_is_worth_what_its_absence_costs():
    problem = AwardProblem(("a", "b"), CHEAP_AND_DEAR)

    worths = awards_without(problem, best_award(problem))

    assert [(one.name, one.worth) for one in worths] == [("P", 11), ("Q", 0), ("R", 0)]
    assert worths[0].award.winning == ("Qa", "Rb")
    assert not any(one.is_pivotal for one in worths)


def test_an_owner_goes_with_all_its_bidders():
    problem = AwardProblem(("a", "b"), CHEAP_AND_DEAR, owners={"P": "group", "R": "group"})

    worths = awards_without(problem, best_award(problem), by="owner")

    assert [(one.name, one.is_pivotal, one.award is None) for one in worths] == [
        ("Q", False, False),
        ("group", True, True),
    ]


def test_with_gaps_who_leaves_more_lots_empty_is_pivotal():
    problem = AwardProblem(("a", "b", "c"), CHEAP_AND_DEAR[1:3], gaps="fewest")

    p, q = awards_without(problem, best_award(problem))

    assert (p.is_pivotal, p.worth, p.award.unawarded) == (True, None, ("b", "c"))
    assert (q.is_pivotal, q.worth, q.award.unawarded) == (True, None, ("a", "c"))


def test_a_constraint_that_empties_a_lot_has_no_price_in_money():
    limit = Limit("bidder", "lots", 1)
    problem = AwardProblem(("a", "b"), CHEAP_AND_DEAR[:2], (limit,), gaps="fewest")

    (price,) = price_constraints(problem, best_award(problem))

    assert price.price is None
    assert price.award.unawarded == ()


def test_a_stopped_search_prices_nothing():
    problem = AwardProblem(("a", "b"), CHEAP_AND_DEAR, (Limit("bidder", "lots", 1),))
    stopped = replace(best_award(problem), is_optimal=False)

    assert price_constraints(problem, stopped)[0].price is None
    assert {one.worth for one in awards_without(problem, stopped)} == {None}


def test_points_are_lost_where_money_is_gained():
    bids = (bid("1", "P", "a", score=Decimal(70)), bid("2", "Q", "a", score=Decimal("64.5")))
    problem = AwardProblem(("a",), bids, aim="score")

    p, q = awards_without(problem, best_award(problem))

    assert (p.worth, q.worth) == (Decimal("5.5"), 0)


@settings(max_examples=60, deadline=None, suppress_health_check=OFTEN_NONE)
@given(problems())
def test_prices_and_worths_are_what_trying_every_set_finds(problem):
    award = best_award_or_none(problem)
    assume(award is not None)

    for one in price_constraints(problem, award):
        freed = best_by_trying(problem.without(one.constraint))
        assert one.award.total == freed.total
        assert one.price is None or one.price == abs(freed.total - award.total)
    for by in ("bidder", "owner"):
        for one in awards_without(problem, award, by=by):
            left = best_by_trying(problem.without_holder(one.name, by))
            assert one.is_pivotal == (
                left is None or (problem.gaps == "fewest" and left.lots < award.most_lots)
            )
            if not one.is_pivotal:
                assert one.worth == abs(left.total - award.total)
