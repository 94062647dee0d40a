"""What an organisation keeps for itself: answers that it gives once, documents that it ends."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Field
from pydantic import AfterValidator

from convener.rules.access import Act, Actor
from convener.rules.answers import QUESTIONS, TEXT_MAX
from convener.service.actions.answers import end_answer, give_answer
from convener.service.actions.documents import end_document
from convener.service.api.commanding import command, done
from convener.service.api.commands.registering import OfRecord, shown
from convener.service.api.given import Day, Number, no_nul, numbered
from convener.service.models import Organisation
from convener.service.registry.record import own_record

TAG = "Commands: what you keep"
QuestionName = Annotated[
    str, Field(max_length=60, json_schema_extra={"enum": [*QUESTIONS]}, description="its name")
]


def _own(by: Actor, record: str) -> Organisation:
    return own_record(by, numbered(record), "answers")


class OfQuestion(OfRecord):
    """A standing question."""

    question: QuestionName


class OfAnswerGiven(OfQuestion):
    """What is answered, and until when that holds."""

    text: Annotated[str, Field(min_length=1, max_length=TEXT_MAX), AfterValidator(no_nul)]
    valid_until: Day | None = None


@command("give-answer", Act.KEEP_ANSWERS, tag=TAG)
def give_answer_to(given: OfAnswerGiven, by: Actor, at: datetime) -> dict[str, Any]:
    """Answer a standing question, or put a new answer in place of the one that stands."""
    body = _own(by, given.record)
    made = give_answer(
        organisation_id=body.pk,
        question=given.question,
        text=given.text,
        valid_until=given.valid_until,
        by=by,
        at=at,
    )
    return done(made.pk, f"{shown(body.pk)}/answers/{made.question}")


@command("end-answer", Act.KEEP_ANSWERS, tag=TAG)
def end_answer_to(given: OfQuestion, by: Actor, at: datetime) -> dict[str, Any]:
    """Offer an answer no more; what it said stays in your organisation's own history."""
    body = _own(by, given.record)
    end_answer(organisation_id=body.pk, question=given.question, by=by, at=at)
    return done(None, f"{shown(body.pk)}/answers/{given.question}")


class OfDocument(OfRecord):
    """A document that is offered."""

    document: Number


@command("end-document", Act.KEEP_ANSWERS, tag=TAG)
def end_document_of(given: OfDocument, by: Actor, at: datetime) -> dict[str, Any]:
    """Offer a document no more: the file is deleted, and the record keeps that it was there."""
    body, number = _own(by, given.record), numbered(given.document)
    end_document(organisation_id=body.pk, document_id=number, by=by, at=at)
    return done(number, f"{shown(body.pk)}/documents")
