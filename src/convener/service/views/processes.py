"""One contracting process, from its first release to its end."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.rules.access import Act, may
from convener.service.access import requires, role_of
from convener.service.market.data import market_data
from convener.service.market.process import shown
from convener.service.trail import trail


@requires(Act.SEE_MARKET)
@require_safe
def process(request: HttpRequest, ocid: str) -> HttpResponse:
    """Show one process."""
    data = market_data()
    found = shown(data, ocid)
    context = {
        **found,
        "may_see_flags": may(role_of(request), Act.SEE_INTEGRITY_FLAGS),
        "trail": trail(("Markets", "markets"), here=ocid),
    }
    return render(request, "processes/one.html", context)
