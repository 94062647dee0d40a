"""Writing rows and telling of it: the one place that makes events.

A row is written and its event is chained in one transaction, so that neither stands without the
other. The head of the stream is locked from then until the transaction ends: two who write to one
stream come one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from convener.base.errors import BadInputError
from convener.rules.access import Actor
from convener.rules.journal import (
    SCHEMA_VERSION,
    Plain,
    RepeatedCommandError,
    Told,
    canonical,
    check_slug,
    digest_of,
    plain,
)
from convener.rules.rebuilding import CHANGED, DIGESTS, ERASED, KEY, REMOVED
from convener.service.keys import ErasedError, Key, KeyRing
from convener.service.models.journal import Event, EventText, Journalled, Stream

type Changes = Mapping[str, tuple[Any, Any]]
type Values = Mapping[str, Any]  # by the name of a field or of its column
type Sealed = tuple[Key, dict[str, Plain]]

EVENTS_MOST = 100  # of one command of a program


@dataclass(frozen=True)
class Telling:
    """What is said of an act, whatever it was done to."""

    at: datetime
    by: Actor
    kind: str
    reason: str
    words: str
    command: str


def key_ring() -> KeyRing:
    """Return the keys of this installation."""
    return KeyRing(settings.KEYS)


def create[Row: Journalled](
    model: type[Row],
    values: Values,
    *,
    at: datetime,
    by: Actor,
    kind: str,
    reason: str = "",
    words: str = "",
    command: str = "",
) -> Row:
    """Store a new row and tell of it; `record` has the rest."""
    row = model(**values, row_version=0)
    with transaction.atomic():
        row.save(force_insert=True)
        told = {name: (None, value) for name, value in row.told_values().items()}
        record(
            at=at,
            by=by,
            kind=kind,
            subject=row,
            changed=told,
            reason=reason,
            words=words,
            command=command,
        )
    return row


def change[Row: Journalled](
    row: Row,
    values: Values,
    *,
    at: datetime,
    by: Actor,
    kind: str,
    reason: str = "",
    words: str = "",
    command: str = "",
) -> Row:
    """Set fields of a row that the caller has locked, save them, and tell of those that moved."""
    with transaction.atomic():
        before = row.told_values()
        for name, value in values.items():
            setattr(row, name, value)
        after = row.told_values()
        changed = {
            name: (before[name], after[name]) for name in after if before[name] != after[name]
        }
        row.save(update_fields=list(values))
        record(
            at=at,
            by=by,
            kind=kind,
            subject=row,
            changed=changed,
            reason=reason,
            words=words,
            command=command,
        )
    return row


def remove(
    row: Journalled,
    *,
    at: datetime,
    by: Actor,
    kind: str,
    reason: str = "",
    words: str = "",
    command: str = "",
) -> None:
    """Delete a row that the caller has locked, and tell of it: the record keeps that it was."""
    with transaction.atomic():
        told = {name: (value, None) for name, value in row.told_values().items()}
        act = Telling(at, by, kind, reason, words, command)
        try:
            _chain(row, told, act, more={REMOVED: True})
        except ErasedError:  # what is not open can be told by no key any more
            opened = {name: pair for name, pair in told.items() if row.kept[name].is_open}
            _chain(row, opened, replace(act, words=""), more={REMOVED: True})
        row.delete()


def erase[Row: Journalled](row: Row, values: Values, *, at: datetime, by: Actor, kind: str) -> Row:
    """Put what says nothing in place of what a row that the caller has locked holds.

    The event tells what stands there now, and nothing of what stood there: of fields that are not
    open no old value is sealed anew. What older events sealed goes with the key.
    """
    with transaction.atomic():
        before = row.told_values()
        for name, value in values.items():
            setattr(row, name, value)
        after = row.told_values()
        named = [name for name in values if name in after]
        opened = [name for name in named if row.kept[name].is_open and before[name] != after[name]]
        blank = {name: plain(after[name]) for name in named if not row.kept[name].is_open}
        row.save(update_fields=list(values))
        changed = {name: (before[name], after[name]) for name in opened}
        _chain(row, changed, Telling(at, by, kind, "", "", ""), more={ERASED: {**blank}})
    return row


def record(
    *,
    at: datetime,
    by: Actor,
    kind: str,
    subject: Journalled,
    changed: Changes,
    reason: str = "",
    words: str = "",
    command: str = "",
) -> Event:
    """Chain one event about a row, in the transaction of the caller.

    Parameters
    ----------
    at : when it was done
    by : who did it, in which role and for which organisation
    kind : what was done, such as ``claim-approved``
    subject : the stored row
    changed : old and new value of each field that moved
        Those of open fields stand in the event; of the others it holds a digest under the
        subject's key, and their values are sealed beside it.
    reason : a reason's code, if there is one
    words : what the person said, in their own words: sealed beside the event
    command : what tells this command from every other, so that it is not done twice

    Raises
    ------
    RepeatedCommandError
        If the command was done already.
    BadInputError
        If a kind or a code is not one word, or a value is of a sort that events do not hold.
    """
    return _chain(subject, changed, Telling(at, by, kind, reason, words, command))


def _chain(
    subject: Journalled, changed: Changes, act: Telling, *, more: Mapping[str, Plain] | None = None
) -> Event:
    if not transaction.get_connection().in_atomic_block:
        raise BadInputError("an event is told in the transaction that changes its row")
    _check_words(act)
    stream = _locked(subject.stream_name)
    command = _command(act)
    version = subject.row_version + 1
    contents, sealed = _told(subject, version, changed, act.words)
    contents |= more or {}
    told = Told(
        stream=stream.name,
        sequence=stream.sequence + 1,
        at=act.at,
        kind=act.kind,
        actor=act.by.user_id,
        role=act.by.role.value,
        organisation=act.by.organisation_id,
        on_behalf_of=act.by.on_behalf_of,
        command=command,
        schema_version=SCHEMA_VERSION,
        reason=act.reason,
        subject=subject.journal_name(),
        subject_id=subject.pk,
        row_version=version,
        contents=canonical(contents),
    )
    event: Event = Event.objects.create(
        **{**told._asdict(), "stream": stream}, digest=digest_of(told, stream.digest)
    )
    Stream.objects.filter(pk=stream.pk).update(sequence=told.sequence, digest=event.digest)
    type(subject).objects.filter(pk=subject.pk).update(row_version=version)
    subject.row_version = version
    if sealed is not None:
        _seal(event, sealed)
    return event


def words_of(event: Event) -> dict[str, Plain]:
    """Return what stands sealed beside an event: words, and values that are not open.

    Raises
    ------
    KeyLostError
        If it was erased.
    """
    text: EventText | None = getattr(event, "text", None)
    if text is None:
        return {}
    key = key_ring().found(text.key_name)
    opened = key.unseal(bytes(text.envelope), about=f"event {event.digest}")
    found: dict[str, Plain] = json.loads(opened)
    return found


def digest_of_value(key: Key, row: Journalled, version: int, name: str, value: Plain) -> str:
    """Return the keyed digest of a field's value in one version of a row."""
    return key.digest(
        f"{row.journal_name()} {row.pk} {version} {name} {canonical(value)}".encode()
    )


def _command(act: Telling) -> str:
    """Return what an event bears of the command that it was done by; no two bear the same.

    What a program asks for may take several events: all after the first are numbered.
    """
    if act.command:
        if Event.objects.filter(command=act.command).exists():
            raise RepeatedCommandError(f"the command {act.command} was done already")
        return act.command
    if not act.by.command:
        return ""
    numbered = (f"{act.by.command}#{number}" for number in range(2, EVENTS_MOST))
    names = [act.by.command, *numbered]
    return names[Event.objects.filter(command__in=names).count()]


def _check_words(act: Telling) -> None:
    check_slug(act.kind, "the kind of an event")
    if act.reason:
        check_slug(act.reason, "the reason of an event")
    if "\n" in act.command:
        raise BadInputError("a command's name is one line")


def _locked(name: str) -> Stream:
    """Return a stream with its head locked; it begins with its first event."""
    Stream.objects.get_or_create(name=name)
    return Stream.objects.select_for_update().get(name=name)


def _told(
    subject: Journalled, version: int, changed: Changes, words: str
) -> tuple[dict[str, Plain], Sealed | None]:
    """Return the contents of an event, and what is sealed beside it."""
    pairs = {name: [plain(old), plain(new)] for name, (old, new) in changed.items()}
    opened = {name: pair for name, pair in pairs.items() if subject.kept[name].is_open}
    closed: dict[str, Plain] = {name: pair for name, pair in pairs.items() if name not in opened}
    key = key_ring().key(subject.key_name) if closed or words else None
    contents: dict[str, Plain] = {}
    if opened:
        contents[CHANGED] = {**opened}
    if closed and key is not None:
        contents[KEY] = [key.name, key.mark]
        contents[DIGESTS] = {
            name: digest_of_value(key, subject, version, name, pairs[name][1]) for name in closed
        }
    sealed = None if key is None else (key, {**closed, **({"words": words} if words else {})})
    return contents, sealed


def _seal(event: Event, sealed: Sealed) -> None:
    key, closed = sealed
    envelope = key.seal(canonical(closed).encode(), about=f"event {event.digest}")
    EventText.objects.create(event=event, key_name=key.name, envelope=envelope)
