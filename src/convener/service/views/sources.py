"""What is loaded, and what each source can and cannot tell."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.rules.access import Act, Scope, scope_of
from convener.service.access import requires, role_of
from convener.service.market.data import market_data
from convener.service.market.source import concluded, other_notes, where_from
from convener.service.trail import trail

FAULTS_SHOWN = 20
PLACES_SHOWN = 40


@requires(Act.SEE_SOURCE_QUALITY)
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """List what is loaded."""
    context = {"sources": market_data().sources, "trail": trail(here="Sources")}
    return render(request, "sources/list.html", context)


@requires(Act.SEE_SOURCE_QUALITY)
@require_safe
def source(request: HttpRequest, name: str) -> HttpResponse:
    """Show the quality report of one source."""
    found = market_data().store.source(name)
    quality = _published(request, market_data().quality(found))
    context = {
        "source": found,
        "quality": quality,
        "where_from": where_from(found, quality),
        "concluded": concluded(quality["conclusions"]),
        "notes": other_notes(quality),
        "faults": quality["reading"]["reasons"][:FAULTS_SHOWN],
        "places": quality["reading"]["places"][:PLACES_SHOWN],
        "trail": trail(("Sources", "sources"), here=name),
    }
    return render(request, "sources/one.html", context)


@requires(Act.SEE_SOURCE_QUALITY)
@require_safe
def report(request: HttpRequest, name: str) -> JsonResponse:
    """Give the quality report of one source as it was written."""
    quality = market_data().quality(market_data().store.source(name))
    return JsonResponse(_published(request, quality))


def _published(request: HttpRequest, quality: dict[str, Any]) -> dict[str, Any]:
    """Leave the text of refused rows out for the public: it may name a person."""
    if scope_of(role_of(request), Act.SEE_SOURCE_QUALITY) is Scope.ALL:
        return quality
    reading = quality["reading"]
    places = [{**place, "met": ""} for place in reading["places"]]
    return {**quality, "reading": {**reading, "places": places}}
