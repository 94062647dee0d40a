"""What an organisation keeps for itself: answers and documents to offer again, its accounts.

Of another's it is as if there were none. Files and amounts stay on their pages.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Path, Schema

from convener.base.errors import NotFoundError
from convener.methods.money.accounts import LINES
from convener.rules.access import Act
from convener.rules.answers import Question, question_of
from convener.service.api.calling import caller_of
from convener.service.api.frame import operation
from convener.service.api.given import numbered
from convener.service.api.paging import Asked, Page, page_of, paged
from convener.service.api.records import OfRecord
from convener.service.models import YearlyAccounts
from convener.service.registry.answers import Offered, answers_of, documents_of, past_of
from convener.service.registry.record import own_record

TAG = "What you keep"


class AnswerShown(Schema):
    """One standing question, and your organisation's answer if it gave one."""

    question: str = Field(description="its name")
    asks: str
    hint: str = Field(description="what a good answer holds")
    source: str = Field(description="why buyers ask it")
    text: str | None = Field(description="nothing where it has no answer")
    given_at: datetime | None
    valid_until: date | None
    state: str | None = Field(
        description="current, runs out soon, over a year old, or has run out"
    )


class Before(Schema):
    """One moment in the past of an answer."""

    at: datetime
    act: str
    by: str
    text: str


class AnswerAndPast(AnswerShown):
    """One standing question with all that was answered to it."""

    past: list[Before] = Field(description="the last first")


class DocumentShown(Schema):
    """A document that is offered again; the file itself is on its page."""

    number: str
    title: str
    file_name: str
    media_type: str
    byte_count: int
    given_at: datetime
    valid_until: date | None
    state: str
    address: str = Field(description="the page that gives the file")


class AccountsShown(Schema):
    """One period of yearly accounts, without its amounts."""

    starts_on: date
    ends_on: date
    entered_at: datetime
    lines: list[str] = Field(description="which lines were entered; amounts are on the page alone")


@operation(
    "registry/{str:record}/answers", Act.KEEP_ANSWERS, Page[AnswerShown], tag=TAG, is_own=True
)
def answers(request: HttpRequest, record: OfRecord, part: Asked) -> dict[str, Any]:
    """List the standing questions: answers to be given anew first, those without one last."""
    body = own_record(caller_of(request).actor, numbered(record), "answers")
    given, left = answers_of(body, timezone.localdate())
    rows = [_answer(one.question, one) for one in given if one.question]
    return page_of(request, part, [*rows, *(_answer(one, None) for one in left)])


@operation(
    "registry/{str:record}/answers/{str:question}",
    Act.KEEP_ANSWERS,
    AnswerAndPast,
    tag=TAG,
    is_own=True,
)
def answers_one(
    request: HttpRequest,
    record: OfRecord,
    question: Annotated[str, Path(description="the question's name")],
) -> dict[str, Any]:
    """Give one standing question, its answer, and what was answered before."""
    body = own_record(caller_of(request).actor, numbered(record), "answers")
    asked = question_of(question)
    given, _ = answers_of(body, timezone.localdate())
    standing = next((one for one in given if one.question == asked), None)
    past = [vars(one) for one in past_of(body, asked.name)]
    return {**_answer(asked, standing), "past": past}


def _answer(question: Question, given: Offered | None) -> dict[str, Any]:
    told = {name: getattr(question, name) for name in ("asks", "hint", "source")}
    names = ("text", "given_at", "valid_until")
    return {
        "question": question.name,
        **told,
        **{name: getattr(given.row, name) if given else None for name in names},
        "state": given.age.value if given else None,
    }


@operation(
    "registry/{str:record}/documents", Act.KEEP_ANSWERS, Page[DocumentShown], tag=TAG, is_own=True
)
def documents(request: HttpRequest, record: OfRecord, part: Asked) -> dict[str, Any]:
    """List your organisation's documents, those to be given anew first."""
    body = own_record(caller_of(request).actor, numbered(record), "documents")
    found = documents_of(body, timezone.localdate())
    return page_of(request, part, [_document(one) for one in found])


@operation(
    "registry/{str:record}/documents/{str:document}",
    Act.KEEP_ANSWERS,
    DocumentShown,
    tag=TAG,
    is_own=True,
)
def documents_one(
    request: HttpRequest,
    record: OfRecord,
    document: Annotated[str, Path(description="number of the document")],
) -> dict[str, Any]:
    """Say of one document what it is, how old, and where the file is."""
    body = own_record(caller_of(request).actor, numbered(record), "documents")
    number = numbered(document)
    for one in documents_of(body, timezone.localdate()):
        if one.row.pk == number:
            return _document(one)
    raise NotFoundError(f"no document has the number {number}")


def _document(one: Offered) -> dict[str, Any]:
    names = ("title", "file_name", "media_type", "byte_count", "given_at", "valid_until")
    row = one.row
    return {
        "number": str(row.pk),
        **{name: getattr(row, name) for name in names},
        "state": one.age.value,
        "address": reverse("registry-document-file", args=[row.organisation_id, row.pk]),
    }


@operation(
    "registry/{str:record}/accounts", Act.KEEP_ACCOUNTS, Page[AccountsShown], tag=TAG, is_own=True
)
def accounts(request: HttpRequest, record: OfRecord, part: Asked) -> dict[str, Any]:
    """List the periods for which your organisation entered accounts, the last first."""
    actor = caller_of(request).actor
    body = own_record(actor, numbered(record), "accounts")
    own = YearlyAccounts.objects.within(actor, Act.KEEP_ACCOUNTS).filter(organisation=body)
    rows = own[part.offset : part.offset + part.limit]
    return paged(request, part, [_period(one) for one in rows], own.count())


def _period(row: YearlyAccounts) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("starts_on", "ends_on", "entered_at")},
        "lines": [name for name in LINES if getattr(row, name) is not None],
    }
