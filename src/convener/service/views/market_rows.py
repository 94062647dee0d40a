"""What stands behind a market's figures: its contracts, and the rows of each figure."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from convener.measures.lists.rows import PAGE
from convener.measures.measure import find_measure
from convener.measures.sheet import Sheet, read_choices
from convener.rules.access import Act
from convener.service import downloads
from convener.service.access import requires
from convener.service.market import contracts as listed
from convener.service.market import opened
from convener.service.market.data import MarketData, market_data
from convener.service.market.listing import find_market
from convener.service.market.paging import address, link, pages
from convener.service.market.switches import query_of, sheet_of
from convener.service.trail import trail


@requires(Act.SEE_MARKET)
@require_safe
def contracts(request: HttpRequest, service: str) -> HttpResponse:
    """List a market's contracts."""
    data = market_data()
    market = find_market(data, service)
    wanted, page = listed.read_wanted(request.GET), listed.page_number(request.GET)
    context = {
        "market": market,
        "link": link,
        "trail": _trail(market.service, market.label, "", here="Contracts"),
        **listed.shown(data, market, wanted, page=page, path=request.path),
    }
    return render(request, "market/contracts.html", context)


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def contracts_download(request: HttpRequest, service: str, form: str) -> HttpResponse:
    """Give a market's contracts as a file."""
    data = market_data()
    market = find_market(data, service)
    return downloads.answer(listed.table(data, market, listed.read_wanted(request.GET)), form)


@requires(Act.SEE_MARKET)
@require_safe
def rows(request: HttpRequest, service: str, measure: str) -> HttpResponse:
    """Open a figure to the rows that it rests on."""
    data, sheet = _sheet(request, service)
    one, page = find_measure(measure), listed.page_number(request.GET)
    sort, kind = opened.sort_asked(one, sheet, request.GET), opened.kind_asked(request.GET)
    found = opened.opened(data, sheet, one, sort, kind=kind, page=page)
    query = query_of(sheet.market, sheet.choices)
    chosen = dict(request.GET.items()) | {"page": None}
    context: dict[str, Any] = {
        "market": sheet.market,
        "measure": one,
        "figure": sheet.one(one.name),
        "found": found,
        "kind": kind,
        "sorts": _sorts(request.path, chosen, found),
        "pages": pages(request.path, chosen, number=page, count=found.count, size=PAGE),
        "query": address("", chosen),
        "back": reverse("markets-one", args=[service]) + query,
        "trail": _trail(service, sheet.market.label, query, here=one.name),
    }
    return render(request, "market/rows.html", context)


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def rows_download(request: HttpRequest, service: str, measure: str, form: str) -> HttpResponse:
    """Give the rows that a figure rests on as a file."""
    data, sheet = _sheet(request, service)
    one = find_measure(measure)
    sort, kind = opened.sort_asked(one, sheet, request.GET), opened.kind_asked(request.GET)
    return downloads.answer(opened.table(data, sheet, one, sort, kind=kind), form)


def _sheet(request: HttpRequest, service: str) -> tuple[MarketData, Sheet]:
    data = market_data()
    market = find_market(data, service)
    return data, sheet_of(data, market, read_choices(market, request.GET))


def _sorts(path: str, chosen: dict[str, Any], found: opened.Opened) -> list[dict[str, Any]]:
    return [
        {
            "label": opened.TITLES[sort],
            "address": None if sort == found.sort else address(path, chosen, of=sort, kind=None),
        }
        for sort in found.sorts
    ]


def _trail(service: str, label: str, query: str, *, here: str) -> list[dict[str, str]]:
    links = trail(("Markets", "markets"), here=here)
    market = {"text": label, "href": reverse("markets-one", args=[service]) + query}
    return [*links[:-1], market, links[-1]]
