"""Who gets what of the money that comes back."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.money.apportionment import pounds
from convener.methods.money.waterfall import Flow, Tier, distribute, returns

DAY = date(2020, 1, 1)
YEAR = timedelta(days=365)
TIERS = [
    Tier("capital", {"senior": 1}, ("senior", Decimal(0))),
    Tier("interest", {"senior": 1}, ("senior", Decimal("0.04"))),
    Tier("junior capital", {"junior": 1}, ("junior", Decimal(0))),
    Tier("shared", {"senior": 1, "junior": 3}, ("senior", Decimal("0.10"))),
    Tier("back to the payer", {"payer": 1}),
]
PUT_IN = [Flow(DAY, Decimal(1000), "senior"), Flow(DAY, Decimal(200), "junior")]


def by_tier(paid):
    sums = defaultdict(Decimal)
    for row in paid:
        sums[row.tier, row.party] += row.amount
    return dict(sums)


def test_money_runs_through_the_tiers_in_order():
    paid = distribute(TIERS, PUT_IN, [Flow(DAY + YEAR, Decimal(1600))])

    assert by_tier(paid) == {
        ("capital", "senior"): Decimal(1000),
        ("interest", "senior"): Decimal(40),
        ("junior capital", "junior"): Decimal(200),
        ("shared", "senior"): Decimal(60),
        ("shared", "junior"): Decimal(180),
        ("back to the payer", "payer"): Decimal(120),
    }


def test_too_little_money_stops_at_the_tier_it_reaches():
    paid = distribute(TIERS, PUT_IN, [Flow(DAY + YEAR, Decimal(1010))])

    assert by_tier(paid) == {
        ("capital", "senior"): Decimal(1000),
        ("interest", "senior"): Decimal(10),
    }


def test_no_money_pays_nobody_and_loses_the_principal():
    met = returns(PUT_IN, distribute(TIERS, PUT_IN, []))

    assert [(row.party, row.put_in, row.lost) for row in met] == [
        ("junior", 200, 200),
        ("senior", 1000, 1000),
    ]
    assert {row.rates.found for row in met} == {"none"}


def test_interest_that_is_late_earns_interest():
    paid = distribute(
        TIERS, PUT_IN, [Flow(DAY + YEAR, Decimal(0)), Flow(DAY + 2 * YEAR, Decimal(2000))]
    )

    assert by_tier(paid)["interest", "senior"] == Decimal("81.60")


def test_a_year_in_two_steps_is_a_year():
    half = timedelta(days=100)
    paid = distribute(
        TIERS, PUT_IN, [Flow(DAY + half, Decimal(0)), Flow(DAY + YEAR, Decimal(2000))]
    )

    assert by_tier(paid)["interest", "senior"] == Decimal(40)


def test_money_put_in_later_opens_the_first_tier_again():
    more = [*PUT_IN, Flow(DAY + 2 * YEAR, Decimal(500), "senior")]

    paid = distribute(
        TIERS, more, [Flow(DAY + YEAR, Decimal(1040)), Flow(DAY + 2 * YEAR, Decimal(500))]
    )

    assert by_tier(paid) == {
        ("capital", "senior"): Decimal(1460),
        ("interest", "senior"): Decimal(80),
    }


def test_a_bond_comes_out_at_the_rate_of_its_flows(shared):
    """With one investor and no ceiling the waterfall adds nothing to the flows themselves."""
    oracle = json.loads((shared / "oracles" / "finance.json").read_text(encoding="utf-8"))
    flows = [
        (date.fromisoformat(on), Decimal(amount))
        for on, amount in oracle["synthetic_bond"]["flows"]
    ]
    put_in = [Flow(on, -amount, "investor") for on, amount in flows if amount < 0]
    back = [Flow(on, amount) for on, amount in flows if amount > 0]

    met = returns(put_in, distribute([Tier("all", {"investor": 1})], put_in, back))

    assert met[0].rates.rate == pytest.approx(oracle["synthetic_bond"]["xirr"], abs=1e-8)
    assert (met[0].put_in, met[0].received, met[0].lost) == (1_300_000, 1_600_000, 0)


def test_a_ceiling_of_return_is_reached_and_not_passed(shared):
    oracle = json.loads((shared / "oracles" / "finance.json").read_text(encoding="utf-8"))
    flows = [
        (date.fromisoformat(on), Decimal(amount))
        for on, amount in oracle["synthetic_bond"]["flows"]
    ]
    put_in = [Flow(on, -amount, "investor") for on, amount in flows if amount < 0]
    back = [Flow(on, amount) for on, amount in flows if amount > 0]
    tiers = [
        Tier("to a ceiling", {"investor": 1}, ("investor", Decimal("0.03"))),
        Tier("back to the payer", {"payer": 1}),
    ]

    met = {row.party: row for row in returns(put_in, distribute(tiers, put_in, back))}

    assert met["investor"].rates.rate == pytest.approx(0.03, abs=1e-8)
    assert met["investor"].rates.rate <= 0.03 + 1e-12
    assert met["investor"].received + met["payer"].received == 1_600_000


amounts = st.integers(1, 10**7).map(pounds)
when = st.integers(0, 2000).map(lambda days: DAY + timedelta(days=days))


@given(
    st.lists(
        st.builds(Flow, when, amounts, st.sampled_from(["senior", "junior"])),
        min_size=1,
        max_size=5,
    ),
    st.lists(st.builds(Flow, when, amounts), max_size=6),
)
def test_what_arrives_is_shared_to_the_penny_and_no_hurdle_is_passed(put_in, receipts):
    paid = distribute(TIERS, put_in, receipts)

    arrived, shared_out = defaultdict(Decimal), defaultdict(Decimal)
    for flow in receipts:
        arrived[flow.on] += flow.amount
    for row in paid:
        assert row.amount > 0
        shared_out[row.on] += row.amount
    assert shared_out == arrived
    assert distribute(TIERS, put_in[::-1], receipts[::-1]) == paid


@given(amounts, st.integers(1, 3000), st.integers(0, 60))
def test_a_hurdle_pays_exactly_its_rate_and_rounds_down(amount, days, percent):
    rate = Decimal(percent) / 100
    tiers = [Tier("hurdle", {"a": 1}, ("a", rate)), Tier("rest", {"b": 1})]
    put_in = [Flow(DAY, amount, "a")]
    due = float(amount) * (1 + percent / 100) ** (days / 365)
    assume(due < 1e12)

    paid = distribute(tiers, put_in, [Flow(DAY + timedelta(days=days), Decimal(10**13))])

    met = float(by_tier(paid)["hurdle", "a"])
    assert due - 0.0101 - due * 1e-12 <= met <= due * (1 + 1e-12)


@pytest.mark.parametrize(
    ("tiers", "wanted"),
    [
        ([], "takes the rest"),
        ([Tier("a", {"a": 1}, ("a", Decimal(0)))], "takes the rest"),
        ([Tier("a", {"a": 1}), Tier("b", {"b": 1})], "takes the rest"),
        ([Tier("a", {"a": 1}, ("b", Decimal(0))), Tier("b", {"b": 1})], "whom it does not pay"),
        ([Tier("a", {"a": 1}, ("a", Decimal(-1))), Tier("b", {"b": 1})], "wanted above -1"),
        ([Tier("a", {})], "none negative and one above zero"),
    ],
)
def test_tiers_that_cannot_be_are_refused(tiers, wanted):
    with pytest.raises(BadInputError, match=wanted):
        distribute(tiers, PUT_IN, [])


@pytest.mark.parametrize(
    ("put_in", "receipts", "wanted"),
    [
        ([Flow(DAY, Decimal(1))], [], "wanted a party"),
        ([Flow(DAY, Decimal(0), "a")], [], "more than nothing"),
        ([], [Flow(DAY, Decimal(-1))], "of 0 or more"),
        ([], [Flow(DAY, Decimal(1), "a")], "of no party"),
        ([], [Flow(DAY, Decimal("0.001"))], "whole pence"),
    ],
)
def test_flows_that_cannot_be_are_refused(put_in, receipts, wanted):
    with pytest.raises(BadInputError, match=wanted):
        distribute([Tier("all", {"a": 1})], put_in, receipts)


def test_a_tier_that_is_full_takes_nothing_more():
    later = [Flow(DAY + timedelta(days=at), Decimal(1000)) for at in range(3)]

    paid = distribute(TIERS[:1] + TIERS[-1:], PUT_IN, later)

    assert by_tier(paid) == {
        ("capital", "senior"): Decimal(1000),
        ("back to the payer", "payer"): Decimal(2000),
    }


def test_a_split_tier_is_full_when_its_party_has_its_part():
    tiers = [
        Tier("split", {"senior": 2, "junior": 3}, ("senior", Decimal(0))),
        Tier("rest", {"payer": 1}),
    ]

    paid = distribute(tiers, PUT_IN, [Flow(DAY, Decimal(3000))])

    assert [(row.party, row.amount) for row in paid] == [
        ("senior", Decimal(1000)),
        ("junior", Decimal(1500)),
        ("payer", Decimal(500)),
    ]


def test_pennies_are_put_in_and_come_back():
    put_in = [Flow(DAY, Decimal("0.40"), "a")]
    back = [Flow(DAY + YEAR, Decimal("0.50"))]

    (met,) = returns(put_in, distribute([Tier("all", {"a": 1})], put_in, back))

    assert (met.put_in, met.received) == (Decimal("0.40"), Decimal("0.50"))
    assert met.rates.rate == pytest.approx(0.25)
