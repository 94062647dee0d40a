"""Financial standing: bands and tiers in force on a day, and what they say of accounts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError, NotFoundError
from convener.methods.money.accounts import Accounts
from convener.methods.money.standing import LOWER_IS_BETTER, Condition, Direction, Metric
from convener.rules.standing import (
    BANDS,
    CONDITIONS,
    FORMATS,
    PROFILES,
    WORRY,
    Limits,
    Mitigation,
    NextStep,
    Risk,
    Status,
    Tier,
    assess,
    profile_for,
)

ENDS = date(2025, 3, 31)
ON = date(2025, 9, 1)
VALUE = Decimal(4_000_000)
BRONZE, SILVER, GOLD = (profile_for(tier, ON) for tier in Tier)
PAGE = (
    Path(__file__).resolve().parents[2]
    / "docs"
    / "explanation"
    / "methods"
    / "financial-standing.md"
)

SOUND = {
    "revenue": 10_000,
    "operating_profit": 1_400,
    "depreciation_and_amortisation": 200,
    "net_operating_cash_flow": 1_500,
    "capital_expenditure": 500,
    "net_interest_paid": 160,
    "borrowings": 3_000,
    "cash": 1_000,
    "pension_deficit": 1_500,
    "current_assets": 2_800,
    "inventories": 200,
    "current_liabilities": 2_000,
    "total_assets": 9_000,
    "total_liabilities": 7_500,
    "group_receivables": 1_500,
}


def _accounts(ends_on=ENDS, days=365, **changed):
    lines = {
        name: value if value is None else Decimal(1000) * value
        for name, value in (SOUND | changed).items()
    }
    return Accounts(starts_on=ends_on - timedelta(days=days - 1), ends_on=ends_on, **lines)


def _assess(*accounts, profile=GOLD, on=ON, **options):
    return assess(accounts, VALUE, profile=profile, on=on, **options)


def _risks(standing):
    return {one.metric: one.risk for one in standing.readings}


@pytest.mark.parametrize(
    ("metric", "value", "risk"),
    # The bands of the reference, at their edges: both ends are medium.
    [
        (Metric.TURNOVER, "2.01", Risk.LOW),
        (Metric.TURNOVER, "2", Risk.MEDIUM),
        (Metric.TURNOVER, "1.5", Risk.MEDIUM),
        (Metric.TURNOVER, "1.49", Risk.HIGH),
        (Metric.MARGIN, "0.101", Risk.LOW),
        (Metric.MARGIN, "0.10", Risk.MEDIUM),
        (Metric.MARGIN, "0.05", Risk.MEDIUM),
        (Metric.MARGIN, "0.049", Risk.HIGH),
        (Metric.CASH_FLOW_TO_DEBT, "0.151", Risk.LOW),
        (Metric.CASH_FLOW_TO_DEBT, "0.15", Risk.MEDIUM),
        (Metric.CASH_FLOW_TO_DEBT, "0.05", Risk.MEDIUM),
        (Metric.CASH_FLOW_TO_DEBT, "-0.2", Risk.HIGH),
        (Metric.DEBT_TO_EARNINGS, "3.49", Risk.LOW),
        (Metric.DEBT_TO_EARNINGS, "3.5", Risk.MEDIUM),
        (Metric.DEBT_TO_EARNINGS, "5", Risk.MEDIUM),
        (Metric.DEBT_TO_EARNINGS, "5.01", Risk.HIGH),
        (Metric.DEBT_AND_PENSIONS, "4.99", Risk.LOW),
        (Metric.DEBT_AND_PENSIONS, "5", Risk.MEDIUM),
        (Metric.DEBT_AND_PENSIONS, "7.5", Risk.MEDIUM),
        (Metric.DEBT_AND_PENSIONS, "7.51", Risk.HIGH),
        (Metric.INTEREST_COVER, "4.51", Risk.LOW),
        (Metric.INTEREST_COVER, "4.5", Risk.MEDIUM),
        (Metric.INTEREST_COVER, "3", Risk.MEDIUM),
        (Metric.INTEREST_COVER, "2.99", Risk.HIGH),
        (Metric.ACID_RATIO, "1.01", Risk.LOW),
        (Metric.ACID_RATIO, "1", Risk.MEDIUM),
        (Metric.ACID_RATIO, "0.8", Risk.MEDIUM),
        (Metric.ACID_RATIO, "0.79", Risk.HIGH),
        (Metric.NET_ASSETS, "0.01", Risk.LOW),
        (Metric.NET_ASSETS, "0", Risk.HIGH),
        (Metric.NET_ASSETS, "-1", Risk.HIGH),
        (Metric.GROUP_EXPOSURE, "0.249", Risk.LOW),
        (Metric.GROUP_EXPOSURE, "0.25", Risk.MEDIUM),
        (Metric.GROUP_EXPOSURE, "0.5", Risk.MEDIUM),
        (Metric.GROUP_EXPOSURE, "0.501", Risk.HIGH),
    ],
)
def test_a_number_lies_in_the_band_that_the_guidance_gives(metric, value, risk):
    assert BANDS[metric].risk(metric, Decimal(value)) is risk


@given(st.sampled_from(Metric), st.decimals(-20, 20, places=2), st.decimals(0, 20, places=2))
def test_a_better_number_is_never_more_of_a_risk(metric, value, by):
    better = value - by if metric in LOWER_IS_BETTER else value + by
    for limits in (BANDS[metric], GOLD.limits[metric]):
        risks = [WORRY.index(limits.risk(metric, one)) for one in (better, value)]
        assert risks == sorted(risks)


@given(st.sampled_from(Metric), st.decimals(-20, 20, places=2))
def test_gold_is_never_kinder_than_silver(metric, value):
    gold = GOLD.limits[metric].risk(metric, value)

    assert WORRY.index(gold) >= WORRY.index(BANDS[metric].risk(metric, value))


def test_each_tier_has_its_metrics():
    numbers = {metric: number for number, metric in enumerate(Metric, 1)}

    assert [numbers[one] for one in BRONZE.limits] == [1, 2, 7, 8]
    assert [numbers[one] for one in SILVER.limits] == [1, 2, 4, 5, 6, 7, 8, 9]
    assert [numbers[one] for one in GOLD.limits] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert set(FORMATS) == set(Metric)


def test_gold_is_a_fifth_tighter_and_says_whose_choice_that_is():
    assert GOLD.limits[Metric.TURNOVER] == Limits(Decimal("2.4"), Decimal("1.8"))
    assert GOLD.limits[Metric.DEBT_TO_EARNINGS] == Limits(Decimal("2.8"), Decimal(4))
    assert GOLD.limits[Metric.NET_ASSETS] == Limits(Decimal(0), Decimal(0))
    assert GOLD.status is Status.OWN
    assert BRONZE.status is SILVER.status is Status.UNCONFIRMED
    assert all("Cabinet Office" in one.source for one in PROFILES)


def test_a_rule_is_the_one_in_force_when_the_procurement_began():
    old = replace(BRONZE, in_force_to=date(2024, 4, 22))
    new = replace(BRONZE, in_force_from=date(2024, 4, 23), limits={})

    assert profile_for(Tier.BRONZE, date(2024, 4, 22), (old, new)) is old
    assert profile_for(Tier.BRONZE, date(2024, 4, 23), (old, new)) is new
    assert profile_for(Tier.BRONZE, date(2019, 1, 1)) is BRONZE
    with pytest.raises(NotFoundError, match=r"no gold bands .* were in force on 2018-12-31"):
        profile_for(Tier.GOLD, date(2018, 12, 31))
    with pytest.raises(NotFoundError, match="no silver bands"):
        profile_for(Tier.SILVER, date(2024, 4, 23), (old, new))


def test_net_cash_and_positive_earnings_are_low_risk_on_metrics_3_to_5():
    # Vector 17: a bidder with net cash, EBITDA of +£1m.
    met = _risks(_assess(_accounts(borrowings=0, pension_deficit=0, operating_profit=800)))

    metrics = (Metric.CASH_FLOW_TO_DEBT, Metric.DEBT_TO_EARNINGS, Metric.DEBT_AND_PENSIONS)
    assert {met[metric] for metric in metrics} == {Risk.LOW}


def test_debt_without_earnings_is_high_risk():
    met = _risks(_assess(_accounts(operating_profit=-900)))

    assert met[Metric.DEBT_TO_EARNINGS] is met[Metric.DEBT_AND_PENSIONS] is Risk.HIGH


def test_every_condition_has_a_reading_and_none_that_is_unknown_passes():
    assert set(CONDITIONS) == set(Condition) - {Condition.MEASURED}
    for condition in (Condition.MISSING, Condition.SHORT_PERIOD, Condition.NO_REVENUE):
        assert CONDITIONS[condition] is Risk.NOT_ASSESSED
    assert CONDITIONS[Condition.NO_ASSETS] is Risk.NOT_ASSESSED
    assert CONDITIONS[Condition.NO_INTEREST] is CONDITIONS[Condition.NOTHING_OWED] is Risk.LOW


def test_a_sound_body_goes_on():
    met = _assess(_accounts())

    assert met.risk is Risk.LOW
    assert met.next_step is NextStep.GO_ON
    assert met.reasons == ()
    assert met.accounts_end_on == ENDS
    assert [one.metric for one in met.readings] == list(Metric)


def test_the_whole_is_as_worrying_as_its_most_worrying_ratio():
    assert WORRY == (Risk.LOW, Risk.MEDIUM, Risk.NOT_ASSESSED, Risk.HIGH)
    assert _assess(_accounts(current_liabilities=2_300)).risk is Risk.MEDIUM
    assert _assess(_accounts(current_liabilities=2_300, revenue=None)).risk is Risk.NOT_ASSESSED
    assert _assess(_accounts(current_liabilities=9_000, revenue=None)).risk is Risk.HIGH


def test_whoever_is_not_low_risk_is_asked_before_anything_is_weighed():
    weak = _accounts(current_liabilities=2_300)

    asked = _assess(weak)
    explained = _assess(weak, explanation="A loan falls due after the period and is refinanced.")
    secured = _assess(weak, mitigations=[Mitigation.BOND])

    assert asked.next_step is NextStep.ASK
    assert _assess(weak, explanation="  ").next_step is NextStep.ASK
    assert explained.next_step is secured.next_step is NextStep.WEIGH
    assert secured.mitigations == (Mitigation.BOND,)
    assert asked.risk is secured.risk is Risk.MEDIUM
    assert asked.reasons == secured.reasons == ("acid ratio: 1.13, medium risk",)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"operating_profit": 700}, "operating margin: 7.0%, medium risk"),
        ({"total_liabilities": 10_250}, "net asset value: -1,250,000, high risk"),
        ({"inventories": None}, "acid ratio: not in the accounts, not assessed"),
        ({"borrowings": 9_000}, "net debt to EBITDA: 5.00, high risk"),
        ({"group_receivables": 3_000}, "group exposure ratio: 33.3%, medium risk"),
    ],
)
def test_a_reason_says_the_ratio_its_number_and_its_reading(changed, reason):
    assert reason in _assess(_accounts(**changed)).reasons


@pytest.mark.parametrize(
    ("on", "risk"),
    [
        (ENDS, Risk.NOT_ASSESSED),
        (ENDS + timedelta(days=1), Risk.LOW),
        (ENDS + timedelta(days=670), Risk.LOW),
        (ENDS + timedelta(days=671), Risk.NOT_ASSESSED),
    ],
)
def test_accounts_that_are_not_known_yet_or_too_old_never_pass(on, risk):
    assert _assess(_accounts(), on=on).risk is risk


def test_it_is_said_why_nothing_was_assessed():
    none = _assess()
    old = _assess(_accounts(), on=ENDS + timedelta(days=700))

    assert none.reasons == ("no accounts were known on the day",)
    assert none.accounts_end_on is None
    assert old.reasons == ("the latest accounts ended on 2025-03-31, over 670 days before",)
    assert {one.risk for one in (*none.readings, *old.readings)} == {Risk.NOT_ASSESSED}
    assert none.next_step is NextStep.ASK


def test_half_a_year_is_the_least_that_stands_for_a_year():
    assert _assess(_accounts(days=183)).risk is Risk.LOW
    assert _assess(_accounts(days=182)).risk is Risk.NOT_ASSESSED


def test_restricted_funds_are_shown_with_and_without():
    charity = replace(_accounts(), restricted_cash=Decimal(700_000))

    readings = {one.metric: one for one in _assess(charity).readings}

    acid = readings[Metric.ACID_RATIO]
    assert (acid.ratio.value, acid.with_restricted.value) == (Decimal("0.95"), Decimal("1.3"))
    assert acid.risk is Risk.HIGH
    assert readings[Metric.MARGIN].with_restricted is None


def test_the_trend_is_of_the_latest_three_years_that_follow_on():
    years = [
        _accounts(ENDS - timedelta(days=365 * back), operating_profit=profit)
        for back, profit in enumerate([1_400, 1_200, 1_000, 5_000])
    ]

    met = {one.metric: one.trend for one in _assess(*years).readings}

    assert met[Metric.MARGIN].direction is Direction.BETTER
    assert met[Metric.MARGIN].change == Decimal("0.04")
    assert met[Metric.MARGIN].period_count == 3
    assert met[Metric.ACID_RATIO].direction is Direction.LEVEL


def test_warnings_show_in_the_trend_on_the_day_they_were_known():
    years = [
        _accounts(ENDS - timedelta(days=365)),
        _accounts(ENDS, operating_profit=100, borrowings=9_000),
    ]

    before, after = (_assess(*years, on=ENDS + timedelta(days=by)) for by in (0, 1))

    assert before.risk is Risk.LOW
    assert after.risk is Risk.HIGH
    worse = {one.metric for one in after.readings if one.trend.direction is Direction.WORSE}
    assert worse == {
        Metric.MARGIN,
        Metric.CASH_FLOW_TO_DEBT,
        Metric.DEBT_TO_EARNINGS,
        Metric.DEBT_AND_PENSIONS,
        Metric.INTEREST_COVER,
    }


def test_accounts_that_overlap_are_refused():
    with pytest.raises(BadInputError, match="is over"):
        _assess(_accounts(), _accounts())


def test_the_page_tells_the_readings_that_come_out():
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\w ]+) \| (£?-?[\d,.]+) \|$", text, re.MULTILINE)
    lines = {
        name.replace(" ", "_"): Decimal(amount.strip("£").replace(",", ""))
        for name, amount in rows
    }
    told = re.findall(r"^\* ([\w ]+: .+, (?:low|medium|high) risk)$", text, re.MULTILINE)
    annual_value = lines.pop("annual_value")
    accounts = Accounts(starts_on=date(2024, 4, 1), ends_on=ENDS, **lines)

    met = assess([accounts], annual_value, profile=SILVER, on=ON)

    assert [one.because for one in met.readings] == told
    acid = next(one for one in met.readings if one.metric is Metric.ACID_RATIO)
    assert f"{acid.with_restricted.value:.2f} with them" in text
