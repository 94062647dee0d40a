"""How a clock stands: when it is due, what a pause moves, how late it is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError, WrongStepError
from convener.rules.access import Act, Role, Scope, may
from convener.rules.calendars import CALENDARS, USUAL, end_of, last_day
from convener.rules.clocks import (
    CLOCKS,
    ClockName,
    ClockStep,
    PauseReason,
    check_may_pause,
    check_may_resume,
    days_paused,
    due_at,
    moved_due,
    names_for,
    read_clock,
)

ENGLAND = CALENDARS[USUAL]
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
MOMENTS = st.builds(
    lambda hours: datetime(2019, 1, 1, tzinfo=UTC) + timedelta(hours=hours),
    st.integers(0, 73_000),
)
DAYS = st.integers(1, 40)


def reading(at, *, due=MONDAY, paused_at=None, ended_at=None):
    return read_clock(ENGLAND, due=due, paused_at=paused_at, ended_at=ended_at, at=at)


def test_a_clock_is_due_by_the_end_of_its_last_working_day():
    due = due_at(ENGLAND, MONDAY, 10)

    assert last_day(due) == date(2026, 3, 16)
    assert due == datetime(2026, 3, 17, tzinfo=UTC)


def test_what_begins_after_midnight_by_the_wall_began_on_the_new_day():
    just_after = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # 00:30 of the second, in London

    assert last_day(due_at(ENGLAND, just_after, 1)) == date(2026, 7, 3)


def test_a_pause_moves_the_last_day_by_the_working_days_that_it_took():
    due = due_at(ENGLAND, MONDAY, 10)
    friday, tuesday = MONDAY + timedelta(4), MONDAY + timedelta(8)

    moved = moved_due(ENGLAND, due, paused_at=friday, resumed_at=tuesday)

    assert days_paused(ENGLAND, friday, tuesday) == 2
    assert last_day(moved) == date(2026, 3, 18)


def test_what_stopped_on_its_last_day_and_goes_on_at_a_weekend_has_the_next_working_day():
    due = end_of(date(2026, 3, 6))
    friday, sunday = MONDAY + timedelta(4), MONDAY + timedelta(6)

    assert last_day(moved_due(ENGLAND, due, paused_at=friday, resumed_at=sunday)) == date(
        2026, 3, 9
    )


def test_a_pause_within_a_day_moves_nothing():
    due = due_at(ENGLAND, MONDAY, 10)
    later = MONDAY + timedelta(hours=6)

    assert moved_due(ENGLAND, due, paused_at=MONDAY, resumed_at=later) == due


@given(MOMENTS, DAYS, st.integers(0, 60), st.integers(0, 60))
def test_a_pause_leaves_as_many_working_days_as_there_were(at, days, ran, stood):
    due = due_at(ENGLAND, at, days)
    paused_at = at + timedelta(ran)
    if paused_at >= due:
        return
    resumed_at = paused_at + timedelta(stood)
    moved = moved_due(ENGLAND, due, paused_at=paused_at, resumed_at=resumed_at)

    before = reading(paused_at, due=due)
    after = reading(resumed_at, due=moved)

    assert before.step is after.step is ClockStep.RUNNING
    assert after.days == before.days or (before.days == 0 and after.days == 1)


@given(MOMENTS, DAYS)
def test_a_clock_runs_until_the_very_end_and_is_late_from_then_on(at, days):
    due = due_at(ENGLAND, at, days)

    assert reading(at, due=due) == reading(at, due=due).__class__(ClockStep.RUNNING, days)
    assert reading(due - timedelta(microseconds=1), due=due).step is ClockStep.RUNNING
    assert reading(due, due=due).step is ClockStep.LATE


def test_a_late_clock_counts_the_working_days_that_it_is_late_by():
    due = end_of(date(2026, 3, 5))  # a Thursday

    assert reading(end_of(date(2026, 3, 5)), due=due).days == 1  # Friday has begun
    assert reading(datetime(2026, 3, 10, 9, tzinfo=UTC), due=due).days == 3


def test_a_clock_that_stands_still_is_never_late():
    due = due_at(ENGLAND, MONDAY, 3)

    found = reading(MONDAY + timedelta(90), due=due, paused_at=MONDAY + timedelta(1))

    assert found.step is ClockStep.PAUSED
    assert found.days == 2


@pytest.mark.parametrize(("ended", "late"), [(1, 0), (3, 0), (4, 1), (8, 3)])
def test_a_clock_that_ended_says_how_late_it_was(ended, late):
    found = reading(
        MONDAY + timedelta(90),
        due=due_at(ENGLAND, MONDAY, 3),
        ended_at=MONDAY + timedelta(ended),
    )

    assert (found.step, found.days) == (ClockStep.ENDED, late)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"is_ended": True}, "has ended"),
        ({"is_paused": True}, "stands still already"),
        ({"at": MONDAY}, "what is late stays late"),
    ],
)
def test_a_clock_that_does_not_run_is_not_paused(state, said):
    usual = {
        "due": MONDAY,
        "is_paused": False,
        "is_ended": False,
        "at": MONDAY - timedelta(seconds=1),
    }
    check_may_pause(**usual)

    with pytest.raises(WrongStepError, match=said):
        check_may_pause(**usual | state)


def test_only_what_stands_still_goes_on():
    check_may_resume(is_paused=True, is_ended=False)
    for state in ({"is_paused": False, "is_ended": False}, {"is_paused": True, "is_ended": True}):
        with pytest.raises(WrongStepError):
            check_may_resume(**state)


def test_a_pause_does_not_end_before_it_began():
    with pytest.raises(BadInputError):
        days_paused(ENGLAND, MONDAY, MONDAY - timedelta(1))


@pytest.mark.parametrize("name", ClockName)
def test_somebody_can_do_what_a_clock_asks_for(name):
    sort = CLOCKS[name]

    assert isinstance(sort.act, Act)
    assert any(may(role, sort.act) for role in Role)
    assert sort.calendar in CALENDARS
    assert sort.working_days > 0


def test_a_role_sees_the_clocks_of_its_acts_alone():
    assert names_for(Role.CONVENER, Scope.ALL) == (ClockName.CLAIM_DECISION,)
    assert names_for(Role.ANALYST, Scope.ALL) == (ClockName.REQUEST_ANSWER,)
    assert names_for(Role.PROVIDER, Scope.ALL) == ()


def test_every_reason_for_a_pause_is_in_words():
    assert len({reason.label for reason in PauseReason}) == len(PauseReason)
