"""Periods: what they are called, and which day lies in which."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.base.periods import FINANCIAL_YEAR, YEAR, parse_period


@pytest.mark.parametrize(
    ("name", "day", "label"),
    [
        ("year", date(2020, 1, 1), "2020"),
        ("year", date(2020, 12, 31), "2020"),
        ("financial-year", date(2020, 3, 31), "2019-20"),
        ("financial-year", date(2020, 4, 1), "2020-21"),
        ("financial-year", date(1999, 4, 1), "1999-00"),
        ("3-years", date(2015, 6, 1), "2013-2015"),
        ("3-years", date(2016, 1, 1), "2016-2018"),
        ("2-financial-years", date(2021, 3, 31), "2020-22"),
    ],
)
def test_a_day_lies_in_its_period(name, day, label):
    assert parse_period(name).label(day) == label


@pytest.mark.parametrize("name", ["month", "0-years", "", "years", "3-year", "100-years"])
def test_a_period_of_no_known_name_is_refused(name):
    with pytest.raises(BadInputError, match="wanted year, financial-year"):
        parse_period(name)


@given(st.dates(date(1900, 1, 2), date(2199, 12, 31)))
def test_a_year_changes_only_on_its_first_day(day):
    before = day - timedelta(days=1)

    assert (YEAR.label(day) != YEAR.label(before)) == ((day.month, day.day) == (1, 1))
    changes = FINANCIAL_YEAR.label(day) != FINANCIAL_YEAR.label(before)
    assert changes == ((day.month, day.day) == (4, 1))
