"""The answers that an organisation gives once, and offers again to every buyer who asks."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from convener.base.errors import WrongStepError
from convener.rules.access import Act, Actor
from convener.rules.answers import TEXT_MAX, check_last_day, question_of
from convener.rules.registry import said
from convener.service.actions.journal import change, create, remove
from convener.service.actions.registry import lock_body
from convener.service.models import Organisation, StandingAnswer


class NotAnsweredError(WrongStepError):
    """The question has no answer that could be ended."""


@transaction.atomic
def give_answer(
    *,
    organisation_id: int,
    question: str,
    text: str,
    valid_until: date | None,
    by: Actor,
    at: datetime,
) -> StandingAnswer:
    """Answer a standing question, or put a new answer in place of the one that stands.

    Raises
    ------
    NoSuchQuestionError
        If there is no such question.
    RecordRefusedError
        If the answer says nothing, or too much.
    PastDayError
        If it would have run out already.
    """
    body = lock_body(organisation_id, Act.KEEP_ANSWERS, by)
    asked = question_of(question)
    check_last_day(valid_until, at.date())
    values = {
        "text": said(text, "an answer", most=TEXT_MAX),
        "valid_until": valid_until,
        "given_at": at,
    }
    found = _standing(body, asked.name)
    if found is not None:
        return change(found, values, at=at, by=by, kind="answer-replaced")
    place = {"organisation": body, "question": asked.name}
    return create(StandingAnswer, {**values, **place}, at=at, by=by, kind="answer-given")


@transaction.atomic
def end_answer(*, organisation_id: int, question: str, by: Actor, at: datetime) -> None:
    """Offer an answer no more; what it said stays in the organisation's own history.

    Raises
    ------
    NotAnsweredError
        If the question has none.
    """
    body = lock_body(organisation_id, Act.KEEP_ANSWERS, by)
    found = _standing(body, question_of(question).name)
    if found is None:
        raise NotAnsweredError("this question has no answer; it was ended already")
    remove(found, at=at, by=by, kind="answer-ended")


def _standing(body: Organisation, question: str) -> StandingAnswer | None:
    rows = StandingAnswer.objects.select_for_update()
    return rows.filter(organisation=body, question=question).first()
