"""Starting, pausing and ending clocks, and telling of one that has run out.

Whoever changes a clock locks the head of its stream first and the clock then, as everyone who
tells of its row does: nobody waits for another who waits for them.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from convener.rules.access import CLOCK, Actor
from convener.rules.calendars import find_calendar
from convener.rules.clocks import (
    CLOCKS,
    ClockName,
    PauseReason,
    check_may_pause,
    check_may_resume,
    days_paused,
    due_at,
    moved_due,
)
from convener.rules.notices import NoticeSort
from convener.service.actions.journal import change, create
from convener.service.actions.notices import Message, doers, tell
from convener.service.models import Clock, Journalled, Stream
from convener.service.words import day


@transaction.atomic
def start_clock(
    *,
    name: ClockName,
    subject: Journalled,
    at: datetime,
    by: Actor = CLOCK,
    link: str = "",
    working_days: int | None = None,
    calendar: str | None = None,
) -> Clock:
    """Start a clock of a row; of the same name, one runs at a time.

    Parameters
    ----------
    name : what is to be done, as `rules/clocks.py` lists it
    subject : the row, which is stored
    link : the page at which it is done
    working_days, calendar : where others hold here than usually do

    Raises
    ------
    BadInputError
        If there are no working days, or no such calendar.
    MissingYearError
        If the calendar does not reach so far.
    """
    usual = CLOCKS[name]
    days = usual.working_days if working_days is None else working_days
    chosen = find_calendar(calendar or usual.calendar)
    return create(
        Clock,
        {
            "name": name.value,
            "stream": subject.stream_name,
            "subject": subject.journal_name(),
            "subject_id": subject.pk,
            "link": link,
            "calendar": chosen.name,
            "working_days": days,
            "started_at": at,
            "due_at": due_at(chosen, at, days),
        },
        at=at,
        by=by,
        kind="clock-started",
    )


@transaction.atomic
def pause_clock(*, clock_id: int, reason: PauseReason, by: Actor, at: datetime) -> Clock:
    """Let a clock stand still, for one of the reasons that there are.

    Raises
    ------
    WrongStepError
        If it stands still, has ended, or has run out.
    """
    clock = _locked(clock_id)
    check_may_pause(
        due=clock.due_at,
        is_paused=clock.paused_at is not None,
        is_ended=clock.ended_at is not None,
        at=at,
    )
    values = {"paused_at": at, "pause_reason": reason.value}
    return change(clock, values, at=at, by=by, kind="clock-paused", reason=reason.value)


@transaction.atomic
def resume_clock(*, clock_id: int, by: Actor, at: datetime) -> Clock:
    """Let a clock go on; its last day moves by the working days that it stood still.

    Raises
    ------
    WrongStepError
        If it runs, or has ended.
    MissingYearError
        If the calendar does not reach so far.
    """
    clock = _locked(clock_id)
    check_may_resume(is_paused=clock.paused_at is not None, is_ended=clock.ended_at is not None)
    calendar = find_calendar(clock.calendar)
    paused_at = clock.paused_at or at
    values = {
        "paused_at": None,
        "pause_reason": "",
        "paused_days": clock.paused_days + days_paused(calendar, paused_at, at),
        "due_at": moved_due(calendar, clock.due_at, paused_at=paused_at, resumed_at=at),
    }
    return change(clock, values, at=at, by=by, kind="clock-resumed")


@transaction.atomic
def end_clock(
    *, name: ClockName, subject: Journalled, at: datetime, by: Actor = CLOCK
) -> Clock | None:
    """End the clock of a row, if one runs: what it asked for is done, or asked for no more."""
    found = Clock.objects.of(subject).open().filter(name=name.value).first()
    if found is None:
        return None
    clock = _locked(found.pk)
    if clock.ended_at is not None:
        return None
    return change(clock, {"ended_at": at}, at=at, by=by, kind="clock-ended")


@transaction.atomic
def breach_clock(*, clock_id: int, at: datetime) -> bool:
    """Say that a clock has run out, and tell those who act; say no where it was said already."""
    clock = _locked(clock_id)
    if not Clock.objects.due(at).filter(pk=clock_id).exists():
        return False
    change(clock, {"breached_at": at}, at=at, by=CLOCK, kind="clock-breached")
    sort = CLOCKS[ClockName(clock.name)]
    users = doers(sort.act, organisation_id=clock.organisation_id, at=at)
    text = f"{sort.label}: it was due by the end of {day(clock.due_on)} and is late."
    about = f"clock:{clock.pk}:{clock.due_at:%Y-%m-%d}"
    tell(users, [Message(NoticeSort.LATE, text, clock.link, about)], at=at)
    return True


def _locked(clock_id: int) -> Clock:
    """Return a clock with its stream and itself locked, in this order."""
    name = Clock.objects.only("stream").get(pk=clock_id).stream
    list(Stream.objects.select_for_update().filter(name=name))
    return Clock.objects.select_for_update().get(pk=clock_id)
