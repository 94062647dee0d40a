"""Moving everything that time alone moves: as often as one likes, by as many as like.

On PostgreSQL one process holds an advisory lock while it ticks, and others that come meanwhile
leave it to it. On SQLite each change is an immediate transaction, so that they take turns. In
either, what was done once is not found again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from convener.rules.access import CLOCK, Act
from convener.rules.calendars import missing_years
from convener.rules.notices import KEPT_FOR, NoticeSort
from convener.service.actions.clocks import breach_clock
from convener.service.actions.emails import send_emails
from convener.service.actions.erasing import drop_keys, erase_invitation
from convener.service.actions.heads import publish_due_heads
from convener.service.actions.notices import Message, doers, tell
from convener.service.actions.private_boxes import reseal_boxes
from convener.service.models import Clock, IdempotentAnswer, Invitation, Notice, Session
from convener.service.models.access import erased_email

LOCK = 0x636F6E76  # "conv": what this installation's ticks lock on PostgreSQL
ANSWERS_KEPT = timedelta(days=7)
DRAFTS_KEPT = timedelta(days=90)
ERASED = erased_email()

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ticked:
    """How much each part of a tick did, and which parts broke.

    ``is_other`` says that another process ticks now, so that this one did nothing.
    """

    done: Mapping[str, int] = field(default_factory=dict)
    broken: tuple[str, ...] = ()
    is_other: bool = False


def tick(*, at: datetime) -> Ticked:
    """Do all that is due by a moment; one part that breaks holds up no other."""
    with _alone() as is_ours:
        return _tick(at) if is_ours else Ticked(is_other=True)


def _tick(at: datetime) -> Ticked:
    done: dict[str, int] = {}
    broken: list[str] = []
    for name, part in PARTS.items():
        try:
            done[name] = part(at)
        except Exception:
            log.exception("a part of the tick broke: %s", name)
            broken.append(name)
    return Ticked(done, tuple(broken))


@contextmanager
def _alone() -> Iterator[bool]:
    if connection.vendor != "postgresql":
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        [is_ours] = cursor.fetchone() or [False]
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [LOCK])


def breach_clocks(at: datetime) -> int:
    """Tell of every clock that has run out; return how many had."""
    due = list(Clock.objects.due(at).values_list("pk", flat=True))
    return sum(breach_clock(clock_id=number, at=at) for number in due)


def forget_invitations(at: datetime) -> int:
    """Erase the addresses of invitations that ran out long ago and were not taken up."""
    old = Invitation.objects.filter(taken_up_at=None, expires_at__lte=at - DRAFTS_KEPT)
    numbers = list(old.exclude(email=ERASED).values_list("pk", flat=True))
    return sum(_forget_invitation(number, at) for number in numbers)


@transaction.atomic
def _forget_invitation(number: int, at: datetime) -> bool:
    found = Invitation.objects.select_for_update().get(pk=number)
    if found.email == ERASED:
        return False
    erase_invitation(found, at=at, by=CLOCK)
    return True


def drop_erased_keys(at: datetime) -> int:  # noqa: ARG001 -- every part is given the moment
    """Drop the keys of what was erased, where that failed when it was decided."""
    return drop_keys()


def seal_boxes(at: datetime) -> int:
    """Seal the private boxes of organisations anew, once an hour."""
    return reseal_boxes(at)


def drop_answers(at: datetime) -> int:
    """Delete what programs were answered, once no command is sent again so late."""
    return IdempotentAnswer.objects.filter(answered_at__lte=at - ANSWERS_KEPT).delete()[0]


def drop_notices(at: datetime) -> int:
    """Delete notices that were told long ago."""
    return Notice.objects.filter(made_at__lte=at - KEPT_FOR).delete()[0]


def drop_sessions(at: datetime) -> int:
    """Delete sign-ins that have run out: what a browser kept of them opens nothing any more."""
    return Session.objects.filter(expire_date__lte=at).delete()[0]


def drop_tasks(at: datetime) -> int:
    """Delete what is told of slow jobs that ended long ago."""
    ended = DBTaskResult.objects.filter(finished_at__lte=at - DRAFTS_KEPT)
    return int(ended.delete()[0])


def ask_for_holidays(at: datetime) -> int:
    """Tell administrators which calendars lack a year that is near; return how many were told."""
    messages = [
        Message(
            NoticeSort.CALENDAR,
            f"The bank holidays of {one.label} in {year} are missing: deadlines that reach it are"
            " refused. A newer version of convener has them.",
            about=f"calendar:{one.name}:{year}",
        )
        for one, year in missing_years(at)
    ]
    return tell(doers(Act.ADMINISTER, organisation_id=None, at=at), messages, at=at)


def send_due_emails(at: datetime) -> int:
    """Write to everyone who is to be written to; return how many were."""
    return send_emails(at=at).sent


def publish_heads_daily(at: datetime) -> int:
    """Publish where each chain of the journal ends, once a day."""
    return publish_due_heads(at=at)


PARTS: Mapping[str, Callable[[datetime], int]] = {
    "clocks that ran out": breach_clocks,
    "invitations forgotten": forget_invitations,
    "keys dropped": drop_erased_keys,
    "boxes sealed anew": seal_boxes,
    "answers dropped": drop_answers,
    "notices dropped": drop_notices,
    "sign-ins dropped": drop_sessions,
    "tasks dropped": drop_tasks,
    "calendars asked for": ask_for_holidays,
    "heads published": publish_heads_daily,
    "emails sent": send_due_emails,
}
