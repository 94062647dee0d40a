"""Watching an owner: who watches, what was said of it, and telling everyone of a change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from convener.base.errors import BadInputError
from convener.rules.access import Actor
from convener.rules.watching import Change, Exposure, WarningGiven, decide_changes, warned
from convener.service.actions.journal import create, remove
from convener.service.actions.notices import Message, tell
from convener.service.market.data import market_data
from convener.service.market.exposed import (
    as_facts,
    exposures,
    kept_exposure,
    warnings_about,
)
from convener.service.models import Notice, OwnerExposure, OwnerWarning, User, Watch
from convener.service.models.market import TEXT_MAX
from convener.service.models.watching import SOURCE_LENGTH
from convener.service.pointing import Pointer, point_at, point_at_owner

FIRST_YEAR = 1990  # a warning before it is a slip of the keyboard


def watch_owner(*, organisation_key: int, by: Actor, at: datetime) -> Watch:
    """Watch the ultimate owner of an organisation; watching twice changes nothing.

    What hangs on it is looked at now, so that the next load has something to compare with.
    """
    watch = save_watch(organisation_key=organisation_key, by=by, at=at)
    look_first(owner_key=watch.organisation_key, at=at)
    return watch


def look_first(*, owner_key: int, at: datetime) -> None:
    """Look at what hangs on a watched owner, where nobody did before."""
    if not OwnerExposure.objects.filter(organisation_key=owner_key).exists():
        tell_watchers(at=at, only=owner_key)


@transaction.atomic
def save_watch(*, organisation_key: int, by: Actor, at: datetime) -> Watch:
    """Save that a person watches the ultimate owner of an organisation."""
    pointer = point_at_owner(market_data(), organisation_key)
    User.objects.select_for_update().get(pk=by.person)
    found = Watch.objects.filter(user=by.user_id, organisation_key=pointer.key).first()
    return found or create(
        Watch,
        {**pointer.columns, "user_id": by.user_id, "since": at},
        at=at,
        by=by,
        kind="watch-started",
    )


@transaction.atomic
def stop_watching(*, owner_key: int, by: Actor, at: datetime) -> None:
    """Watch an owner no longer; what was told of it goes too."""
    mine = Watch.objects.select_for_update().filter(user=by.user_id, organisation_key=owner_key)
    for watch in mine:
        remove(watch, at=at, by=by, kind="watch-stopped")
    Notice.objects.filter(user=by.user_id, organisation_key=owner_key).delete()


def mark_read(*, owner_key: int, by: Actor, at: datetime) -> int:
    """Mark what a person was told of an owner as read; return how much of it was new."""
    found = Notice.objects.filter(user=by.user_id, organisation_key=owner_key, read_at=None)
    return found.update(read_at=at)


@transaction.atomic
def warn_of_owner(
    *, owner_key: int, on: date, text: str, source: str, by: Actor, at: datetime
) -> OwnerWarning:
    """Enter what was said of an owner on a day; everyone who watches it is told what hangs on it.

    Raises
    ------
    BadInputError
        If there are no words or no source, or the day has not come yet.
    """
    pointer = point_at(market_data(), owner_key)
    warning = WarningGiven(
        on, _said(text, "a warning", TEXT_MAX), _said(source, "its source", SOURCE_LENGTH)
    )
    if not date(FIRST_YEAR, 1, 1) <= on <= at.date():
        raise BadInputError(f"a warning was given on a day up to today, not on {on.isoformat()}")
    entered = create(
        OwnerWarning,
        {
            **pointer.columns,
            "on": warning.on,
            "text": warning.text,
            "source": warning.source,
            "entered_at": at,
            "entered_by_id": by.user_id,
        },
        at=at,
        by=by,
        kind="warning-entered",
    )
    _tell(pointer, [warned(pointer.name, warning, kept_exposure(pointer.key))], at)
    return entered


def _said(text: str, what: str, most: int) -> str:
    text = text.strip()
    if not text:
        raise BadInputError(f"{what} is in words; it is empty")
    if len(text) > most:
        raise BadInputError(f"{what} has at most {most:,} characters; it has {len(text):,}")
    return text


def tell_watchers(*, at: datetime, only: int | None = None) -> int:
    """Look at what hangs on every watched owner, and tell each who watches it what changed.

    Returns how many notices were made. Looking takes long and holds no lock; what was kept is
    compared under one, so that two who look at once tell nobody twice.
    """
    watched = Watch.objects.all() if only is None else Watch.objects.filter(organisation_key=only)
    pointers = {
        row.organisation_key: Pointer(
            row.organisation_key, row.organisation_name, int(row.spelling_key)
        )
        for row in watched
    }
    if not pointers:
        return 0
    names = {key: pointer.name for key, pointer in pointers.items()}
    found = exposures(market_data(), names, on=at.date())
    return sum(_compare(pointers[key], exposure, at) for key, exposure in found.items())


@transaction.atomic
def _compare(pointer: Pointer, now: Exposure, at: datetime) -> int:
    """Keep what hangs on an owner where it changed, and tell of it."""
    list(Watch.objects.select_for_update().filter(organisation_key=pointer.key))
    last = OwnerExposure.objects.filter(organisation_key=pointer.key).first()
    if last is not None and last.taken_at > at:
        return 0
    facts = as_facts(now)
    if last is not None and {**last.facts, "on": ""} == {**facts, "on": ""}:
        return 0
    before = None if last is None else kept_exposure(pointer.key)
    OwnerExposure.objects.create(**pointer.columns, taken_at=at, facts=facts)
    return _tell(pointer, decide_changes(before, now, warnings_about(pointer.key)), at)


def _tell(pointer: Pointer, changes: Sequence[Change], at: datetime) -> int:
    watchers = Watch.objects.filter(organisation_key=pointer.key).values_list("user", flat=True)
    link = reverse("watch-one", args=[pointer.key])
    messages = [
        Message(change.sort.value, change.text, link, place=pointer.columns) for change in changes
    ]
    return tell(watchers, messages, at=at)
