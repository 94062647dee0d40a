"""The markets: a list to find one in, and a page for each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.measures.markets import LEVELS, NAMED
from convener.measures.sheet import Sheet, read_choices
from convener.rules.access import Act
from convener.service import downloads
from convener.service.access import requires
from convener.service.market import files, readings, tables
from convener.service.market.advice import advice, contracts_address
from convener.service.market.data import MarketData, market_data
from convener.service.market.listing import Listed, find_market, listed, search
from convener.service.market.listing import (
    markets as all_markets,
)
from convener.service.market.notes import notes_for
from convener.service.market.switches import (
    PERIODS_SHOWN,
    Switch,
    narrowing,
    query_of,
    sheet_of,
    switches,
    whole,
)
from convener.service.market.verdict import verdict
from convener.service.trail import trail

SHOWN = 100
LEVEL_LABELS = (
    ("", "Named services"),
    ("division", "Procurement divisions"),
    ("group", "Procurement groups"),
    ("class", "Procurement classes"),
)


@requires(Act.SEE_MARKET)
@require_safe
def markets(request: HttpRequest) -> HttpResponse:
    """List the markets, or those like what was typed."""
    data = market_data()
    typed, level = request.GET.get("q", "").strip()[:200], _level(request.GET)
    found = _found(data, typed, level)
    shown = found[:SHOWN]
    context = {
        "data": data,
        "typed": typed,
        "level": level,
        "levels": LEVEL_LABELS,
        "total": len(all_markets(data)),
        "shown": shown,
        "left_out": len(found) - len(shown),
        "caption": f"Like “{typed}”, the likest first" if typed else dict(LEVEL_LABELS)[level],
        "kinds_shown": kinds_shown(shown),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "trail": trail(here="Markets"),
    }
    return render(request, "market/list.html", context)


def _level(asked: QueryDict) -> str:
    level = asked.get("level", "")
    known = [value for value, _ in LEVEL_LABELS]
    if level not in known:
        raise BadInputError(f"the sort of market is {level!r}; it can be {', '.join(known[1:])}")
    return level


def _found(data: MarketData, typed: str, level: str) -> list[Listed]:
    """Return the markets of a sort; what was typed is looked for in every sort."""
    levels = (level,) if level else LEVELS if typed else NAMED
    rows = [row for name in levels for row in listed(data, name)]
    if not typed:
        return rows
    known = {row.market: row for row in rows}
    return [known[market] for market in search(typed, known)]


def kinds_shown(rows: list[Listed]) -> list[Kind]:
    """Return the kinds that any bar of a list shows, in their order."""
    met = {part.kind for row in rows for part in row.mix}
    return [kind for kind in Kind if kind in met]


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def markets_download(request: HttpRequest, form: str) -> HttpResponse:
    """Give the list of markets as a file."""
    typed, level = request.GET.get("q", "").strip()[:200], _level(request.GET)
    rows = [row.as_row() for row in _found(market_data(), typed, level)]
    columns = tuple(rows[0]) if rows else ("service", "market")
    return downloads.answer(downloads.Table("markets", columns, rows), form)


@requires(Act.SEE_MARKET)
@require_safe
def market(request: HttpRequest, service: str) -> HttpResponse:
    """Show one market under the choices in the address."""
    data = market_data()
    found = find_market(data, service)
    sheet = sheet_of(data, found, read_choices(found, request.GET))
    today = timezone.localdate()
    shown = readings.cards(sheet, on=today)
    context: dict[str, Any] = {
        "market": found,
        "query": query_of(found, sheet.choices),
        "choices": sheet.choices,
        "switches": _links(sheet, request.path),
        "narrowing": narrowing(data, sheet),
        "cards": shown,
        "said": verdict(sheet),
        "rests_on": readings.rests_said(sheet),
        "key_said": readings.key_said(sheet, shown),
        "lines": advice(sheet),
        "notes_said": notes_for(_organisations(sheet)),
        "contracts_address": contracts_address(sheet),
        "trail": trail(("Markets", "markets"), here=found.label),
        **tables.shown(data, sheet, request.path),
    }
    return render(request, "market/one.html", context)


def _links(sheet: Sheet, path: str) -> list[Switch]:
    """Return the choices that are links; many years are offered by the form beside them."""
    is_long = len(sheet.periods) > PERIODS_SHOWN
    return [one for one in switches(sheet, path) if not (is_long and one.name == "period")]


def _organisations(sheet: Sheet) -> set[int]:
    """Return the organisations that the page names as largest."""
    providers = sheet.tables.providers[: tables.PROVIDERS_SHOWN]
    buyers = sheet.tables.buyers[: tables.BUYERS_SHOWN]
    keys = {row.organisation for row in providers} | {row.organisation for row in buyers}
    return {key for key in keys if key is not None}


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def download(request: HttpRequest, service: str, table: str, form: str) -> HttpResponse:
    """Give one table of a market's page as a file, under the same choices."""
    data = market_data()
    found = find_market(data, service)
    sheet = sheet_of(data, found, read_choices(found, request.GET))
    return downloads.answer(files.table(whole(data, sheet), table), form)
