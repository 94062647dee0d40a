"""What an organisation offers again: its answers and documents with their age, and their past."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from convener.rules.answers import QUESTIONS, Age, Question, age_in_words, age_of, turn_of
from convener.rules.rebuilding import CHANGED
from convener.service.actions.journal import words_of
from convener.service.keys import KeyLostError
from convener.service.models import Document, Event, Organisation, StandingAnswer, User

TOLD_MAX = 300  # events that are looked through for the past of one answer
ASKED = "question"


@dataclass(frozen=True)
class Offered:
    """An answer or a document, how old it is, and whether it should be given anew."""

    row: StandingAnswer | Document
    age: Age
    ago: str
    question: Question | None = None


@dataclass(frozen=True)
class Told:
    """One moment in the past of an answer."""

    at: datetime
    act: str
    by: str
    text: str


def _offered(row: StandingAnswer | Document, on: date) -> Offered:
    question = QUESTIONS.get(row.question) if isinstance(row, StandingAnswer) else None
    age = age_of(row.given_at, row.valid_until, on)
    return Offered(row, age, age_in_words(row.given_at, on), question)


def answers_of(body: Organisation, on: date) -> tuple[list[Offered], list[Question]]:
    """Return the answers, first those to be given anew, and the questions without one."""
    found = [_offered(row, on) for row in StandingAnswer.objects.filter(organisation=body)]
    answered = {one.question.name for one in found if one.question}
    left = [one for name, one in QUESTIONS.items() if name not in answered]
    return _in_turn(found), left


def documents_of(body: Organisation, on: date) -> list[Offered]:
    """Return the documents, first those to be given anew."""
    rows = Document.objects.filter(organisation=body).defer("envelope")
    return _in_turn([_offered(row, on) for row in rows])


def _in_turn(found: list[Offered]) -> list[Offered]:
    return sorted(found, key=lambda one: turn_of(one.age, one.row.given_at))


def past_of(body: Organisation, question: str) -> list[Told]:
    """Return what became of the answers to one question, the last first."""
    events = list(
        Event.objects.filter(stream__name=body.stream_name, subject=StandingAnswer.journal_name())
        .select_related("text")
        .order_by("-pk")[:TOLD_MAX]
    )
    rows = set(_rows_of(events, question))
    standing = StandingAnswer.objects.filter(organisation=body, question=question)
    rows |= set(standing.values_list("pk", flat=True))
    mine = [event for event in events if event.subject_id in rows]
    people = User.objects.in_bulk({event.actor for event in mine if event.actor})
    return [_told(event, people) for event in mine]


def _rows_of(events: list[Event], question: str) -> Iterator[int]:
    for event in events:
        if question in json.loads(event.contents).get(CHANGED, {}).get(ASKED, ()):
            yield event.subject_id


def _told(event: Event, people: dict[int, User]) -> Told:
    by = people.get(event.actor or 0)
    try:
        pair = words_of(event).get("text")
    except KeyLostError:
        pair = None
    old, new = pair if isinstance(pair, list) else (None, None)
    return Told(
        event.at,
        event.kind.replace("-", " "),
        by.shown_as if by else "the service",
        str(new or old or ""),
    )
