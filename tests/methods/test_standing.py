"""The ratios of standing with their edges, and which way they move."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.money.accounts import LINES, Accounts
from convener.methods.money.standing import (
    OF_FLOWS,
    Condition,
    Direction,
    Metric,
    Ratio,
    Trend,
    ratios,
    trend,
    unbroken,
)

ENDS = date(2025, 3, 31)
VALUE = Decimal(4_000_000)
SHORTEST = 183

# A body with debt, in thousands of pounds: every ratio is a number that can be worked by hand.
LINES_OF_ONE = {
    "revenue": 10_000,
    "operating_profit": 800,
    "depreciation_and_amortisation": 200,
    "net_operating_cash_flow": 900,
    "capital_expenditure": 500,
    "net_interest_paid": 160,
    "borrowings": 3_000,
    "cash": 1_000,
    "pension_deficit": 1_500,
    "current_assets": 2_600,
    "inventories": 200,
    "current_liabilities": 2_000,
    "total_assets": 9_000,
    "total_liabilities": 7_500,
    "group_receivables": 1_800,
}


def _accounts(days=365, ends_on=ENDS, **changed):
    lines = {name: Decimal(1000 * value) for name, value in LINES_OF_ONE.items()}
    changed = {
        name: value if value is None else Decimal(1000) * Decimal(str(value))
        for name, value in changed.items()
    }
    return Accounts(
        starts_on=ends_on - timedelta(days=days - 1), ends_on=ends_on, **(lines | changed)
    )


def _ratios(accounts, **options):
    return ratios(accounts, VALUE, shortest_days=SHORTEST, **options)


def test_each_ratio_is_what_a_hand_works_out():
    met = _ratios(_accounts())

    assert {metric: ratio.value for metric, ratio in met.items()} == {
        Metric.TURNOVER: Decimal("2.5"),
        Metric.MARGIN: Decimal("0.08"),
        Metric.CASH_FLOW_TO_DEBT: Decimal("0.2"),
        Metric.DEBT_TO_EARNINGS: Decimal(2),
        Metric.DEBT_AND_PENSIONS: Decimal("3.5"),
        Metric.INTEREST_COVER: Decimal(5),
        Metric.ACID_RATIO: Decimal("1.2"),
        Metric.NET_ASSETS: Decimal(1_500_000),
        Metric.GROUP_EXPOSURE: Decimal("0.2"),
    }
    assert all(ratio.condition is Condition.MEASURED for ratio in met.values())


@pytest.mark.parametrize(
    ("changed", "metric", "condition"),
    [
        ({"cash": 3_000}, Metric.CASH_FLOW_TO_DEBT, Condition.NET_CASH),
        ({"cash": 3_000}, Metric.DEBT_TO_EARNINGS, Condition.NET_CASH),
        ({"cash": 4_500}, Metric.DEBT_AND_PENSIONS, Condition.NET_CASH),
        ({"cash": 4_500, "operating_profit": -900}, Metric.DEBT_TO_EARNINGS, Condition.NET_CASH),
        ({"operating_profit": -200}, Metric.DEBT_TO_EARNINGS, Condition.NO_EARNINGS),
        ({"operating_profit": -900}, Metric.DEBT_TO_EARNINGS, Condition.NO_EARNINGS),
        ({"operating_profit": -900}, Metric.DEBT_AND_PENSIONS, Condition.NO_EARNINGS),
        (
            {"cash": 4_000, "operating_profit": -900},
            Metric.DEBT_AND_PENSIONS,
            Condition.NO_EARNINGS,
        ),
        ({"net_interest_paid": 0}, Metric.INTEREST_COVER, Condition.NO_INTEREST),
        ({"net_interest_paid": -5}, Metric.INTEREST_COVER, Condition.NO_INTEREST),
        ({"current_liabilities": 0}, Metric.ACID_RATIO, Condition.NOTHING_OWED),
        ({"revenue": 0}, Metric.MARGIN, Condition.NO_REVENUE),
        ({"total_assets": 0}, Metric.GROUP_EXPOSURE, Condition.NO_ASSETS),
    ],
)
def test_a_ratio_that_cannot_be_divided_says_why(changed, metric, condition):
    assert _ratios(_accounts(**changed))[metric] == Ratio(None, condition)


@pytest.mark.parametrize(
    ("changed", "metric", "value"),
    [
        ({"cash": 2_999}, Metric.DEBT_TO_EARNINGS, "0.001"),
        ({"cash": "2999.9995"}, Metric.DEBT_TO_EARNINGS, "5e-7"),
        ({"cash": 3_500}, Metric.DEBT_AND_PENSIONS, "1"),
        ({"operating_profit": -199}, Metric.DEBT_TO_EARNINGS, "2000"),
        ({"operating_profit": -800}, Metric.INTEREST_COVER, "-5"),
        ({"operating_profit": -800}, Metric.MARGIN, "-0.08"),
        ({"net_operating_cash_flow": 100}, Metric.CASH_FLOW_TO_DEBT, "-0.2"),
        ({"revenue": 0}, Metric.TURNOVER, "0"),
        ({"total_liabilities": 10_000}, Metric.NET_ASSETS, "-1000000"),
        ({"inventories": 2_600}, Metric.ACID_RATIO, "0"),
        ({"current_liabilities": "0.001"}, Metric.ACID_RATIO, "2400000"),
    ],
)
def test_a_ratio_near_its_edge_is_still_a_number(changed, metric, value):
    assert _ratios(_accounts(**changed))[metric] == Ratio(Decimal(value))


@pytest.mark.parametrize(
    ("line", "metrics"),
    [
        ("revenue", {Metric.TURNOVER, Metric.MARGIN}),
        (
            "operating_profit",
            {
                Metric.MARGIN,
                Metric.DEBT_TO_EARNINGS,
                Metric.DEBT_AND_PENSIONS,
                Metric.INTEREST_COVER,
            },
        ),
        ("depreciation_and_amortisation", {Metric.DEBT_TO_EARNINGS, Metric.DEBT_AND_PENSIONS}),
        ("net_operating_cash_flow", {Metric.CASH_FLOW_TO_DEBT}),
        ("capital_expenditure", {Metric.CASH_FLOW_TO_DEBT}),
        ("net_interest_paid", {Metric.INTEREST_COVER}),
        (
            "borrowings",
            {Metric.CASH_FLOW_TO_DEBT, Metric.DEBT_TO_EARNINGS, Metric.DEBT_AND_PENSIONS},
        ),
        ("pension_deficit", {Metric.DEBT_AND_PENSIONS}),
        ("inventories", {Metric.ACID_RATIO}),
        ("current_liabilities", {Metric.ACID_RATIO}),
        ("total_assets", {Metric.NET_ASSETS, Metric.GROUP_EXPOSURE}),
        ("total_liabilities", {Metric.NET_ASSETS}),
        ("group_receivables", {Metric.GROUP_EXPOSURE}),
        (
            "restricted_cash",
            {
                Metric.CASH_FLOW_TO_DEBT,
                Metric.DEBT_TO_EARNINGS,
                Metric.DEBT_AND_PENSIONS,
                Metric.ACID_RATIO,
            },
        ),
        ("restricted_funds", {Metric.NET_ASSETS}),
    ],
)
def test_a_missing_line_is_missing_and_not_nothing(line, metrics):
    met = _ratios(_accounts(**{line: None}))

    missing = {metric for metric, ratio in met.items() if ratio.condition is Condition.MISSING}
    assert missing == metrics


def test_accounts_without_a_line_have_no_ratio():
    empty = Accounts(starts_on=date(2024, 4, 1), ends_on=ENDS)

    assert {ratio.condition for ratio in _ratios(empty).values()} == {Condition.MISSING}


def test_net_cash_is_enough_where_the_rest_is_missing():
    met = _ratios(_accounts(cash=5_000, net_operating_cash_flow=None, operating_profit=None))

    assert met[Metric.CASH_FLOW_TO_DEBT].condition is Condition.NET_CASH
    assert met[Metric.DEBT_TO_EARNINGS].condition is Condition.NET_CASH


def test_restricted_cash_pays_no_bill():
    charity = _accounts(restricted_cash=400, restricted_funds=1_700)
    free, whole = _ratios(charity), _ratios(charity, with_restricted=True)

    assert free[Metric.ACID_RATIO].value == Decimal(1)
    assert whole[Metric.ACID_RATIO].value == Decimal("1.2")
    assert free[Metric.DEBT_TO_EARNINGS].value == Decimal("2.4")
    assert whole[Metric.DEBT_TO_EARNINGS].value == Decimal(2)
    assert free[Metric.NET_ASSETS].value == Decimal(-200_000)
    assert whole[Metric.NET_ASSETS].value == Decimal(1_500_000)
    assert free[Metric.GROUP_EXPOSURE] == whole[Metric.GROUP_EXPOSURE]


def test_flows_of_a_short_period_are_taken_to_a_year():
    met = _ratios(_accounts(days=73 * 3))

    assert met[Metric.TURNOVER].value.quantize(Decimal("1e-9")) == Decimal("4.166666667")
    assert met[Metric.DEBT_TO_EARNINGS].value.quantize(Decimal("1e-9")) == Decimal("1.2")
    assert met[Metric.MARGIN].value.quantize(Decimal("1e-9")) == Decimal("0.08")
    assert met[Metric.NET_ASSETS].value == Decimal(1_500_000)


@pytest.mark.parametrize(("days", "is_short"), [(182, True), (183, False)])
def test_too_short_a_period_says_nothing_of_a_year(days, is_short):
    met = _ratios(_accounts(days=days))

    short = {m for m, ratio in met.items() if ratio == Ratio(None, Condition.SHORT_PERIOD)}
    assert short == (set(OF_FLOWS) if is_short else set())
    assert {Metric.ACID_RATIO, Metric.NET_ASSETS, Metric.GROUP_EXPOSURE}.isdisjoint(OF_FLOWS)
    assert len(OF_FLOWS) == 6


def test_no_debt_and_no_line_stay_as_they_are_in_a_short_period():
    met = _ratios(_accounts(days=90, cash=5_000, revenue=None))

    assert met[Metric.DEBT_TO_EARNINGS].condition is Condition.NET_CASH
    assert met[Metric.TURNOVER].condition is Condition.MISSING
    assert met[Metric.INTEREST_COVER].condition is Condition.SHORT_PERIOD


@given(st.integers(1, 10**6))
def test_the_unit_of_money_matters_to_net_assets_alone(factor):
    accounts = _accounts()
    scaled = replace(accounts, **{name: getattr(accounts, name) * factor for name in LINES})

    met = ratios(scaled, VALUE * factor, shortest_days=SHORTEST)

    for metric, ratio in _ratios(accounts).items():
        wanted = ratio.value * (factor if metric is Metric.NET_ASSETS else 1)
        assert met[metric].value == wanted


@pytest.mark.parametrize("value", [Decimal(0), Decimal(-1), Decimal("NaN"), 4.0, 4])
def test_a_contract_without_a_value_is_refused(value):
    with pytest.raises(BadInputError, match="annual value is an exact decimal above 0, not"):
        ratios(_accounts(), value, shortest_days=SHORTEST)


def test_a_contract_of_half_a_pound_a_year_has_a_value():
    met = ratios(_accounts(), Decimal("0.5"), shortest_days=SHORTEST)

    assert met[Metric.TURNOVER].value == 20_000_000


def test_no_day_is_too_short_to_ask_for():
    with pytest.raises(BadInputError, match="met a shortest period of 0 days; wanted 1 or more"):
        ratios(_accounts(), VALUE, shortest_days=0)
    assert ratios(_accounts(), VALUE, shortest_days=1)[Metric.MARGIN].value


def test_the_latest_years_are_kept_earliest_first():
    years = [_accounts(365, date(2025, 3, 31) - timedelta(days=365 * back)) for back in range(4)]

    assert unbroken(years, 3) == (years[2], years[1], years[0])
    assert unbroken(years, 1) == (years[0],)
    assert unbroken(years[:2], 3) == (years[1], years[0])
    assert unbroken([], 3) == ()


@pytest.mark.parametrize(("gap", "kept"), [(0, 2), (7, 2), (8, 1), (365, 1)])
def test_a_missing_year_hides_those_before_it(gap, kept):
    latest = _accounts(365, ENDS)
    before = _accounts(365, latest.starts_on - timedelta(days=1 + gap))

    assert len(unbroken([before, latest], 3)) == kept


def test_a_gap_long_ago_hides_no_later_year():
    ends = [ENDS - timedelta(days=365 * back) for back in (0, 1, 4)]
    years = [_accounts(365, end) for end in ends]

    assert unbroken(years, 3) == (years[1], years[0])


def test_periods_that_overlap_are_refused():
    latest = _accounts(365, ENDS)

    with pytest.raises(BadInputError, match=re.escape("from 2024-04-01 starts before 2024-04-01")):
        unbroken([latest, _accounts(365, latest.starts_on)], 3)
    with pytest.raises(BadInputError, match="met 0 periods to keep; wanted 1 or more"):
        unbroken([latest], 0)


def _path(*points):
    return [
        Ratio(None, point) if isinstance(point, Condition) else Ratio(Decimal(point))
        for point in points
    ]


@pytest.mark.parametrize(
    ("metric", "points", "direction", "change", "count"),
    [
        (Metric.MARGIN, ["0.1", "0.2", "0.3"], Direction.BETTER, "0.2", 3),
        (Metric.MARGIN, ["0.1", "0.1", "0.3"], Direction.BETTER, "0.2", 3),
        (Metric.MARGIN, ["0.3", "0.2"], Direction.WORSE, "-0.1", 2),
        (Metric.MARGIN, ["0.3", "0.2", "0.4"], Direction.MIXED, "0.1", 3),
        (Metric.MARGIN, ["0.3", "0.2", "0.2"], Direction.WORSE, "-0.1", 3),
        (Metric.MARGIN, ["0.2", "0.2"], Direction.LEVEL, "0", 2),
        (Metric.DEBT_TO_EARNINGS, ["2", "3"], Direction.WORSE, "1", 2),
        (Metric.DEBT_AND_PENSIONS, ["3", "2"], Direction.BETTER, "-1", 2),
        (Metric.GROUP_EXPOSURE, ["0.1", "0.2"], Direction.WORSE, "0.1", 2),
        (Metric.MARGIN, ["0.2"], Direction.UNKNOWN, "0", 1),
        (Metric.MARGIN, [], Direction.UNKNOWN, None, 0),
        (Metric.DEBT_TO_EARNINGS, ["2", Condition.NET_CASH], Direction.BETTER, None, 2),
        (Metric.CASH_FLOW_TO_DEBT, [Condition.NET_CASH, "9"], Direction.WORSE, None, 2),
        (Metric.DEBT_TO_EARNINGS, ["9999", Condition.NO_EARNINGS], Direction.WORSE, None, 2),
        (Metric.INTEREST_COVER, ["99", Condition.NO_INTEREST], Direction.BETTER, None, 2),
        (Metric.ACID_RATIO, [Condition.NOTHING_OWED, "99"], Direction.WORSE, None, 2),
        (Metric.MARGIN, ["0.1", Condition.MISSING, "0.2", "0.3"], Direction.BETTER, "0.1", 2),
        (Metric.MARGIN, ["0.1", "0.2", Condition.SHORT_PERIOD], Direction.UNKNOWN, None, 0),
        (Metric.MARGIN, [Condition.NO_REVENUE, "0.2"], Direction.UNKNOWN, "0", 1),
    ],
)
def test_a_ratio_moves_as_its_numbers_and_conditions_say(metric, points, direction, change, count):
    met = trend(metric, _path(*points))

    assert met == Trend(direction, None if change is None else Decimal(change), count)


@given(st.lists(st.decimals(-100, 100, places=2), min_size=2, max_size=5))
def test_read_backwards_a_trend_turns_round(values):
    path = [Ratio(value) for value in values]
    turned = {Direction.BETTER: Direction.WORSE, Direction.WORSE: Direction.BETTER}

    there, back = trend(Metric.ACID_RATIO, path), trend(Metric.ACID_RATIO, path[::-1])

    assert back.direction is turned.get(there.direction, there.direction)
    assert back.change == -there.change
    mirror = trend(Metric.GROUP_EXPOSURE, path)
    assert mirror.direction is back.direction
