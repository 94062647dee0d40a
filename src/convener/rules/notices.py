"""When a person is written to of what they were told, and when it is tried again.

The list in the service has everything that a person is told. An email only says that something is
there, and a failed one takes nothing away.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from convener.rules.calendars import LONDON

DAILY_AT = time(7)  # before people begin to work
KEPT_FOR = timedelta(days=730)
TRIES = 12  # the last one comes about two days after the first
FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=8)


class NoticeSort(StrEnum):
    """What a person is told that is not about an owner that they watch."""

    LATE = "late"
    CALENDAR = "calendar"
    ANSWERED = "answered"


def email_at(choice: str, told_at: datetime) -> datetime | None:
    """Return when a person is written to: at once, in the next morning, or never."""
    match choice:
        case "each":
            return told_at
        case "daily":
            return _next_morning(told_at)
        case _:
            return None


def _next_morning(at: datetime) -> datetime:
    here = at.astimezone(LONDON)
    day = here.date() + timedelta(days=here.time() >= DAILY_AT)
    return datetime.combine(day, DAILY_AT, tzinfo=LONDON)


def next_try_at(tries: int, at: datetime) -> datetime | None:
    """Return when an email that failed so often is tried again; never after the last try."""
    if tries >= TRIES:
        return None
    wait: timedelta = FIRST_WAIT * 2 ** (tries - 1)
    return at + min(LONGEST_WAIT, wait)
