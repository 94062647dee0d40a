"""What if: a market before and after changes that stand in the address; nothing is stored."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.rules.access import Act
from convener.service import downloads
from convener.service.access import requires
from convener.service.market.data import market_data
from convener.service.market.listing import find_market
from convener.service.market.what_if import read_asked, try_out
from convener.service.trail import trail


@requires(Act.SEE_MARKET)
@require_safe
def what_if(request: HttpRequest, service: str) -> HttpResponse:
    """Show a market before and after the steps of an address."""
    data = market_data()
    found = find_market(data, service)
    asked = read_asked(found, request.GET)
    trial = try_out(data, asked)
    context = {
        "market": found,
        "trial": trial,
        "trail": trail(("Markets", "markets"), here=f"What if: {found.label}"),
    }
    status = 400 if asked.faults else 200
    return render(request, "what_if/one.html", context, status=status)


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def download(request: HttpRequest, service: str, form: str) -> HttpResponse:
    """Give the readings before and after as a file."""
    data = market_data()
    asked = read_asked(find_market(data, service), request.GET)
    trial = try_out(data, asked)
    rows = [
        {
            "figure": name,
            "before": getattr(trial.before, name),
            "after": getattr(trial.after, name),
        }
        for name in ("hhi", "largest", "held_share", "left_over")
    ]
    columns = ("figure", "before", "after")
    return downloads.answer(downloads.Table(f"{service}-what-if", columns, rows), form)
