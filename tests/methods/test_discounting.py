"""Discount factors and present values, against the published table and as laws."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.money.discounting import (
    GREEN_BOOK,
    GREEN_BOOK_HEALTH,
    RateSchedule,
    RateStep,
    discount_factors,
    in_prices_of,
    present_value,
    schedule_at,
    years_between,
)


def flat(rate, since=date(2000, 1, 1)):
    return RateSchedule("flat", since, "a test", (RateStep(0, rate, is_confirmed=True),))


def test_the_oracles_factors_come_out(shared):
    oracle = json.loads((shared / "oracles" / "finance.json").read_text(encoding="utf-8"))

    for year, factor in oracle["green_book_factor"].items():
        assert discount_factors(int(year)) == pytest.approx(factor, abs=5.1e-7)


# Printed factors, to four places; health beyond 30 years at rates not confirmed in the source.
@pytest.mark.parametrize(
    ("schedule", "factors"),
    [
        (GREEN_BOOK, {0: 1, 10: 0.7089, 30: 0.3563, 31: 0.3459, 75: 0.0942, 76: 0.0919}),
        (GREEN_BOOK_HEALTH, {0: 1, 10: 0.8617, 30: 0.6398, 31: 0.6316}),
    ],
)
def test_the_table_of_test_vectors_comes_out(schedule, factors):
    met = discount_factors(list(factors), schedule)

    assert met == pytest.approx(list(factors.values()), abs=5e-5)


@pytest.mark.parametrize("schedule", [GREEN_BOOK, GREEN_BOOK_HEALTH])
def test_each_factor_is_the_one_before_over_the_rate_of_its_year(schedule):
    rates = np.repeat(
        [step.rate for step in schedule.steps],
        np.diff([step.after for step in schedule.steps], append=400),
    )

    chained = np.concatenate([[1], np.cumprod(1 / (1 + rates))])

    assert discount_factors(np.arange(401), schedule) == pytest.approx(chained, rel=1e-12)


@given(st.floats(0, 1000), st.floats(0, 100))
def test_factors_only_fall(year, more):
    first, second = discount_factors([year, year + more])

    assert 0 < second <= first <= 1


def test_factors_keep_the_shape_of_the_years():
    assert discount_factors([[1, 2, 3], [4, 5, 6]]).shape == (2, 3)
    assert discount_factors([]).shape == (0,)


def test_half_a_year_is_discounted_at_the_rate_of_its_year():
    assert discount_factors(0.5) == pytest.approx(1.035**-0.5)
    assert discount_factors(30.5) == pytest.approx(1.035**-30 * 1.03**-0.5)


@pytest.mark.parametrize("years", [[-1], [float("nan")], [float("inf")]])
def test_years_that_are_not_ahead_are_refused(years):
    with pytest.raises(BadInputError, match="wanted 0 or more"):
        discount_factors(years)


def test_an_old_decision_keeps_its_old_rates():
    old, new = flat(0.06, date(1997, 1, 1)), flat(0.035, date(2003, 4, 1))

    assert schedule_at([new, old], at=date(2003, 3, 31)) is old
    assert schedule_at([old, new], at=date(2003, 4, 1)) is new


def test_a_day_before_all_rates_is_refused():
    with pytest.raises(BadInputError, match="2003-04-01 or later"):
        schedule_at([GREEN_BOOK], at=date(2001, 1, 1))
    with pytest.raises(BadInputError, match="wanted a schedule"):
        schedule_at([], at=date(2001, 1, 1))


@pytest.mark.parametrize("starts", [[], [1], [0, 0], [0, 30, 20]])
def test_a_schedule_with_a_gap_is_refused(starts):
    steps = tuple(RateStep(after, 0.03, is_confirmed=True) for after in starts)

    with pytest.raises(BadInputError, match="then rising"):
        RateSchedule("gap", date(2000, 1, 1), "a test", steps)


def test_a_rate_that_loses_everything_is_refused():
    with pytest.raises(BadInputError, match="above -1"):
        flat(-1.0)


def test_what_is_not_confirmed_says_so():
    assert [step.is_confirmed for step in GREEN_BOOK.steps] == [True, True, True, *[False] * 3]
    assert [step.is_confirmed for step in GREEN_BOOK_HEALTH.steps] == [True, *[False] * 5]


def test_a_present_value_is_the_sum_of_amount_times_factor():
    met = present_value([100, 100, 100])

    assert met == pytest.approx(100 + 100 / 1.035 + 100 / 1.035**2)


def test_options_are_valued_by_row_and_at_their_own_years():
    met = present_value([[100, 0], [0, 100]], [0, 10])

    assert met == pytest.approx([100, 70.8919], abs=1e-4)


def test_no_years_are_worth_nothing():
    assert present_value([]) == 0


def test_an_amount_without_its_year_is_refused():
    with pytest.raises(BadInputError, match="one year for each amount"):
        present_value([1, 2, 3], [0, 1])


@pytest.mark.parametrize("amounts", [[1, float("nan")], [float("inf")], 5.0])
def test_a_missing_amount_is_refused(amounts):
    with pytest.raises(BadInputError, match="missing or not finite"):
        present_value(amounts)


def test_prices_of_one_year_undo_the_index():
    met = in_prices_of([100, 102, 110], [100, 102, 110], 0)

    assert met == pytest.approx([100, 100, 100])
    assert in_prices_of([100, 102, 110], [100, 102, 110], 2) == pytest.approx([110, 110, 110])


@pytest.mark.parametrize("index", [[1, 0], [1], [1, -1], [1, float("nan")]])
def test_an_index_that_is_none_is_refused(index):
    with pytest.raises(BadInputError, match="above zero for each"):
        in_prices_of([1, 2], index, 0)


@pytest.mark.parametrize("base", [-1, 2])
def test_a_base_year_that_is_not_there_is_refused(base):
    with pytest.raises(BadInputError, match="wanted 0 to 1"):
        in_prices_of([1, 2], [1, 1], base)


def test_years_are_of_365_days():
    met = years_between([date(2021, 1, 1), date(2019, 12, 31)], date(2020, 1, 1))

    assert met == pytest.approx([366 / 365, -1 / 365])


def test_a_missing_date_is_refused():
    with pytest.raises(BadInputError, match="date is missing"):
        years_between(np.array(["NaT"], dtype="datetime64[D]"), date(2020, 1, 1))


def test_the_published_steps_are_these():
    """Rates by years ahead, as HM Treasury's Green Book has them."""
    starts = (0, 30, 75, 125, 200, 300)
    standard = (0.035, 0.030, 0.025, 0.020, 0.015, 0.010)
    health = (0.015, 0.0129, 0.0107, 0.0086, 0.0064, 0.0043)

    for schedule, rates in ((GREEN_BOOK, standard), (GREEN_BOOK_HEALTH, health)):
        met = tuple((step.after, step.rate) for step in schedule.steps)
        assert met == tuple(zip(starts, rates, strict=True))
    assert (GREEN_BOOK.since, GREEN_BOOK_HEALTH.since) == (date(2003, 4, 1), date(2018, 4, 1))


def test_options_of_several_years_are_brought_to_the_prices_of_one():
    met = in_prices_of([[100, 102], [200, 204]], [1.0, 1.02], 0)

    assert met == pytest.approx(np.array([[100, 100], [200, 200]]))


def test_a_rate_may_hold_for_one_year():
    steps = (RateStep(0, 0.1, is_confirmed=True), RateStep(1, 0.0, is_confirmed=True))

    met = discount_factors([1, 2], RateSchedule("short", date(2000, 1, 1), "a test", steps))

    assert met == pytest.approx([1 / 1.1, 1 / 1.1])
