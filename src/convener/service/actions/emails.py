"""Writing to people that something waits for them: after the commit, again where it failed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.tasks import task
from django.utils import timezone

from convener.rules.notices import next_try_at
from convener.service.emailing import EmailRefusedError
from convener.service.models import Notice, User

SUBJECT = "Something waits for you in convener"
# No name, no organisation, no figure: an email is read by whoever has the mailbox.
BODY = """\
Something waits for you in convener.

Sign in to read it:
{address}

This email says no more, so that nobody else reads it. How often you are written to is yours to
choose, in your account.
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """How many people were written to, and how many could not be."""

    sent: int = 0
    failed: int = 0


def email_soon() -> None:
    """Leave it to a worker to write to people; a tick does it too, where no worker is."""
    _send_waiting.enqueue()


@task()
def _send_waiting() -> None:
    send_emails(at=timezone.now())


def send_emails(*, at: datetime) -> Sent:
    """Write to everyone whose notices are to be emailed by now: one email each."""
    users = set(Notice.objects.to_email(at).values_list("user", flat=True))
    done = [_write_to(user, at) for user in sorted(users)]
    return Sent(done.count(True), done.count(False))


def _write_to(user_id: int, at: datetime) -> bool | None:
    """Write to one person; return whether it was sent, or nothing where another sends it now."""
    claimed = _claim(user_id, at)
    if not claimed:
        return None
    try:
        _message(User.objects.get(pk=user_id)).send()
    except (OSError, EmailRefusedError):
        log.exception("an email was not sent; it is tried again, and the notice stands")
        return False
    Notice.objects.filter(pk__in=claimed).update(emailed_at=at, email_at=None)
    return True


@transaction.atomic
def _claim(user_id: int, at: datetime) -> list[int]:
    """Put off the next try of what is sent now, so that no other sender takes it meanwhile."""
    User.objects.select_for_update().get(pk=user_id)
    due = list(Notice.objects.to_email(at).filter(user=user_id))
    for notice in due:
        notice.email_tries += 1
        notice.email_at = next_try_at(notice.email_tries, at)
    Notice.objects.bulk_update(due, ["email_tries", "email_at"])
    return [notice.pk for notice in due]


def _message(user: User) -> EmailMessage:
    body = BODY.format(address=f"{settings.SITE_ADDRESS}/notices/")
    return EmailMessage(SUBJECT, body, to=[user.email])
