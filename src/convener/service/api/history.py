"""What was done, by whom and when: wherever one may see it, or of one record."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Schema

from convener.rules.access import Act, check_reaches
from convener.rules.rebuilding import CHANGED
from convener.service.api.calling import caller_of
from convener.service.api.frame import operation
from convener.service.api.given import numbered
from convener.service.api.paging import Asked, Page, paged
from convener.service.api.records import OfRecord
from convener.service.models import Event
from convener.service.past import Asked as Wanted
from convener.service.past import asked_for, of_stream
from convener.service.registry.record import find_record

WORDS_MAX = 100


class EventShown(Schema):
    """One thing that was done. It holds no words and nothing personal."""

    stream: str
    sequence: int = Field(description="its place in the stream")
    at: datetime
    kind: str = Field(description="what was done")
    by: str | None = Field(description="number of the person; nothing for the service itself")
    role: str
    record: str | None = Field(description="for which organisation they acted")
    about: str = Field(description="the sort of row")
    number: str = Field(description="the row")
    reason: str
    changed: dict[str, Any] = Field(description="old and new value of each field that is open")
    command: str = Field(description="the token and the key of a program's command")
    digest: str = Field(description="which the next event of the stream rests on")


@operation("history", Act.SEE_JOURNAL, Page[EventShown], tag="Journal", is_own=True)
def history(
    request: HttpRequest,
    part: Asked,
    stream: Annotated[
        str, Query(max_length=WORDS_MAX, description="only this stream, as organisation:5")
    ] = "",
    about: Annotated[
        str, Query(max_length=WORDS_MAX, description="only what is about this row, as note:5")
    ] = "",
) -> dict[str, Any]:
    """List what was done wherever you may see it, the newest first."""
    wanted = asked_for(caller_of(request).actor, stream=stream, about=about)
    return _part(request, part, wanted)


@operation(
    "registry/{str:record}/history", Act.SEE_JOURNAL, Page[EventShown], tag="Register", is_own=True
)
def registry_history(request: HttpRequest, record: OfRecord, part: Asked) -> dict[str, Any]:
    """List what was done to a record and for it, the newest first."""
    actor = caller_of(request).actor
    body = find_record(actor, numbered(record))
    check_reaches(actor.role, Act.SEE_JOURNAL, own=actor.organisation_id, asked=body.pk)
    return _part(request, part, of_stream(actor, body.stream_name))


def _part(request: HttpRequest, part: Asked, wanted: Wanted) -> dict[str, Any]:
    rows = wanted.events[part.offset : part.offset + part.limit]
    return paged(request, part, [_event(one) for one in rows], wanted.count)


def _event(event: Event) -> dict[str, Any]:
    return {
        "stream": event.stream.name,
        **{
            name: getattr(event, name)
            for name in ("sequence", "at", "kind", "role", "reason", "command", "digest")
        },
        "by": _text(event.actor),
        "record": _text(event.organisation),
        "about": event.subject,
        "number": str(event.subject_id),
        "changed": json.loads(event.contents).get(CHANGED, {}),
    }


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
