"""One organisation: who it is, what it provides, what it buys, and what its end would stop."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.rules.access import Act
from convener.service import downloads
from convener.service.access import actor_of, requires, way_to
from convener.service.market.corrected import corrections_for
from convener.service.market.data import market_data
from convener.service.market.notes import notes_for
from convener.service.market.organisation import read, read_choices
from convener.service.market.organisation_files import table as table_of
from convener.service.market.organisation_shown import shown
from convener.service.registry.record import record_of
from convener.service.trail import trail


@requires(Act.SEE_MARKET)
@require_safe
def organisation(request: HttpRequest, key: int) -> HttpResponse:
    """Show one organisation under the choices in the address."""
    data = market_data()
    found = read(data, key, read_choices(request.GET))
    context = {
        **shown(data, found, request.path),
        "watching": way_to(request, "watch-start", key),
        "record_number": record_of(actor_of(request), key),
        "noting": way_to(request, "notes-post", key),
        "correcting": way_to(request, "corrections-make", key),
        "notes_said": notes_for([key]),
        "corrected_rows": corrections_for(data, [key]),
        "trail": trail(("Markets", "markets"), here=found.profile.name),
    }
    return render(request, "organisations/one.html", context)


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def download(request: HttpRequest, key: int, table: str, form: str) -> HttpResponse:
    """Give one table of an organisation's page as a file, under the same choices."""
    data = market_data()
    found = read(data, key, read_choices(request.GET))
    return downloads.answer(table_of(data, found, table), form)
