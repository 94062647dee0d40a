"""Two to six markets side by side."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from convener.base.errors import NotFoundError
from convener.rules.access import Act
from convener.service import downloads
from convener.service.access import requires
from convener.service.market import compare as side_by_side
from convener.service.market.compare_page import citation, shown
from convener.service.market.data import market_data
from convener.service.trail import trail


@requires(Act.SEE_MARKET)
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show the markets of an address side by side."""
    data = market_data()
    compared = side_by_side.compare(data, request.GET)
    if "" in request.GET.getlist("service") and not compared.faults:
        return redirect(request.path + compared.query)  # a form's empty row is left out
    address = request.build_absolute_uri(request.path + compared.query)
    context = {
        "data": data,
        "compared": compared,
        "query": compared.query,
        "cite": citation(data, compared, address, timezone.localdate()),
        "trail": trail(("Markets", "markets"), here="Compare"),
        **shown(data, compared),
    }
    return render(request, "compare/compare.html", context, status=_status(compared))


def _status(compared: side_by_side.Compared) -> HTTPStatus:
    if not compared.faults:
        return HTTPStatus.OK
    is_missing = all(isinstance(fault, NotFoundError) for fault in compared.faults)
    return HTTPStatus.NOT_FOUND if is_missing else HTTPStatus.BAD_REQUEST


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Give the markets of an address as a file; one that cannot be read is refused."""
    compared = side_by_side.compare(market_data(), request.GET)
    if compared.faults:
        raise compared.faults[0]
    return downloads.answer(side_by_side.file_of(compared), form)
