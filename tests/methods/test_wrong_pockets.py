"""Who pays and who gains."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from convener.base.errors import BadInputError, NoSolutionError
from convener.methods.money.apportionment import pounds
from convener.methods.money.wrong_pockets import wrong_pockets

BODIES = ("council", "health", "police", "work")
years = st.integers(1, 5)


def tables(count):
    paid = st.lists(st.integers(0, 10**8).map(pounds), min_size=count, max_size=count)
    gained = st.lists(st.floats(0, 1e6), min_size=count, max_size=count)
    return st.tuples(
        st.dictionaries(st.sampled_from(BODIES), paid, min_size=1),
        st.dictionaries(st.sampled_from(BODIES), gained, min_size=1),
    )


def pounded(*amounts):
    return [Decimal(amount) for amount in amounts]


def test_a_job_shows_the_council_paying_while_others_gain():
    met = {
        pocket.body: pocket
        for pocket in wrong_pockets(
            {"council": pounded("6000", "0"), "health": pounded("2000", "0")},
            {"council": [500, 500], "health": [1000, 1000], "work": [2500, 2500]},
        )
    }

    assert [met[body].paid_share for body in met] == [0.75, 0.25, 0]
    assert [met[body].gained_share for body in met] == pytest.approx([0.125, 0.25, 0.625])
    assert [met[body].wrong_pocket for body in met] == pytest.approx([0.625, 0, -0.625])
    assert [met[body].transfer for body in met] == pounded("5000", "0", "-5000")
    assert met["council"].transfers == (Decimal(5000), Decimal(0))


def test_gains_of_later_years_weigh_less():
    early, late = wrong_pockets(
        {"early": pounded("100", "0"), "late": pounded("100", "0")},
        {"early": [100, 0], "late": [0, 103.5]},
    )

    assert (early.gained, late.gained) == pytest.approx((100, 100))
    assert early.wrong_pocket == pytest.approx(0)


@given(years.flatmap(tables))
def test_wrong_pockets_sum_to_zero_every_year_to_the_penny(case):
    paid, gained = case
    assume(any(map(any, paid.values())) and any(map(any, gained.values())))

    met = wrong_pockets(paid, gained)

    assert sum(pocket.wrong_pocket for pocket in met) == pytest.approx(0, abs=1e-9)
    assert sum(pocket.transfer for pocket in met) == 0
    for year in zip(*(pocket.transfers for pocket in met), strict=True):
        assert sum(year) == 0
    for pocket in met:
        assert pocket.to_date[-1] == pocket.transfer
        due = pocket.paid - sum(paid_by.paid for paid_by in met) * Decimal(pocket.gained_share)
        assert abs(pocket.transfer - due) < Decimal("0.02")


def test_a_transfer_can_change_its_way_over_time():
    first, second = wrong_pockets(
        {"a": pounded("100", "0"), "b": pounded("0", "100")}, {"a": [1, 0], "b": [1, 0]}
    )

    assert first.transfers == (Decimal(50), Decimal(-50))
    assert first.to_date == (Decimal(50), Decimal(0))
    assert second.transfer == 0


@pytest.mark.parametrize(
    ("paid", "gained", "wanted"),
    [
        ({"a": pounded("1")}, {"a": [1, 2]}, "as many for each body"),
        ({}, {}, "at least one"),
        ({"a": []}, {"a": []}, "at least one"),
        ({"a": pounded("-1")}, {"a": [1]}, "pays less than nothing"),
        ({"a": pounded("1")}, {"a": [-1]}, "enter what it loses as paid"),
        ({"a": pounded("0.001")}, {"a": [1]}, "whole pence"),
        ({"a": pounded("1")}, {"a": [float("nan")]}, "missing"),
    ],
)
def test_what_cannot_be_paid_or_gained_is_refused(paid, gained, wanted):
    with pytest.raises(BadInputError, match=wanted):
        wrong_pockets(paid, gained)


def test_without_payers_or_gainers_there_are_no_shares():
    with pytest.raises(NoSolutionError, match="nobody pays"):
        wrong_pockets({"a": pounded("0")}, {"a": [1]})
    with pytest.raises(NoSolutionError, match="nobody gains"):
        wrong_pockets({"a": pounded("1")}, {"a": [0]})


def test_a_body_that_pays_and_gains_nothing_pays_for_others():
    first, second = wrong_pockets(
        {"a": pounded("10", "0"), "b": pounded("10", "0")}, {"a": [5, 5]}
    )

    assert (second.gained, second.gained_share) == (0, 0)
    assert (first.transfer, second.transfer) == (Decimal(-10), Decimal(10))
