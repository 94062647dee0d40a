"""An organisation's own accounts, and the private check of its standing.

Both are sent to one address, so that no record of addresses tells which of the two was done.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from convener.base.errors import BadInputError
from convener.methods.money.accounts import FLOWS, LINES, SIGNED, STOCKS
from convener.rules.access import Act, check_reaches
from convener.rules.standing import Mitigation, Tier
from convener.service.access import actor_of, requires
from convener.service.actions.accounts import in_pounds, keep_accounts
from convener.service.models import Organisation, YearlyAccounts
from convener.service.registry.checking import Asked, check, keep, kept, shown
from convener.service.registry.record import head, own_record
from convener.service.trail import trail
from convener.service.views.registry.forms import day, refuse

PAGE = "registry-accounts"
PARTS = (("Over the period", FLOWS), ("On its last day", STOCKS))
HINTS = {
    "operating_profit": "A loss has a minus before it, such as -3000",
    "pension_deficit": "Enter 0 where there is none, or a surplus",
    "group_receivables": "What the rest of your group owes you. Enter 0 where there is no group",
    "restricted_cash": "What was given for one purpose only. Enter 0 where there is none",
    "restricted_funds": "What was given for one purpose only. Enter 0 where there is none",
}


def _pounds(*, is_needed: bool = False, least: int | None = None) -> forms.DecimalField:
    return forms.DecimalField(
        required=is_needed,
        min_value=least,
        max_digits=16,
        decimal_places=2,
        error_messages={
            "required": "Enter an amount in pounds",
            "invalid": "Enter an amount in pounds, such as 125000 or 125000.50",
            "min_value": "This cannot be below 0",
        },
    )


class YearForm(forms.Form):
    """The lines of one period of accounts, in pounds; what they do not say stays empty."""

    starts_on = day(is_needed=True, asked="Enter the first day of the period")
    ends_on = day(is_needed=True, asked="Enter the last day of the period")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- a form's own
        super().__init__(*args, **kwargs)
        for name in LINES:
            self.fields[name] = _pounds(least=None if name in SIGNED else 0)


class CheckForm(forms.Form):
    """What the check is for: a value, a tier, and what would make a risk bearable."""

    annual_value = _pounds(is_needed=True, least=1)
    tier = forms.ChoiceField(
        choices=[(tier.value, tier.value) for tier in Tier],
        error_messages={"required": "Choose how much hangs on the contract"},
    )
    mitigations = forms.MultipleChoiceField(
        choices=[(one.value, one.value) for one in Mitigation], required=False
    )
    keep = forms.BooleanField(required=False)


@requires(Act.KEEP_ACCOUNTS)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accounts(request: HttpRequest, body: int) -> HttpResponse:
    """Show what was entered; enter a period, or check how the accounts stand."""
    found = _own(request, body)
    if request.method == "POST" and request.POST.get("do") == "year":
        return _enter(request, found)
    if request.method != "POST" and "enter" in request.GET:
        return _year(request, found, request.GET["enter"])
    form = CheckForm(request.POST if request.method == "POST" else None, initial=kept(found))
    standing = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        asked = Asked(
            given["annual_value"],
            Tier(given["tier"]),
            tuple(map(Mitigation, given["mitigations"])),
        )
        try:
            standing = check(found, asked, timezone.localdate())
        except BadInputError as error:
            refuse(form, "annual_value", error)
        else:
            if given["keep"]:
                keep(found, asked)
    context = {
        **head(found, actor_of(request), PAGE, timezone.localdate()),
        "form": form,
        "years": YearlyAccounts.objects.within(actor_of(request), Act.KEEP_ACCOUNTS),
        "tiers": list(Tier),
        "mitigations": list(Mitigation),
        "chosen": form["mitigations"].value() or [],
        "standing": standing,
        "readings": [shown(one) for one in standing.readings] if standing else [],
        "trail": trail(("Organisations", "registry"), here=found.name),
    }
    return _private(
        render(request, "registry/accounts.html", context), is_refused=bool(form.errors)
    )


def _year(request: HttpRequest, found: Organisation, number: str) -> HttpResponse:
    """Ask for one period of accounts; by its number, for one that was entered."""
    rows = YearlyAccounts.objects.within(actor_of(request), Act.KEEP_ACCOUNTS)
    is_number = number.isdigit() and len(number) < len(str(2**63))
    row = rows.filter(pk=int(number)).first() if is_number else None
    form = YearForm(initial=vars(in_pounds(row)) if row else None)
    return _private(_ask(request, found, form), is_refused=False)


def _enter(request: HttpRequest, found: Organisation) -> HttpResponse:
    form = YearForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            keep_accounts(
                organisation_id=found.pk,
                starts_on=given.pop("starts_on"),
                ends_on=given.pop("ends_on"),
                lines=given,
                by=actor_of(request),
                at=timezone.now(),
            )
        except BadInputError as error:
            refuse(form, "ends_on", error)
        else:
            return HttpResponseRedirect(reverse(PAGE, args=[found.pk]))
    return _private(_ask(request, found, form), is_refused=True)


def _ask(request: HttpRequest, found: Organisation, form: YearForm) -> HttpResponse:
    context = {
        "form": form,
        "body": found,
        "parts": [
            (
                title,
                [
                    (name, name.replace("_", " ").capitalize(), HINTS.get(name, ""))
                    for name in names
                ],
            )
            for title, names in PARTS
        ],
        "trail": trail(("Organisations", "registry"), here=found.name),
    }
    return render(request, "registry/year.html", context)


def _own(request: HttpRequest, number: int) -> Organisation:
    """Return the record of whoever asks, and may check its standing."""
    actor = actor_of(request)
    found = own_record(actor, number, "accounts")
    check_reaches(actor.role, Act.CHECK_OWN_STANDING, own=actor.organisation_id, asked=found.pk)
    return found


def _private(response: HttpResponse, *, is_refused: bool) -> HttpResponse:
    """Keep a page out of every cache, and a refused form out of the log."""
    response.headers["Cache-Control"] = "no-store, private"
    if is_refused:
        response.status_code = 400
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 -- Django's own mark
    return response
