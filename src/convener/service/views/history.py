"""What was done, the newest first: of one organisation, of the service, or about one row."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from convener.base.errors import BadInputError
from convener.rules.access import Act, check_reaches
from convener.service import downloads
from convener.service.access import actor_of, requires
from convener.service.market.paging import address
from convener.service.past import Asked, asked_for, of_stream
from convener.service.registry.record import find_record, head
from convener.service.timeline import TIMELINE, as_rows, entries
from convener.service.trail import trail

SHOWN = 50
FILE_ROWS = 20_000
NUMBER_MAX = 2**63 - 1


def _read(request: HttpRequest) -> Asked:
    asked = request.GET
    stream, about = asked.get("stream", ""), asked.get("about", "")
    return asked_for(actor_of(request), stream=stream, about=about)


def _page(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Return one page of events; where it begins is an event, since more come while one reads."""
    before = _event_number(request.GET)
    rows = asked.events.filter(pk__lt=before) if before else asked.events
    found = list(rows[: SHOWN + 1])
    shown = found[:SHOWN]
    older = shown[-1].pk if len(found) > SHOWN else None
    return {
        "entries": entries(shown, actor_of(request)),
        "count": asked.count,
        "newest": address(request.path, asked.chosen) if before else "",
        "older": address(request.path, asked.chosen, before=older) if older else "",
        "query": address("", asked.chosen),
    }


def _event_number(asked: QueryDict) -> int | None:
    text = asked.get("before", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004 -- digits
        raise BadInputError(f"before is {text[:40]!r}; wanted the number of an event")
    return int(text)


def _file(request: HttpRequest, asked: Asked, form: str) -> HttpResponse:
    if asked.count > FILE_ROWS:
        raise BadInputError(
            f"{asked.count:,} events are asked for; a file holds {FILE_ROWS:,}: choose a stream,"
            " or ask the API page by page"
        )
    rows = as_rows(entries(list(asked.events), actor_of(request)))
    return downloads.answer(downloads.Table("history", TIMELINE, rows), form)


@requires(Act.SEE_JOURNAL)
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Show what was done wherever whoever asks may see it."""
    asked = _read(request)
    context = {**_page(request, asked), "asked": asked, "trail": trail(here="History")}
    return render(request, "history/list.html", context)


@requires(Act.SEE_JOURNAL)
@require_safe
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Give the same as a file."""
    return _file(request, _read(request), form)


@requires(Act.SEE_JOURNAL)
@require_safe
def of_organisation(request: HttpRequest, body: int) -> HttpResponse:
    """Show what was done to the record of an organisation, and by its people for it."""
    actor = actor_of(request)
    found = find_record(actor, body)
    check_reaches(actor.role, Act.SEE_JOURNAL, own=actor.organisation_id, asked=found.pk)
    asked = of_stream(actor, found.stream_name)
    context = {
        **head(found, actor, "organisation-history", timezone.localdate()),
        **_page(request, asked),
        "trail": trail(("Organisations", "registry"), here=found.name),
    }
    return render(request, "history/organisation.html", context)
