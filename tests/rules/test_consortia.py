"""Standing of bodies that bid together, by each stated rule."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.money.accounts import Accounts
from convener.methods.money.standing import Metric
from convener.rules.consortia import ConsortiumRule, Member, assess_consortium
from convener.rules.standing import WORRY, Risk, Tier, profile_for

ON = date(2025, 9, 1)
VALUE = Decimal(1_000_000)
BRONZE = profile_for(Tier.BRONZE, ON)


def _accounts(revenue, liabilities=50, year=2025, month=3):
    return Accounts(
        starts_on=date(year - 1, month + 1, 1),
        ends_on=date(year, month, 31),
        revenue=Decimal(1000 * revenue),
        operating_profit=Decimal(150 * revenue),
        current_assets=Decimal(100_000),
        inventories=Decimal(0),
        current_liabilities=Decimal(1000 * liabilities),
        total_assets=Decimal(200_000),
        total_liabilities=Decimal(100_000),
    )


def _member(name, share, revenue, **lines):
    return Member(name, (_accounts(revenue, **lines),), Decimal(share))


def _assess(members, rule):
    return assess_consortium(members, VALUE, rule=rule, profile=BRONZE, on=ON)


def _turnover(standing):
    return next(one.ratio.value for one in standing.readings if one.metric is Metric.TURNOVER)


FIVE_SMALL = [_member(f"charity-{n}", "0.2", 500) for n in range(5)]


def test_small_bodies_pass_for_their_own_share_or_together_but_none_for_all():
    each = _assess(FIVE_SMALL, ConsortiumRule.EACH)
    together = _assess(FIVE_SMALL, ConsortiumRule.TOGETHER)

    assert each.risk is together.risk is Risk.LOW
    assert list(each.standings) == [f"charity-{n}" for n in range(5)]
    assert {_turnover(one) for one in each.standings.values()} == {Decimal("2.5")}
    assert _turnover(together.standings["together"]) == Decimal("2.5")
    alone = _assess([_member("one", "1", 500)], ConsortiumRule.EACH)
    assert alone.risk is Risk.HIGH
    assert _turnover(alone.standings["one"]) == Decimal("0.5")


def test_the_lead_alone_answers_for_the_whole():
    members = [_member("lead", "0.6", 3_000), _member("other", "0.4", 10, liabilities=900)]

    lead = _assess(members, ConsortiumRule.LEAD)

    assert list(lead.standings) == ["lead"]
    assert _turnover(lead.standings["lead"]) == 3
    assert lead.risk is Risk.LOW
    assert _assess(members, ConsortiumRule.EACH).risk is Risk.HIGH
    assert lead.rule is ConsortiumRule.LEAD


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 300)), min_size=1, max_size=4))
def test_each_is_as_worrying_as_the_most_worrying_member(bodies):
    share = Decimal(1) / len(bodies)
    shares = [share] * (len(bodies) - 1) + [1 - share * (len(bodies) - 1)]
    members = [
        Member(str(n), (_accounts(revenue, liabilities=owed),), part)
        for n, ((revenue, owed), part) in enumerate(zip(bodies, shares, strict=True))
    ]

    met = _assess(members, ConsortiumRule.EACH)

    assert met.risk is max((one.risk for one in met.standings.values()), key=WORRY.index)


def test_years_are_added_as_far_back_as_every_member_goes():
    long = Member(
        "long", tuple(_accounts(500, year=year) for year in (2023, 2024, 2025)), Decimal("0.5")
    )
    short = Member(
        "short", tuple(_accounts(700, year=year) for year in (2024, 2025)), Decimal("0.5")
    )

    met = _assess([long, short], ConsortiumRule.TOGETHER).standings["together"]

    assert met.readings[0].trend.period_count == 2
    assert _turnover(met) == Decimal("1.2")


def test_a_member_without_accounts_leaves_the_whole_not_assessed():
    unknown = Member("new", (), Decimal("0.5"))
    members = [_member("old", "0.5", 5_000), unknown]

    for rule in (ConsortiumRule.EACH, ConsortiumRule.TOGETHER):
        assert _assess(members, rule).risk is Risk.NOT_ASSESSED


def test_accounts_of_later_days_are_not_known_yet():
    later = Accounts(starts_on=date(2025, 4, 1), ends_on=date(2026, 3, 31))
    member = Member("one", (_accounts(3_000), later), Decimal(1))

    assert _assess([member], ConsortiumRule.TOGETHER).risk is Risk.LOW


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([], "a consortium has one member or more, each with a name of its own"),
        ([FIVE_SMALL[0]] * 2, "each with a name of its own"),
        ([_member("a", "0.5", 1), _member("b", "0.4", 1)], "met the shares 0.5, 0.4; wanted"),
        ([_member("a", "0", 1), _member("b", "1", 1)], "wanted shares above 0 that sum to 1"),
        ([_member("a", "-0.5", 1), _member("b", "1.5", 1)], "wanted shares above 0"),
    ],
)
def test_a_consortium_that_cannot_be_is_refused(members, message):
    with pytest.raises(BadInputError, match=re.escape(message)):
        _assess(members, ConsortiumRule.EACH)


def test_two_leads_are_refused():
    with pytest.raises(BadInputError, match="a and b have the largest share alike; wanted one"):
        _assess([_member("a", "0.5", 1), _member("b", "0.5", 1)], ConsortiumRule.LEAD)


def test_a_period_that_ends_on_the_day_is_not_added_to_others():
    ended = Member(
        "a",
        tuple(_accounts(n, year=year) for n, year in ((800, 2024), (9_000, 2025))),
        Decimal("0.5"),
    )
    other = Member("b", (_accounts(700, year=2024),), Decimal("0.5"))

    met = assess_consortium(
        [ended, other],
        VALUE,
        rule=ConsortiumRule.TOGETHER,
        profile=BRONZE,
        on=date(2025, 3, 31),
    )

    assert _turnover(met.standings["together"]) == Decimal("1.5")
