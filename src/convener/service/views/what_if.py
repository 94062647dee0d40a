"""What if: a market before and after changes that stand in the address; nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from convener.measures.what_if.steps import LOTS, STEPS_MAX, StepError
from convener.rules.access import Act
from convener.service import downloads
from convener.service.access import requires
from convener.service.market import what_if_cards as moving
from convener.service.market import what_if_page as page
from convener.service.market import what_if_steps as stepping
from convener.service.market.data import MarketData, market_data
from convener.service.market.listing import find_market
from convener.service.market.readings import rests_on
from convener.service.market.switches import sheet_of
from convener.service.market.verdict import whole_of
from convener.service.market.what_if import Asked, Trial, read_asked, things_of, try_out
from convener.service.market.what_if_forms import (
    holders_offered,
    kinds_offered,
    new_offered,
    step_of,
)
from convener.service.trail import trail

_STEP = ("stop", "part", "move", "split")


@requires(Act.SEE_MARKET)
@require_safe
def what_if(request: HttpRequest, service: str) -> HttpResponse:
    """Show a market before and after the steps of an address."""
    data = market_data()
    asked = read_asked(find_market(data, service), request.GET)
    trial = try_out(data, asked)
    fault = ""
    if request.GET.get("do", "") in _STEP:
        try:
            return redirect(request.path + _with_step(request.GET, asked, trial))
        except StepError as error:
            fault = str(error)
    elif "" in request.GET.values() and not asked.faults:
        return redirect(request.path + asked.query())  # a form's empty fields are left out
    context = _context(data, trial, request, fault)
    status = 400 if fault or asked.faults else 200
    return render(request, "what_if/one.html", context, status=status)


def _with_step(form: QueryDict, asked: Asked, trial: Trial) -> str:
    """Return the query with one step more."""
    if len(asked.steps) >= STEPS_MAX:
        raise StepError(f"{len(asked.steps)} steps were met; wanted at most {STEPS_MAX}")
    step = step_of(form, trial.tried.holdings)
    return replace(asked, steps=(*asked.steps, step.words)).query() + "#changes"


def _context(data: MarketData, trial: Trial, request: HttpRequest, fault: str) -> dict[str, Any]:
    asked = trial.asked
    sheet = sheet_of(data, asked.market, asked.choices)
    facts = sheet.tables.facts
    like = request.GET.get("find", "").strip()[:200]
    things = things_of(data, trial, like)
    titles = {each.thing: each.title for each in things_of(data, trial, "")}
    return {
        "market": asked.market,
        "asked": asked,
        "trial": trial,
        "facts": facts,
        "whole": whole_of(sheet),
        "switches": page.choices_shown(trial, sheet, request.path),
        "said": moving.verdict(trial, facts),
        "rests_on": rests_on(facts),
        "faults": [*asked.faults, *([fault] if fault else [])],
        "cards": moving.cards(trial, on=timezone.localdate()),
        "steps": stepping.steps_shown(
            trial, facts, titles | {each.thing: each.title for each in things}
        ),
        "holders": holders_offered(trial.tried.holdings),
        "new_holders": new_offered(trial.tried.holdings),
        "new_kinds": kinds_offered(),
        "things": things,
        "thing_offers": stepping.things_offered(things, facts),
        **stepping.words(facts),
        "market_address": page.market_address(asked),
        "like": like,
        "typed": request.GET,
        "lots": LOTS,
        "query": asked.query(),
        "reset": replace(asked, steps=()).query(),
        "trail": [
            *trail(("Markets", "markets"), here=asked.market.label)[:-1],
            {"text": asked.market.label, "href": page.market_address(asked)},
            {"text": "What if"},
        ],
        **page.mix(trial, facts),
        **page.areas(trial, facts),
    }


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def download(request: HttpRequest, service: str, form: str) -> HttpResponse:
    """Give the readings and the mix before and after as a file."""
    data = market_data()
    asked = read_asked(find_market(data, service), request.GET)
    return downloads.answer(page.file_of(try_out(data, asked)), form)
