"""Accounts: what they may say, and several taken together."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.money.accounts import FLOWS, LINES, STOCKS, Accounts, taken_together

ENDS = date(2025, 3, 31)
money = st.decimals(0, 10**9, places=2)


def _accounts(days=365, ends_on=ENDS, **lines):
    return Accounts(starts_on=ends_on - timedelta(days=days - 1), ends_on=ends_on, **lines)


@pytest.mark.parametrize(
    ("days", "is_year"),
    [(357, False), (358, True), (364, True), (365, True), (371, True), (373, True), (374, False)],
)
def test_a_year_may_miss_its_date_by_a_week(days, is_year):
    accounts = _accounts(days)

    assert accounts.days == days
    assert accounts.is_year is is_year


def test_a_flow_is_taken_to_a_year_at_the_same_pace():
    half = _accounts(73 * 3)

    assert half.in_a_year(Decimal(300)) == 500
    assert half.in_a_year(None) is None
    assert _accounts(371).in_a_year(Decimal(300)) == 300


def test_every_line_is_a_flow_or_a_stock():
    assert len(LINES) == len(set(LINES)) == 17
    assert "restricted_cash" in STOCKS
    assert "starts_on" not in LINES


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({"revenue": Decimal(-1)}, "revenue is -1; wanted none below 0"),
        ({"revenue": 1.5}, "revenue is an exact decimal amount, not 1.5"),
        ({"cash": 3}, "cash is an exact decimal amount, not 3"),
        ({"cash": Decimal("NaN")}, "cash is an exact decimal amount, not Decimal('NaN')"),
        ({"cash": Decimal("Infinity")}, "cash is an exact decimal amount"),
        ({"pension_deficit": Decimal(-1)}, "pension_deficit is -1; wanted none below 0"),
        (
            {"cash": Decimal(5), "restricted_cash": Decimal(6)},
            "restricted cash of 6 is more than all cash, 5",
        ),
        ({"days": 1}, "a period from 2025-03-31 to 2025-03-31 does not end after it starts"),
        ({"days": 0}, "does not end after it starts"),
    ],
)
def test_accounts_that_cannot_be_are_refused(lines, message):
    with pytest.raises(BadInputError, match=re.escape(message)):
        _accounts(**lines)


def test_a_loss_an_outflow_and_all_cash_restricted_can_be():
    accounts = _accounts(
        2,
        operating_profit=Decimal(-1),
        net_operating_cash_flow=Decimal(-1),
        net_interest_paid=Decimal(-1),
        cash=Decimal(5),
        restricted_cash=Decimal(5),
        revenue=Decimal(0),
    )

    assert accounts.operating_profit == -1
    assert _accounts(restricted_cash=None, cash=Decimal(1)).restricted_cash is None


def test_lines_are_added_and_a_line_that_one_does_not_give_is_not_given():
    first = _accounts(revenue=Decimal(10), cash=Decimal(1), inventories=Decimal(2))
    second = _accounts(366, date(2024, 12, 31), revenue=Decimal(5), cash=Decimal(3))

    both = taken_together([first, second])

    assert both.revenue == 15
    assert both.cash == 4
    assert both.inventories is None
    assert both.ends_on == date(2024, 12, 31)
    assert both.is_year


def test_flows_are_taken_to_the_length_of_the_shortest():
    year = _accounts(365, revenue=Decimal(730), cash=Decimal(1))
    part = _accounts(100, revenue=Decimal(50), cash=Decimal(1))
    long = _accounts(500, revenue=Decimal(1000), cash=Decimal(1))

    both = taken_together([year, part, long])

    assert both.days == 100
    assert both.revenue == 200 + 50 + 200
    assert both.cash == 3
    assert both.ends_on == ENDS


@given(st.lists(st.tuples(money, money), min_size=1, max_size=4))
def test_years_add_up_to_the_penny(pairs):
    members = [_accounts(revenue=first, total_assets=second) for first, second in pairs]

    both = taken_together(members)

    assert both.revenue == sum(first for first, _ in pairs)
    assert both.total_assets == sum(second for _, second in pairs)


def test_one_body_taken_together_is_itself():
    lines = {name: Decimal(number + 1) for number, name in enumerate((*FLOWS, *STOCKS))}
    lines["restricted_cash"] = Decimal(1)
    whole = _accounts(**lines)
    short = _accounts(200, **lines)

    assert taken_together([whole]) == whole
    assert taken_together([short]) == short


def test_nobody_has_no_accounts():
    with pytest.raises(BadInputError, match="met the accounts of nobody; wanted those of one"):
        taken_together([])
