"""What is the caller's own: who they are here, what they were told, what is due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Schema

from convener.base.errors import NotFoundError
from convener.rules.access import Act, may
from convener.rules.tokens import FOR_PROGRAMS
from convener.service.api.calling import Caller, caller_of
from convener.service.api.frame import operation
from convener.service.api.given import numbered
from convener.service.api.paging import Asked, Page, paged
from convener.service.models import Clock, Note, Notice
from convener.service.words import sentence


class Me(Schema):
    """Who the service takes the caller for, and what they may do through the API."""

    role: str
    record: str | None = Field(description="number of the organisation's record they act for")
    token: str | None = Field(description="what its maker called the token that came")
    expires_at: datetime | None = Field(description="when the token runs out")
    acts: list[str] = Field(description="what may be done, beside reading what is published")


class NoticeShown(Schema):
    """What the caller was told."""

    number: str
    made_at: datetime
    sort: str
    text: str
    link: str = Field(description="the page that it leads to")
    read_at: datetime | None


class ClockShown(Schema):
    """Something that the caller may do, and by when it is to be done."""

    number: str
    name: str
    asks: str
    about: str = Field(description="the sort of row")
    row: str = Field(description="its number")
    due_on: date = Field(description="the last day: by the end of it")
    working_days: int
    step: str = Field(description="running, paused or late")
    days: int = Field(description="working days left, or by which it is late")
    link: str


class RequestShown(Schema):
    """What an organisation asks to have corrected."""

    number: str
    organisation: str = Field(description="number of the market's organisation")
    organisation_name: str
    text: str
    posted_at: datetime


@operation("me", Act.SEE_HOME, Me, tag="Yours", is_own=True)
def me(request: HttpRequest) -> dict[str, Any]:
    """Say whom the service takes you for: a way to try a token."""
    caller = caller_of(request)
    actor, token = caller.actor, caller.token
    return {
        "role": actor.role.value,
        "record": None if actor.organisation_id is None else str(actor.organisation_id),
        "token": token.label if token else None,
        "expires_at": token.expires_at if token else None,
        "acts": [sentence(act).rstrip(".") for act in FOR_PROGRAMS if _can(caller, act)],
    }


def _can(caller: Caller, act: Act) -> bool:
    is_chosen = caller.token is None or act.name in caller.token.acts
    return is_chosen and may(caller.actor.role, act)


@operation("notices", Act.SEE_NOTICES, Page[NoticeShown], tag="Yours", is_own=True)
def notices(
    request: HttpRequest,
    part: Asked,
    unread: Annotated[bool, Query(description="only what was not read yet")] = False,  # noqa: FBT002 -- a word of a query
) -> dict[str, Any]:
    """List what you were told, the newest first."""
    mine = Notice.objects.visible_to(caller_of(request).actor)
    found = mine.unread() if unread else mine
    rows = found[part.offset : part.offset + part.limit]
    return paged(request, part, [_notice(one) for one in rows], found.count())


@operation("notices/{str:notice}", Act.SEE_NOTICES, NoticeShown, tag="Yours", is_own=True)
def notices_one(
    request: HttpRequest, notice: Annotated[str, Path(description="number of the notice")]
) -> dict[str, Any]:
    """Give one thing that you were told."""
    mine = Notice.objects.visible_to(caller_of(request).actor)
    found = mine.filter(pk=numbered(notice)).first()
    if found is None:
        raise NotFoundError(f"no notice of yours has the number {notice}")
    return _notice(found)


def _notice(row: Notice) -> dict[str, Any]:
    return {
        "number": str(row.pk),
        **{name: getattr(row, name) for name in ("made_at", "sort", "text", "link", "read_at")},
    }


@operation("deadlines", Act.SEE_NOTICES, Page[ClockShown], tag="Yours", is_own=True)
def deadlines(request: HttpRequest, part: Asked) -> dict[str, Any]:
    """List what waits for you and others who may do it, what is due first before the rest."""
    at = timezone.now()
    seen = Clock.objects.visible_to(caller_of(request).actor).open()
    rows = seen[part.offset : part.offset + part.limit]
    return paged(request, part, [_clock(one, at) for one in rows], seen.count())


def _clock(row: Clock, at: datetime) -> dict[str, Any]:
    reading = row.reading(at)
    return {
        "number": str(row.pk),
        "name": row.name,
        "asks": row.label,
        "about": row.subject,
        "row": str(row.subject_id),
        "due_on": row.due_on,
        "working_days": row.working_days,
        "step": reading.step.value,
        "days": reading.days,
        "link": row.link,
    }


@operation("requests", Act.ANSWER_REQUESTS, Page[RequestShown], tag="Notes", is_own=True)
def requests(request: HttpRequest, part: Asked) -> dict[str, Any]:
    """List the requests for a correction that nobody answered, the first first."""
    waiting = Note.objects.waiting().reverse()
    rows = waiting[part.offset : part.offset + part.limit]
    return paged(request, part, [_request(one) for one in rows], waiting.count())


def _request(note: Note) -> dict[str, Any]:
    return {
        "number": str(note.pk),
        "organisation": str(note.organisation_key),
        "organisation_name": note.organisation_name,
        "text": note.text,
        "posted_at": note.posted_at,
    }
