"""Trying a demonstration as one of its invented people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from convener.rules.access import Act, Role
from convener.rules.personas import BY_EMAIL, PERSONAS, Persona, may_more
from convener.service.access import ACTING_AS, requires, signed_in
from convener.service.models import Membership, User
from convener.service.second_factors import IN_DEMO, PROVED

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class PersonaForm(forms.Form):
    """Whom to try the service as."""

    who = forms.ChoiceField(
        choices=[(one.slug, one.name) for one in PERSONAS],
        error_messages={
            "required": "Choose one of the people below",
            "invalid_choice": "Nobody below is called that; choose one of them",
        },
    )


@requires(Act.SIGN_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def personas(request: HttpRequest) -> HttpResponse:
    """Show the invented people and what each may do, and sign a visitor in as one of them."""
    known = {user.email: user for user in User.objects.filter(email__in=BY_EMAIL)}
    form = PersonaForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        persona = next(one for one in PERSONAS if one.slug == form.cleaned_data["who"])
        user = known.get(persona.email)
        if user is not None and user.is_active:
            _sign_in(request, user, persona)
            return HttpResponseRedirect(reverse("home"))
        form.add_error("who", f"{persona.name} was removed here; choose another")
    standing = _standing(known)
    here = signed_in(request)
    context = {
        "form": form,
        "sides": [
            (side.value, [_shown(one, standing[one.email]) for one in people])
            for side, people in groupby(_there(known), lambda one: one.side)
        ],
        "here": here.email if here else "",
    }
    return render(request, "personas/choose.html", context, status=400 if form.errors else 200)


def _there(known: Mapping[str, User]) -> Iterator[Persona]:
    """Give the personas whom the demonstration has."""
    return (one for one in PERSONAS if one.email in known and known[one.email].is_active)


def _standing(known: Mapping[str, User]) -> dict[str, list[Membership]]:
    found: dict[str, list[Membership]] = {email: [] for email in known}
    rows = Membership.objects.standing(timezone.now()).filter(user__in=known.values())
    for row in rows.select_related("user", "organisation"):
        found[row.user.email].append(row)
    return found


def _shown(persona: Persona, standing: list[Membership]) -> dict[str, Any]:
    """Return what the page says of one of them: from what they hold now, by the table."""
    roles = [Role(one.role) for one in standing]
    others = [role.label for role in roles if role is not persona.role]
    places = [str(one.organisation) for one in standing if one.organisation is not None]
    return {
        "persona": persona,
        "place": places[0] if places else "",
        "others": others,
        "may": may_more(roles),
    }


def _sign_in(request: HttpRequest, user: User, persona: Persona) -> None:
    """Sign in, in the role that the persona is about; choosing stands for both factors."""
    login(request, user, backend=BACKEND)
    request.session[PROVED] = IN_DEMO
    own = Membership.objects.standing(timezone.now()).filter(user=user, role=persona.role).first()
    if own is not None:
        request.session[ACTING_AS] = own.pk
