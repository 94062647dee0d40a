"""Telling of the rows that were there before the journal was: one opening event for each.

It is done once, when a database of an earlier release is brought to the present shape. A journal
that has begun is never opened again: a row that gets in behind its back stays one that no event
tells of.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from convener.base.errors import WrongStepError
from convener.rules.access import CLOCK
from convener.service.actions.heads import published_at
from convener.service.actions.journal import record
from convener.service.fields import journalled_models
from convener.service.models.journal import SERVICE, Event, Journalled, Stream

KIND = "found-when-the-journal-began"
CHUNK = 1_000


class JournalGoneError(WrongStepError):
    """The journal is empty, though its heads were published: it was not always so."""


@transaction.atomic
def begin_journal(*, at: datetime) -> int:
    """Tell of every row that is there, if the journal is empty; return how many were told of.

    Raises
    ------
    JournalGoneError
        If there are rows and no events, and heads of the journal were published before.
    """
    if Event.objects.exists():
        return 0
    rows = [model for model in journalled_models() if model.objects.exists()]
    if not rows:
        return 0
    if published_at() is not None:
        raise JournalGoneError(
            "the journal is empty, and its heads were published once; restore a backup"
        )
    Stream.objects.get_or_create(name=SERVICE)
    Stream.objects.select_for_update().get(name=SERVICE)
    if Event.objects.exists():  # another process began it meanwhile
        return 0
    return sum(_tell_of(model, at) for model in rows)


def _tell_of(model: type[Journalled], at: datetime) -> int:
    """Tell of each row of a model as it is now."""
    count = 0
    for row in model.objects.order_by("pk").iterator(CHUNK):
        told = {name: (None, value) for name, value in row.told_values().items()}
        record(at=at, by=CLOCK, kind=KIND, subject=row, changed=told)
        count += 1
    return count
