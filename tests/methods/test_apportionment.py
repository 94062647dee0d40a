"""Splitting amounts so that the pence add up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.money.apportionment import apportion, pence, pounds

amounts = st.integers(-(10**12), 10**12).map(pounds)
weights = st.dictionaries(
    st.text(min_size=1, max_size=4), st.floats(0, 1e6) | st.integers(0, 50), min_size=1, max_size=8
).filter(lambda rows: any(rows.values()))


@given(amounts, weights)
def test_the_parts_add_up_and_each_is_within_a_penny_of_its_share(total, rows):
    parts = apportion(total, rows)

    assert sum(parts.values()) == total
    whole = sum(map(Decimal, rows.values()))
    for name, part in parts.items():
        assert abs(part - total * Decimal(rows[name]) / whole) < Decimal("0.011")
        assert part == 0 or rows[name] > 0


@given(amounts, weights)
def test_the_order_of_the_names_changes_no_part(total, rows):
    turned = dict(reversed(rows.items()))

    assert apportion(total, turned) == apportion(total, rows)


@given(amounts, weights)
def test_a_recovery_is_split_as_the_payment_was(total, rows):
    back = apportion(-total, rows)

    assert back == {name: -part for name, part in apportion(total, rows).items()}


def test_the_pence_left_over_go_to_those_that_lost_most_and_then_by_name():
    assert apportion(Decimal("1.00"), {"c": 1, "a": 1, "b": 1}) == {
        "c": Decimal("0.33"),
        "a": Decimal("0.34"),
        "b": Decimal("0.33"),
    }
    assert apportion(Decimal("0.10"), {"a": 1, "b": 14})["b"] == Decimal("0.09")
    assert apportion(Decimal("0.10"), {"a": 1, "b": 25})["b"] == Decimal("0.10")


@pytest.mark.parametrize("rows", [{}, {"a": 0}, {"a": -1, "b": 2}, {"a": float("nan")}])
def test_weights_that_split_nothing_are_refused(rows):
    with pytest.raises(BadInputError, match="wanted"):
        apportion(Decimal("1.00"), rows)


def test_an_endless_weight_is_refused():
    with pytest.raises(BadInputError, match="not finite"):
        apportion(Decimal("1.00"), {"a": float("inf")})


@pytest.mark.parametrize("amount", [Decimal("0.001"), Decimal("NaN"), Decimal("Infinity"), 1.5, 3])
def test_an_amount_that_nobody_can_pay_is_refused(amount):
    with pytest.raises(BadInputError, match="wanted"):
        pence(amount)


def test_pounds_and_pence_are_each_other_undone():
    assert pence(Decimal("12.3")) == 1230
    assert str(pounds(1230)) == "12.30"
    assert pounds(pence(Decimal("-0.01"))) == Decimal("-0.01")
