"""How each figure is computed: the catalogue of measures, from their SQL, pages and examples."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.measures.measure import catalogue, find_measure
from convener.rules.access import Act
from convener.service.access import requires
from convener.service.market.measure import shown
from convener.service.trail import trail


@requires(Act.SEE_MEASURES)
@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """List every measure by family."""
    grouped = groupby(catalogue().values(), key=lambda found: found.family)
    families = [(family, list(members)) for family, members in grouped]
    context = {
        "families": families,
        "total": len(catalogue()),
        "trail": trail(here="Measures"),
    }
    return render(request, "measures/list.html", context)


@requires(Act.SEE_MEASURES)
@require_safe
def measure(request: HttpRequest, name: str) -> HttpResponse:
    """Show what one measure asks, a worked example of it, and the SQL that answers."""
    found = find_measure(name)
    context = {**shown(found), "trail": trail(("Measures", "measures"), here=found.name)}
    return render(request, "measures/one.html", context)
