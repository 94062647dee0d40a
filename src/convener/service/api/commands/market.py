"""What is said of the market: notes, requests, corrections, and owners that are watched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.urls import reverse
from ninja import Field

from convener.base.errors import NotFoundError
from convener.rules.access import Act, Actor
from convener.rules.corrections import Correctable
from convener.service.actions.corrections import save_correction, save_undoing
from convener.service.actions.notes import answer_request, post_note, withdraw_note
from convener.service.actions.notices import read_notices
from convener.service.actions.watching import (
    look_first,
    save_watch,
    stop_watching,
    warn_of_owner,
)
from convener.service.api.commanding import Given, command, done
from convener.service.api.commands.ownership import into_figures
from convener.service.api.given import (
    Day,
    FewWords,
    Market,
    Number,
    Reason,
    Source,
    Words,
    numbered,
)
from convener.service.models import Correction, Note, Watch
from convener.service.models.market import NoteSort
from convener.service.proposing import Wanted

NOTES, CORRECTIONS, WATCHING = "Commands: notes", "Commands: corrections", "Commands: watching"


class OfPosting(Given):
    """A note, or a request for a correction, beside the figures of one's own organisation."""

    organisation: Market
    sort: Literal["note", "request"]
    text: Words


@command("post-note", Act.POST_NOTES, tag=NOTES)
def post_note_beside(given: OfPosting, by: Actor, at: datetime) -> dict[str, Any]:
    """Post a note beside the figures, or ask for a correction."""
    key = numbered(given.organisation)
    made = post_note(
        organisation_key=key, sort=NoteSort(given.sort), text=given.text, by=by, at=at
    )
    return done(made.pk, reverse("organisations-one", args=[key]))


class OfNote(Given):
    """A note."""

    note: Number


@command("withdraw-note", Act.WITHDRAW_NOTES, tag=NOTES)
def take_note_back(given: OfNote, by: Actor, at: datetime) -> dict[str, Any]:
    """Take a note back: it is kept, and shown no more."""
    found = _note(given.note)
    withdraw_note(note_id=found.pk, by=by, at=at)
    return done(found.pk, reverse("organisations-one", args=[found.organisation_key]))


class OfAnswer(OfNote):
    """Whether a request is approved, and in which words."""

    is_approved: bool = Field(strict=True)
    answer: Words


@command("answer-request", Act.ANSWER_REQUESTS, tag=NOTES)
def answer_request_of(given: OfAnswer, by: Actor, at: datetime) -> dict[str, Any]:
    """Answer a request for a correction."""
    found = _note(given.note)
    answer_request(
        note_id=found.pk, is_approved=given.is_approved, answer=given.answer, by=by, at=at
    )
    return done(found.pk, reverse("organisations-one", args=[found.organisation_key]))


def _note(number: str) -> Note:
    found = Note.objects.standing().filter(pk=numbered(number)).first()
    if found is None:
        raise NotFoundError(f"no note has the number {number}")
    return found


class OfCorrection(Given):
    """What of an organisation is corrected, to what, and why."""

    organisation: Market
    what: Literal["kind", "name", "owner", "same", "different"]
    reason: Reason
    value: FewWords = Field(
        "",
        description="the kind; the name; none, where nobody owns it; the number of the spelling"
        " that stands for another",
    )
    other: Market | None = Field(
        None, description="the owner, or the organisation that is the same"
    )
    request: Number | None = Field(None, description="number of the request that it follows")


@command("make-correction", Act.CORRECT_IDENTITY, tag=CORRECTIONS, after=into_figures)
def make_correction(given: OfCorrection, by: Actor, at: datetime) -> dict[str, Any]:
    """Correct which organisation a name stands for, or what is known of it."""
    wanted = Wanted(
        Correctable(given.what),
        numbered(given.organisation),
        given.value,
        None if given.other is None else numbered(given.other),
    )
    request = None if given.request is None else _note(given.request).pk
    made = save_correction(wanted=wanted, reason=given.reason, by=by, at=at, request_id=request)
    return done(made.pk, reverse("corrections-one", args=[made.pk]))


class OfUndoing(Given):
    """Which correction is undone, and why."""

    correction: Number
    reason: Reason


@command("undo-correction", Act.CORRECT_IDENTITY, tag=CORRECTIONS, after=into_figures)
def undo_correction(given: OfUndoing, by: Actor, at: datetime) -> dict[str, Any]:
    """Undo a correction: it stays, with who undid it and why."""
    found = Correction.objects.filter(pk=numbered(given.correction)).first()
    if found is None:
        raise NotFoundError(f"no correction has the number {given.correction}")
    made = save_undoing(correction_id=found.pk, reason=given.reason, by=by, at=at)
    return done(made.pk, reverse("corrections-one", args=[made.pk]))


class OfWatching(Given):
    """The organisation whose owner is watched."""

    organisation: Market


def _look(answer: Mapping[str, Any], at: datetime) -> None:
    """Look at what hangs on the owner, so that the next load has something to compare with."""
    look_first(owner_key=int(answer["number"]), at=at)


@command("watch-owner", Act.WATCH_OWNERS, tag=WATCHING, after=_look)
def watch_owner(given: OfWatching, by: Actor, at: datetime) -> dict[str, Any]:
    """Watch the ultimate owner of an organisation; its number is in the answer."""
    made = save_watch(organisation_key=numbered(given.organisation), by=by, at=at)
    return done(made.organisation_key, reverse("watch-one", args=[made.organisation_key]))


class OfOwner(Given):
    """An owner that is watched."""

    owner: Market


@command("stop-watching", Act.WATCH_OWNERS, tag=WATCHING)
def stop_watching_owner(given: OfOwner, by: Actor, at: datetime) -> dict[str, Any]:
    """Watch an owner no longer; what was told of it goes too."""
    key = numbered(given.owner)
    if not Watch.objects.filter(user=by.user_id, organisation_key=key).exists():
        raise NotFoundError(f"you watch no owner of the number {given.owner}")
    stop_watching(owner_key=key, by=by, at=at)
    return done(key, reverse("watch"))


class OfWarning(OfOwner):
    """What was said of an owner, when and where."""

    on: Day
    text: Words
    source: Source


@command("warn-of-owner", Act.WARN_OF_OWNERS, tag=WATCHING)
def warn_of(given: OfWarning, by: Actor, at: datetime) -> dict[str, Any]:
    """Enter a warning about an owner: everyone who watches it is told."""
    key = numbered(given.owner)
    made = warn_of_owner(
        owner_key=key, on=given.on, text=given.text, source=given.source, by=by, at=at
    )
    return done(made.pk, reverse("watch-one", args=[key]))


class OfReading(Given):
    """Which notice was read; all of them where none is named."""

    notice: Number | None = None


@command("read-notices", Act.SEE_NOTICES, tag="Commands: notices")
def mark_read(given: OfReading, by: Actor, at: datetime) -> dict[str, Any]:
    """Mark one thing that you were told, or all, as read."""
    number = None if given.notice is None else numbered(given.notice)
    read_notices(by=by, at=at, notice_id=number)
    return done(number, "/api/notices")
