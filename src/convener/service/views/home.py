"""What is happening, for the visitor and for one's role."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from convener.measures.markets import NAMED
from convener.rules.access import Act
from convener.service.access import membership_of, requires
from convener.service.market.data import MarketData, market_data
from convener.service.market.listing import LEAST, Listed, listed, markets
from convener.service.market.tables import dots
from convener.service.market.verdict import verdict, whole_of
from convener.service.own_desk import own_desk
from convener.service.views.market import kinds_shown
from convener.service.words import counted, percent

SHOWN = 8


@requires(Act.SEE_HOME)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what convener is, how the loaded markets stand, and what to do next."""
    data = market_data()
    rows = _largest(data)
    membership = membership_of(request)
    context = {
        "desk": own_desk(membership, timezone.now()) if membership is not None else None,
        "data": data,
        "markets": rows,
        "kinds_shown": kinds_shown(rows),
        "total": len(markets(data)),
        "said": _said(data, rows),
        "spot": _spot(data, rows),
    }
    return render(request, "home/home.html", context)


def _spot(data: MarketData, rows: list[Listed]) -> dict[str, Any] | None:
    """Return the largest named market in short: its verdict, and its areas as dots."""
    named = next((row.market for row in rows if row.market.level in NAMED), None)
    sheet = data.figures.sheet(named) if named is not None else None
    if sheet is None:  # it was not kept: a first page does not compute
        return None
    return {"market": named, "said": verdict(sheet), "whole": whole_of(sheet), **dots(sheet)}


def _largest(data: MarketData) -> list[Listed]:
    """Return the named markets that rest on most; procurement divisions where none is named."""
    rows = [row for level in NAMED for row in listed(data, level)]
    rows = rows or list(listed(data, "division"))
    rows.sort(key=lambda row: -_size(row))
    return rows[:SHOWN]


def _size(row: Listed) -> int:
    return row.market.processes + row.market.payments + row.market.provision


def _said(data: MarketData, rows: list[Listed]) -> str:
    """Say what is loaded, and where one provider holds most."""
    known = markets(data)
    named = sum(market.level in NAMED for market in known)
    parts = [
        f"{counted(len(data.sources), 'source')} of open data",
        counted(named, "named service") if named else "",
        counted(len(known) - named, "procurement code") if len(known) > named else "",
    ]
    met = [part for part in parts if part]
    said = f"{', '.join(met[:-1])} and {met[-1]}." if len(met) > 1 else f"{met[0]}."
    shares = [(float(row.rows["cr1"].low or 0), row) for row in rows if _is_firm(row)]
    if not shares:
        return said
    share, row = max(shares, key=lambda pair: pair[0])
    return f"{said} One provider holds most in {row.label}: {percent(share)}."


def _is_firm(row: Listed) -> bool:
    return "cr1" in row.rows and row.rows["cr1"].count >= LEAST
