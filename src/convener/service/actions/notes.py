"""Notes that organisations post beside their figures, and answers to what they ask for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from convener.base.errors import BadInputError, WrongStepError
from convener.rules.access import Act, Role, check_reaches
from convener.service.market.data import market_data
from convener.service.models import Note, User
from convener.service.models.market import TEXT_MAX, NoteSort
from convener.service.pointing import point_at

POSTED_A_DAY = 20  # by one person, so that nobody floods a page


class TooManyNotesError(WrongStepError):
    """One person has posted as many notes as a day allows."""


@transaction.atomic
def post_note(*, organisation_key: int, sort: NoteSort, text: str, by: User, at: datetime) -> Note:
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
    by = User.objects.select_for_update().get(pk=by.pk)
    check_reaches(Role(by.role), Act.POST_NOTES, own=by.organisation_key, asked=organisation_key)
    _check_day(by, at)
    return Note.objects.create(
        **point_at(market_data(), organisation_key).columns,
        sort=sort.value,
        text=_said(text, "a note"),
        posted_at=at,
        posted_by=by,
    )


@transaction.atomic
def withdraw_note(*, note_id: int, by: User, at: datetime) -> Note:
    """Take a note back: it is kept, and shown no more.

    Raises
    ------
    RoleNotAllowedError
        If the note is of another organisation, and the person answers no requests either.
    WrongStepError
        If it was taken back already.
    """
    note = Note.objects.select_for_update().get(pk=note_id)
    check_reaches(
        Role(by.role), Act.WITHDRAW_NOTES, own=by.organisation_key, asked=note.organisation_key
    )
    if note.withdrawn_at is not None:
        raise WrongStepError("the note was taken back already")
    note.withdrawn_at, note.withdrawn_by = at, by
    note.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return note


@transaction.atomic
def answer_request(
    *, note_id: int, is_approved: bool, answer: str, by: User, at: datetime
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
    note.answer = _said(answer, "an answer")
    note.is_approved, note.answered_at, note.answered_by = is_approved, at, by
    note.save(update_fields=["answer", "is_approved", "answered_at", "answered_by"])
    return note


def _said(text: str, what: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise BadInputError(f"{what} says something; it is empty")
    if len(text) > TEXT_MAX:
        raise BadInputError(f"{what} has at most {TEXT_MAX:,} characters; it has {len(text):,}")
    return text


def _check_day(by: User, at: datetime) -> None:
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if Note.objects.filter(posted_by=by, posted_at__gte=start).count() >= POSTED_A_DAY:
        raise TooManyNotesError(f"{POSTED_A_DAY} notes were posted today; post more tomorrow")
