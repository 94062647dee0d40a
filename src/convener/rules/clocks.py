"""Deadlines in working days: which there are, when they end, when they may stand still.

A clock begins on one day and is due by the end of the last of so many working days after it, by
the time of the United Kingdom. While it stands still it cannot be late; when it goes on, its last
day moves by the working days that it stood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from convener.base.errors import BadInputError, WrongStepError
from convener.rules.access import Act, Role, Scope, scope_of
from convener.rules.calendars import USUAL, Calendar, day_of, end_of, last_day


class ClockName(StrEnum):
    """What must be done by a day."""

    CLAIM_DECISION = "claim-decision"
    REQUEST_ANSWER = "request-answer"


@dataclass(frozen=True)
class ClockSort:
    """What one clock asks for: in words, of those who may do the act.

    The working days are where it begins: a contract or an agreement may say others.
    """

    label: str
    act: Act
    working_days: int
    calendar: str = USUAL


CLOCKS: Mapping[ClockName, ClockSort] = MappingProxyType(
    {
        ClockName.CLAIM_DECISION: ClockSort(
            "Decide on a claim to an organisation's record", Act.DECIDE_CLAIMS, 10
        ),
        ClockName.REQUEST_ANSWER: ClockSort(
            "Answer a request for a correction", Act.ANSWER_REQUESTS, 20
        ),
    }
)


class PauseReason(StrEnum):
    """Why a clock stands still. There is no other reason, so that reasons can be counted."""

    INFORMATION = "information"
    DECISION = "decision"
    AGREED = "agreed"
    SAFETY = "safety"
    OUTAGE = "outage"

    @property
    def label(self) -> str:
        """Return the reason in words."""
        return _REASONS[self]


_REASONS = {
    PauseReason.INFORMATION: "Waits for information from someone else",
    PauseReason.DECISION: "Waits for a decision that others must take first",
    PauseReason.AGREED: "Both sides agreed to wait",
    PauseReason.SAFETY: "Somebody's safety comes first",
    PauseReason.OUTAGE: "The service could not be used",
}


class ClockStep(StrEnum):
    """How a clock stands at a moment."""

    RUNNING = "running"
    PAUSED = "paused"
    LATE = "late"
    ENDED = "ended"


@dataclass(frozen=True)
class Reading:
    """A clock as it stands at a moment.

    ``days`` are the working days left, and of a late clock those that it is late by.
    """

    step: ClockStep
    days: int


def names_for(role: Role, scope: Scope) -> tuple[ClockName, ...]:
    """Return the clocks whose act a role may do in exactly a scope."""
    return tuple(name for name, sort in CLOCKS.items() if scope_of(role, sort.act) is scope)


def due_at(calendar: Calendar, started_at: datetime, working_days: int) -> datetime:
    """Return the end of the last working day; the day of the start does not count.

    Raises
    ------
    BadInputError
        If there are no working days, or too many.
    MissingYearError
        If the calendar does not reach so far.
    """
    return end_of(calendar.after(day_of(started_at), working_days))


def check_may_pause(*, due: datetime, is_paused: bool, is_ended: bool, at: datetime) -> None:
    """Refuse to stop a clock that does not run, or has run out: late stays late.

    Raises
    ------
    WrongStepError
        If it stands still, has ended, or was due before now.
    """
    _check_not_ended(is_ended=is_ended)
    if is_paused:
        raise WrongStepError("this clock stands still already")
    if due <= at:
        raise WrongStepError("this clock has run out: what is late stays late")


def check_may_resume(*, is_paused: bool, is_ended: bool) -> None:
    """Refuse to let a clock go on that does not stand still.

    Raises
    ------
    WrongStepError
        If it runs, or has ended.
    """
    _check_not_ended(is_ended=is_ended)
    if not is_paused:
        raise WrongStepError("this clock runs: only one that stands still can go on")


def _check_not_ended(*, is_ended: bool) -> None:
    if is_ended:
        raise WrongStepError("this clock has ended")


def days_paused(calendar: Calendar, paused_at: datetime, resumed_at: datetime) -> int:
    """Return the working days that a pause took; one that ends on its own day took none.

    Raises
    ------
    BadInputError
        If it ends before it began.
    """
    if resumed_at < paused_at:
        raise BadInputError(f"a pause from {paused_at} cannot end before, at {resumed_at}")
    return calendar.between(day_of(paused_at), day_of(resumed_at))


def moved_due(
    calendar: Calendar, due: datetime, *, paused_at: datetime, resumed_at: datetime
) -> datetime:
    """Return when a clock is due that stood still between two moments.

    One that stopped on its last day and goes on at a weekend has the next working day.
    """
    days = days_paused(calendar, paused_at, resumed_at)
    moved = end_of(calendar.after(last_day(due), days)) if days else due
    return moved if resumed_at < moved else end_of(calendar.after(last_day(moved), 1))


def read_clock(
    calendar: Calendar,
    *,
    due: datetime,
    paused_at: datetime | None,
    ended_at: datetime | None,
    at: datetime,
) -> Reading:
    """Return how a clock stands: what is left, or by how many working days it is late.

    Of one that stands still, what is left is what was left when it stopped; of one that has
    ended, by how much it was late when it did, or none.
    """
    seen_at = min(one for one in (at, paused_at, ended_at) if one is not None)
    left = calendar.between(day_of(seen_at), last_day(due)) if seen_at < due else 0
    late = calendar.between(last_day(due), day_of(seen_at)) if seen_at >= due else 0
    if ended_at is not None:
        return Reading(ClockStep.ENDED, late)
    if paused_at is not None:
        return Reading(ClockStep.PAUSED, left)
    return Reading(ClockStep.LATE, late) if due <= at else Reading(ClockStep.RUNNING, left)
