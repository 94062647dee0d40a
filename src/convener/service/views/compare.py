"""Two to six markets side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.rules.access import Act
from convener.service import downloads
from convener.service.access import requires
from convener.service.trail import trail


@requires(Act.SEE_MARKET)
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show the markets of an address side by side."""
    return render(
        request, "compare/compare.html", {"trail": trail(("Markets", "markets"), here="Compare")}
    )


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def download(request: HttpRequest, form: str) -> HttpResponse:  # noqa: ARG001 -- its choices come with it
    """Give the markets of an address side by side as a file."""
    return downloads.answer(downloads.Table("compare", ("measure",), []), form)
