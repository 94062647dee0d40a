"""One's own interests, and the search for people and owners on two sides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from convener.base.errors import BadInputError, NotFoundError, WrongStepError
from convener.rules.access import Act, may
from convener.rules.interests import DETAIL_MAX
from convener.rules.registry import NAME_MAX
from convener.service.access import actor_of, requires, role_of
from convener.service.actions.interests import (
    Tie,
    declare_interest,
    end_interest,
    take_interest_back,
    words_of_interest,
)
from convener.service.market.data import market_data
from convener.service.models import Interest
from convener.service.models.members import InterestNature
from convener.service.registry.record import record_like
from convener.service.registry.two_sides import search
from convener.service.trail import trail
from convener.service.views.registry.forms import day, refuse, words

PAGE = "interests"
LONGEST_KEY = 18  # digits that any database holds


class InterestForm(forms.Form):
    """What ties one to which organisation, since when."""

    organisation = words("Enter the organisation's name, or its number here", most=NAME_MAX)
    nature = forms.ChoiceField(
        choices=InterestNature.choices, error_messages={"required": "Choose what ties you to it"}
    )
    from_on = day(is_needed=True, asked="Enter the day on which it began")
    to_on = day()
    detail = words("", most=DETAIL_MAX, is_needed=False)


class DayForm(forms.Form):
    """On which day is looked."""

    on = day()


@requires(Act.DECLARE_INTERESTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def interests(request: HttpRequest) -> HttpResponse:
    """Show one's own interests; end one, or take one back."""
    actor = actor_of(request)
    if request.method == "POST":
        _change(request)
        return HttpResponseRedirect(reverse(PAGE))
    rows = Interest.objects.of(actor).select_related("organisation")
    context = {
        "rows": [
            {"row": row, "words": words_of_interest(row), "stands": _stands(row)} for row in rows
        ],
        "may_search": may(actor.role, Act.SEARCH_INTERESTS),
        "trail": trail(("Account", "account"), here="Your interests"),
    }
    return render(request, "registry/interests.html", context)


def _stands(row: Interest) -> bool:
    return row.to_on is None or row.to_on > timezone.localdate()


def _change(request: HttpRequest) -> None:
    text = request.POST.get("row", "")
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY):
        raise NotFoundError("no interest of yours has this number")
    do = take_interest_back if request.POST.get("do") == "back" else end_interest
    do(interest_id=int(text), by=actor_of(request), at=timezone.now())


@requires(Act.DECLARE_INTERESTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest) -> HttpResponse:
    """Ask what ties one to an organisation, and keep it."""
    form = InterestForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _declare(request, form.cleaned_data)
        except (BadInputError, WrongStepError) as error:
            refuse(form, "organisation", error)
        else:
            return HttpResponseRedirect(reverse(PAGE))
    context = {
        "form": form,
        "natures": [{"value": value, "text": text} for value, text in InterestNature.choices],
        "back": reverse(PAGE),
        "trail": trail(("Account", "account"), ("Your interests", PAGE), here="Declare"),
    }
    status = 400 if form.errors else 200
    return render(request, "registry/declare.html", context, status=status)


def _declare(request: HttpRequest, given: dict[str, Any]) -> None:
    actor = actor_of(request)
    tie = Tie(
        organisation_id=record_like(actor, given["organisation"]).pk,
        nature=InterestNature(given["nature"]),
        from_on=given["from_on"],
        to_on=given["to_on"],
        words=given["detail"],
    )
    declare_interest(tie=tie, by=actor, at=timezone.now())


@requires(Act.SEARCH_INTERESTS)
@never_cache
@require_safe
def two_sides(request: HttpRequest) -> HttpResponse:
    """Show who stood on two sides on a day, and the rows that say so."""
    form = DayForm(request.GET)
    asked = form.cleaned_data["on"] if form.is_valid() else None
    on = asked or timezone.localdate()
    context = {
        "form": form,
        "on": on,
        "found": search(actor_of(request), market_data(), on),
        "role": role_of(request),
        "trail": trail(("Organisations", "registry"), here="On two sides"),
    }
    return render(request, "registry/two_sides.html", context, status=400 if form.errors else 200)
