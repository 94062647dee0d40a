"""Notes that organisations post beside their figures, and answers to what they ask for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from convener.base.errors import BadInputError, WrongStepError
from convener.rules.access import Act, Actor, check_reaches
from convener.rules.clocks import ClockName
from convener.rules.notices import NoticeSort
from convener.service.actions.clocks import end_clock, start_clock
from convener.service.actions.journal import change, create
from convener.service.actions.notices import Message, tell
from convener.service.market.data import market_data
from convener.service.models import Note, User
from convener.service.models.market import TEXT_MAX, NoteSort
from convener.service.pointing import own_key, point_at

POSTED_A_DAY = 20  # by one person, so that nobody floods a page


class TooManyNotesError(WrongStepError):
    """One person has posted as many notes as a day allows."""


@transaction.atomic
def post_note(
    *, organisation_key: int, sort: NoteSort, text: str, by: Actor, at: datetime
) -> Note:
    """Post a note, or ask for a correction, for the organisation that one signs in for.

    Raises
    ------
    RoleNotAllowedError
        If the organisation is not the person's own.
    BadInputError
        If the note says nothing, or too much.
    TooManyNotesError
        If the person has posted many today.
    """
    User.objects.select_for_update().get(pk=by.person)
    check_reaches(by.role, Act.POST_NOTES, own=own_key(by), asked=organisation_key)
    _check_day(by, at)
    note = create(
        Note,
        {
            **point_at(market_data(), organisation_key).columns,
            "sort": sort.value,
            "text": _said(text, "a note"),
            "posted_at": at,
            "posted_by_id": by.user_id,
        },
        at=at,
        by=by,
        kind="note-posted",
    )
    if note.is_request:
        link = reverse("requests-answer", args=[note.pk])
        start_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=at, by=by, link=link)
    return note


@transaction.atomic
def withdraw_note(*, note_id: int, by: Actor, at: datetime) -> Note:
    """Take a note back: it is kept, and shown no more.

    Raises
    ------
    RoleNotAllowedError
        If the note is of another organisation, and the person answers no requests either.
    WrongStepError
        If it was taken back already.
    """
    note = Note.objects.select_for_update().get(pk=note_id)
    check_reaches(by.role, Act.WITHDRAW_NOTES, own=own_key(by), asked=note.organisation_key)
    if note.withdrawn_at is not None:
        raise WrongStepError("the note was taken back already")
    end_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=at, by=by)
    return change(
        note,
        {"withdrawn_at": at, "withdrawn_by_id": by.user_id},
        at=at,
        by=by,
        kind="note-withdrawn",
    )


@transaction.atomic
def answer_request(
    *, note_id: int, is_approved: bool, answer: str, by: Actor, at: datetime
) -> Note:
    """Approve or decline what an organisation asked for, in words that stand beside it.

    Raises
    ------
    WrongStepError
        If it is no request, was taken back, or is answered already.
    BadInputError
        If the answer says nothing, or too much.
    """
    note = Note.objects.select_for_update().get(pk=note_id)
    if not note.is_waiting or note.withdrawn_at is not None:
        raise WrongStepError("this does not wait for an answer: it is answered or was taken back")
    words = _said(answer, "an answer")
    end_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=at, by=by)
    tell([note.posted_by_id], [_answered(note)], at=at)
    return change(
        note,
        {
            "answer": words,
            "is_approved": is_approved,
            "answered_at": at,
            "answered_by_id": by.user_id,
        },
        at=at,
        by=by,
        kind="request-answered",
    )


def _answered(note: Note) -> Message:
    link = reverse("notes-post", args=[note.organisation_key])
    text = "What you asked for was answered: the answer stands beside the figures."
    return Message(NoticeSort.ANSWERED, text, link, about=f"note:{note.pk}:answered")


def _said(text: str, what: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise BadInputError(f"{what} says something; it is empty")
    if len(text) > TEXT_MAX:
        raise BadInputError(f"{what} has at most {TEXT_MAX:,} characters; it has {len(text):,}")
    return text


def _check_day(by: Actor, at: datetime) -> None:
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if Note.objects.filter(posted_by=by.user_id, posted_at__gte=start).count() >= POSTED_A_DAY:
        raise TooManyNotesError(f"{POSTED_A_DAY} notes were posted today; post more tomorrow")
