"""What an award may be decided on, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from award_cases import bid
from convener.base.errors import BadInputError
from convener.methods.awards.award_problem import AwardProblem, Limit, MinimumWinners

BIDS = (bid("1", "P", "ab", "10"), bid("2", "Q", "b", "4.50"))
GOOD = AwardProblem(("a", "b"), BIDS)
PRICES = {"a": Decimal(1), "b": Decimal(2)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lots": ()}, "met no lots"),
        ({"lots": ("a", "b", "a")}, "lot a is given twice"),
        ({"bids": (BIDS[0], BIDS[0])}, "bid 1 is given twice"),
        ({"bids": (bid("1", "P", "", "1"),)}, "bid 1 is for no lot"),
        ({"bids": (bid("1", "P", "az", "1"),)}, "bid 1 is for z, which is not among the lots"),
        ({"bids": (bid("1", "P", "aa", "1"),)}, "bid 1 names a lot twice"),
        ({"bids": (bid("1", "P", "a"),)}, "the amount of bid 1 is None; wanted an exact"),
        ({"bids": (bid("1", "P", "a", "-1"),)}, "the amount of bid 1 is"),
        ({"bids": (bid("1", "P", "a", "NaN"),)}, "finite"),
        ({"bids": (bid("1", "P", "a", "Infinity"),)}, "finite"),
        ({"bids": (replace(BIDS[0], amount=10.5),)}, "is 10.5; wanted an exact number"),
        ({"bids": (replace(BIDS[0], amount=True),)}, "is True; wanted an exact number"),
        ({"bids": (replace(BIDS[0], score=Decimal(-1)),)}, "the score of bid 1"),
        ({"aim": "score"}, "the score of bid 1 is None"),
        ({"aim": "quality"}, 'met the aim "quality"'),
        ({"gaps": "some"}, 'met gaps "some"'),
        ({"gaps": "allowed"}, "the lowest cost is no award at all"),
        ({"standard_prices": PRICES}, "every award costs the same"),
        ({"constraints": (Limit("firm", "lots", 1),)}, 'met "firm"; wanted "bidder" or "owner"'),
        ({"constraints": (Limit("bidder", "size", 1),)}, 'met a limit of "size"'),
        ({"constraints": (Limit("bidder", "lots", -1),)}, "the limit of lots is -1"),
        ({"constraints": (Limit("bidder", "lots", 1.5),)}, "the limit of lots is 1.5"),
        ({"constraints": (Limit("owner", "lots", 1, only="Z"),)}, "owner Z, who made no bid"),
        ({"constraints": (MinimumWinners("bidder", 0),)}, "a minimum of 0 winners"),
        ({"constraints": (MinimumWinners("firm", 1),)}, 'met "firm"'),
    ],
)
def test_what_cannot_be_is_refused(change, said):
    with pytest.raises(BadInputError, match=said):
        replace(GOOD, **change)


def test_a_value_limit_needs_amounts_even_where_the_score_decides():
    bids = (bid("1", "P", "a", score=Decimal(3)),)
    limit = (Limit("bidder", "value", Decimal(5)),)

    AwardProblem(("a",), bids, aim="score")
    with pytest.raises(BadInputError, match="the amount of bid 1 is None"):
        AwardProblem(("a",), bids, limit, aim="score")
    AwardProblem(("a",), bids, limit, aim="score", standard_prices={"a": Decimal(4)})


def test_standard_prices_are_for_every_lot_and_every_bid_is_at_them():
    bids = (bid("1", "P", "ab", "3.00", score=Decimal(3)),)

    problem = AwardProblem(("a", "b"), bids, aim="score", standard_prices=PRICES)
    assert problem.amount(bids[0]) == 3
    with pytest.raises(BadInputError, match="for each lot and for no other"):
        replace(problem, standard_prices={"a": Decimal(1)})
    with pytest.raises(BadInputError, match="the standard price of lot a"):
        replace(problem, standard_prices=PRICES | {"a": Decimal(-1)})
    with pytest.raises(BadInputError, match="bid 1 is at 2; the standard price is 3"):
        replace(problem, bids=(replace(bids[0], amount=Decimal(2)),))


def test_an_owner_is_the_bidder_unless_another_is_named():
    problem = replace(GOOD, owners={"P": "group", "unheard of": "other"})

    assert problem.holders("owner") == ("Q", "group")
    assert problem.holders("bidder") == ("P", "Q")


def test_who_is_left_out_takes_its_own_limits_along():
    limits = (
        Limit("bidder", "lots", 1, only="P"),
        Limit("owner", "lots", 1, only="group"),
        Limit("bidder", "lots", 2, only="Q"),
        MinimumWinners("bidder", 1),
    )
    problem = replace(GOOD, constraints=limits, owners={"P": "group"})

    assert problem.without_holder("P", "bidder").constraints == limits[2:]
    assert problem.without_holder("group", "owner").constraints == limits[2:]
    assert problem.without_holder("Q", "bidder").constraints == (*limits[:2], limits[3])


def test_a_constraint_is_left_out_and_the_others_stay_in_order():
    limits = (
        Limit("bidder", "lots", 1),
        Limit("owner", "lots", 1),
        MinimumWinners("bidder", 1),
    )

    assert replace(GOOD, constraints=limits).without(limits[1]).constraints == limits[::2]
    assert replace(GOOD, constraints=limits[:1]).without(limits[1]).constraints == limits[:1]


def test_nothing_and_less_than_a_pound_or_a_point_are_figures():
    bids = (
        bid("1", "P", "a", "0", score=Decimal(0)),
        bid("2", "Q", "b", "0.01", score=Decimal("0.5")),
    )
    limits = (Limit("bidder", "lots", 0, only="P"), Limit("owner", "value", Decimal("0.50")))

    for aim in ("cost", "score"):
        assert AwardProblem(("a", "b"), bids, limits, aim=aim).constraints == limits


def test_without_packages_the_bids_on_single_lots_stay():
    problem = replace(GOOD, constraints=(Limit("bidder", "lots", 1, only="P"),))

    assert problem.without_packages() == AwardProblem(("a", "b"), BIDS[1:])


def test_a_limit_on_an_owner_stays_while_one_of_its_bidders_does():
    limit = Limit("owner", "lots", 1, only="group")
    problem = replace(GOOD, constraints=(limit,), owners={"P": "group", "Q": "group"})

    assert problem.without_holder("P", "bidder").constraints == (limit,)


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        (Limit("bidder", "lots", 3), "no bidder wins more than 3 lots"),
        (Limit("owner", "lots", 1), "no owner wins more than 1 lot"),
        (
            Limit("owner", "value", Decimal("1500000.00")),
            "no owner wins more than 1,500,000.00 in value",
        ),
        (Limit("bidder", "lots", 2, only="P"), "bidder P wins no more than 2 lots"),
        (MinimumWinners("owner", 3), "at least 3 different owners win"),
        (MinimumWinners("bidder", 1), "at least 1 bidder wins"),
    ],
)
def test_a_constraint_says_itself_in_words(constraint, words):
    assert str(constraint) == words
