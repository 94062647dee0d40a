"""Looking for an organisation or a contract by its words or numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.rules.access import Act
from convener.service.access import requires
from convener.service.market.data import market_data
from convener.service.market.searching import read_wanted, shown
from convener.service.trail import trail


@requires(Act.SEE_MARKET)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what matches the words in the address."""
    context = {
        **shown(market_data(), read_wanted(request.GET), request.path),
        "trail": trail(here="Search"),
    }
    return render(request, "search/search.html", context)
