"""Working days: the table against the Act, and the sums against worked examples."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.rules.bank_holidays import PROCLAIMED
from convener.rules.calendars import (
    CALENDARS,
    LONDON,
    USUAL,
    MissingYearError,
    UnknownCalendarError,
    day_of,
    end_of,
    find_calendar,
    last_day,
    missing_years,
    provider_standstill_ends,
    standstill_ends,
)

ENGLAND = CALENDARS[USUAL]
PARTS = ("england-and-wales", "scotland", "northern-ireland")
DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))
COUNTS = st.integers(1, 60)


# --- The table, made again from the Act ---------------------------------------------------------


def easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian rule: Nature, 20 April 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    length = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * length) // 451
    month, day = divmod(h + length - 7 * m + 114, 31)
    return date(year, month, day + 1)


def monday(year: int, month: int, place: int) -> date:
    """Return the first (0) or the last (-1) Monday of a month."""
    days = [date(year, month, 1) + timedelta(n) for n in range(31)]
    return [day for day in days if day.month == month and day.weekday() == 0][place]


def put_off(days) -> set[date]:
    """Move each day that falls on a weekend to the next weekday that is not taken."""
    taken = {day for day in days if day.weekday() < 5}
    for weekend in sorted(set(days) - taken):
        later = (weekend + timedelta(number) for number in range(7))
        taken.add(next(day for day in later if day.weekday() < 5 and day not in taken))
    return taken


def by_the_act(part: str, year: int) -> set[date]:
    good_friday, easter_monday = (easter(year) + timedelta(days) for days in (-2, 1))
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    moving = {good_friday, monday(year, 5, 0), monday(year, 5, -1)}
    if part == "scotland":
        fixed += [date(year, 1, 2), date(year, 11, 30)]
        moving.add(monday(year, 8, 0))
    else:
        moving |= {easter_monday, monday(year, 8, -1)}
    if part == "northern-ireland":
        fixed += [date(year, 3, 17), date(year, 7, 12)]
    found = moving | put_off(fixed)
    for one in PROCLAIMED:
        if part in one.where and date.fromisoformat(one.day).year == year:
            found -= {date.fromisoformat(one.instead_of)} if one.instead_of else set()
            found.add(date.fromisoformat(one.day))
    return found


@pytest.mark.parametrize("year", range(2019, 2029))
@pytest.mark.parametrize("part", PARTS)
def test_the_listed_holidays_are_those_of_the_act_and_the_proclamations(part, year):
    assert CALENDARS[part].holidays[year] == by_the_act(part, year)


@pytest.mark.parametrize("name", CALENDARS)
def test_only_weekdays_are_listed(name):
    for year, days in CALENDARS[name].holidays.items():
        assert all(day.weekday() < 5 and day.year == year for day in days)


def test_a_day_off_in_one_part_is_off_in_any_part():
    any_part = CALENDARS["united-kingdom"]

    for day in (date(2026, 3, 17), date(2026, 6, 15), date(2026, 4, 6)):
        assert not any_part.is_working_day(day)
    assert ENGLAND.is_working_day(date(2026, 3, 17))


# --- The worked examples ------------------------------------------------------------------------


def test_a_contract_may_be_signed_after_eight_working_days_beginning_with_the_notice():
    ends = standstill_ends(ENGLAND, date(2026, 3, 2))

    assert ends == date(2026, 3, 11)
    assert ENGLAND.after(ends, 1) == date(2026, 3, 12)


def test_a_provider_is_chosen_after_the_eighth_working_day_after_the_notice():
    ends = provider_standstill_ends(ENGLAND, date(2026, 3, 2))

    assert ends == date(2026, 3, 12)
    assert end_of(ends) == datetime(2026, 3, 13, tzinfo=UTC)
    assert ENGLAND.after(ends, 1) == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("published", "ends"),
    [
        (date(2025, 12, 18), date(2025, 12, 31)),  # Christmas and Boxing Day lie within
        (date(2026, 3, 28), date(2026, 4, 10)),  # a Saturday, before Easter
        (date(2026, 12, 24), date(2027, 1, 7)),  # into the next year
    ],
)
def test_holidays_and_weekends_make_a_standstill_longer(published, ends):
    assert standstill_ends(ENGLAND, published) == ends


def test_a_part_of_the_country_counts_by_its_own_holidays():
    day = date(2026, 3, 16)

    assert ENGLAND.after(day, 1) == date(2026, 3, 17)
    assert CALENDARS["northern-ireland"].after(day, 1) == date(2026, 3, 18)


# --- Laws ---------------------------------------------------------------------------------------


@given(DAYS, COUNTS)
def test_so_many_after_a_day_are_so_many_between(day, count):
    assert ENGLAND.between(day, ENGLAND.after(day, count)) == count


@given(DAYS, COUNTS, COUNTS)
def test_counting_on_is_counting_at_once(day, one, other):
    assert ENGLAND.after(ENGLAND.after(day, one), other) == ENGLAND.after(day, one + other)


@given(DAYS, COUNTS)
def test_a_count_ends_on_a_working_day_and_beginning_with_one_ends_a_day_before(day, count):
    found = ENGLAND.after(day, count)

    assert ENGLAND.is_working_day(found)
    if ENGLAND.is_working_day(day):
        assert ENGLAND.beginning_with(day, count + 1) == found


@given(DAYS)
def test_a_day_ends_when_the_next_begins(day):
    ends = end_of(day)

    assert day_of(ends) == day + timedelta(1)
    assert last_day(ends) == day
    assert ends.astimezone(LONDON).hour == 0


def test_a_day_ends_by_the_clock_on_the_wall():
    assert end_of(date(2026, 7, 1)) == datetime(2026, 7, 1, 23, tzinfo=UTC)
    assert end_of(date(2026, 1, 1)) == datetime(2026, 1, 2, tzinfo=UTC)
    assert end_of(date(2026, 3, 29)) - end_of(date(2026, 3, 28)) == timedelta(hours=23)


# --- What is missing ----------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(2018, 12, 31), date(2029, 1, 1)])
def test_a_year_that_is_not_here_is_an_error_that_names_it(day):
    with pytest.raises(MissingYearError, match=f"{day.year} are not here.*2019 to 2028"):
        ENGLAND.is_working_day(day)


def test_a_count_that_reaches_a_missing_year_is_refused():
    with pytest.raises(MissingYearError, match="2029"):
        ENGLAND.after(date(2028, 12, 20), 20)


def test_a_calendar_that_is_not_here_is_refused_with_those_that_are():
    with pytest.raises(UnknownCalendarError, match="england-and-wales, scotland"):
        find_calendar("moon")


@pytest.mark.parametrize("count", [0, -1, 1_001])
def test_a_count_that_means_nothing_is_refused(count):
    with pytest.raises(BadInputError, match="wanted 1 to"):
        ENGLAND.after(date(2026, 1, 1), count)


def test_a_year_that_is_near_is_asked_for_from_october_on():
    assert missing_years(datetime(2028, 9, 30, 12, tzinfo=UTC)) == ()
    missing = missing_years(datetime(2028, 10, 1, 12, tzinfo=UTC))
    assert [(one.name, year) for one, year in missing] == [(name, 2029) for name in CALENDARS]
    assert missing_years(datetime(2030, 2, 1, tzinfo=UTC))[0][1] == 2030


def test_next_years_holidays_are_here():
    """Fails from October on when a year is to be added: GOV.UK has published it by then."""
    assert missing_years(datetime.now(UTC)) == ()
