from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.data.flat.parsing import (
    UnreadableCellError,
    amount,
    day,
    is_turned,
    number,
    places,
    yes_or_no,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234.50", "1234.50"),
        ("1,234.50", "1234.5"),
        ("£1,234", "1234"),
        ("-£5", "-5"),
        ("£-5.10", "-5.1"),
        ("(123.45)", "-123.45"),
        ("123.45-", "-123.45"),
        ("123.45 CR", "-123.45"),
        ("12.50 DR", "12.5"),
        ("12.50\r", "12.5"),
        ("\u22125", "-5"),
        ("1 234.5", "1234.5"),
        ("GBP 12", "12"),
        ("1.2E+05", "120000"),
        ("0.00005", "0"),
        ("0.00015", "0.0002"),
        (".5", "0.5"),
        ("", None),
        ("-", None),
        ("N/A", None),
        ("NULL", None),
    ],
)
def test_an_amount_is_read_exactly(text, expected):
    found = amount(text)

    assert (found is None) == (expected is None)
    assert expected is None or Decimal(found) == Decimal(expected)


@pytest.mark.parametrize(
    "text", ["abc", "1,23", "1e9999", "12345678901234567", "1.2.3", "£", "--5-"]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(UnreadableCellError):
        amount(text)


def test_a_comma_may_mark_decimals():
    assert Decimal(amount("1.234,50", decimal_mark=",")) == Decimal("1234.5")


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_amounts_of_four_places_come_back_as_they_were(value):
    for text in (f"{value:f}", f"{value:,f}", f"£{value:,f}"):
        assert Decimal(amount(text)) == value


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading_of_amounts(text):
    try:
        found = amount(text)
    except UnreadableCellError:
        return
    assert found is None or Decimal(found).is_finite()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-31", "2020-01-31"),
        ("2020-01-31T10:00:00Z", "2020-01-31"),
        ("2020/1/5 00:00", "2020-01-05"),
        ("20200131", "2020-01-31"),
        ("31/01/2020", "2020-01-31"),
        ("1.2.20", "2020-02-01"),
        ("01/02/75", "1975-02-01"),
        ("30-Apr-20", "2020-04-30"),
        ("1st April 2020", "2020-04-01"),
        ("Tuesday, 3 March 2020", "2020-03-03"),
        ("44000", "2020-06-18"),
        ("11/30/2020", "2020-11-30"),
        ("", None),
        ("n/a", None),
    ],
)
def test_a_date_is_read_days_first(text, expected):
    assert day(text) == expected


def test_a_date_is_read_months_first_where_that_is_said():
    assert day("02/01/2020", day_first=False) == "2020-02-01"
    assert day("13/01/2020", day_first=False) == "2020-01-13"


def test_a_date_that_fits_one_order_only_is_told():
    assert is_turned("11/30/2020")
    assert not is_turned("30/11/2020")
    assert not is_turned("2020-11-30")
    assert is_turned("30/11/2020", day_first=False)


@pytest.mark.parametrize(
    "text", ["31/02/2020", "13/13/2020", "0000-00-00", "31/03/3034", "1 Jan 1850", "soon", "2020"]
)
def test_an_impossible_date_is_refused(text):
    with pytest.raises(UnreadableCellError):
        day(text)


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2069, 12, 31)))
def test_every_way_of_writing_a_day_is_that_day(value):
    ways = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%y", "%d %B %Y", "%Y%m%d", "%d-%b-%y")

    assert {day(value.strftime(way)) for way in ways} == {value.isoformat()}


def test_numbers_and_percentages_are_read():
    assert [number(text) for text in ("1,234", "12.5%", "NA", "-3")] == [
        "1234",
        "12.5",
        None,
        "-3",
    ]
    for text in ("many", "1e400"):
        with pytest.raises(UnreadableCellError):
            number(text)


def test_yes_and_no_are_told_from_neither():
    assert [yes_or_no(text) for text in ("Yes", "n", " TRUE", "maybe", "")] == [
        True,
        False,
        True,
        None,
        None,
    ]


def test_decimal_places_are_counted():
    assert [places(text) for text in ("1", "1.25", "1.123456")] == [0, 2, 6]
