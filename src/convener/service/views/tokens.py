"""Tokens for programs: those that one made, making another, ending one."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from convener.base.errors import BadInputError
from convener.rules.access import Act, Role, RoleNotAllowedError, may
from convener.rules.tokens import FOR_PROGRAMS, LABEL_MAX
from convener.service.access import actor_of, membership_of, requires, role_of, user_of
from convener.service.actions.tokens import Made, end_token, make_token
from convener.service.models import ApiToken, Membership
from convener.service.trail import trail
from convener.service.words import sentence

ABOVE = (("Account", "account"), ("Tokens", "tokens"))
LASTS = (("30", "30 days"), ("90", "90 days"), ("365", "A year"))


class TokenForm(forms.Form):
    """What a token is called, what it can do, and for how long."""

    label = forms.CharField(
        max_length=LABEL_MAX, error_messages={"required": "Enter what the token is for"}
    )
    acts = forms.MultipleChoiceField(
        error_messages={"required": "Choose what the program can do"},
    )
    days = forms.ChoiceField(
        choices=LASTS, error_messages={"required": "Choose for how long it lasts"}
    )

    def __init__(self, data: object, *, role: Role) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["acts"].choices = offered(role)  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """Which token is ended."""

    number = forms.IntegerField(min_value=1, max_value=2**63 - 1)


def offered(role: Role) -> list[tuple[str, str]]:
    """Return the acts that a role may give to a program."""
    return [(act.name, sentence(act).rstrip(".")) for act in FOR_PROGRAMS if may(role, act)]


@requires(Act.USE_API_TOKENS)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List the tokens that one made; the button of one ends it."""
    if request.method == "POST":
        form = EndForm(request.POST)
        if not form.is_valid():
            raise BadInputError("the number of a token is a whole number")
        end_token(token_id=form.cleaned_data["number"], by=actor_of(request), at=timezone.now())
        return HttpResponseRedirect(reverse("tokens"))
    mine = ApiToken.objects.filter(membership__user=user_of(request))
    at = timezone.now()
    context = {
        "tokens": [
            {
                "token": token,
                "is_open": token.is_open(at),
                "acts": [sentence(Act[name]) for name in token.acts],
            }
            for token in mine.select_related("membership__organisation")
        ],
        "trail": trail(("Account", "account"), here="Tokens"),
    }
    return render(request, "tokens/list.html", context)


@requires(Act.USE_API_TOKENS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Ask what a token is for, make it, and show it this once."""
    role = role_of(request)
    form = TokenForm(request.POST if request.method == "POST" else None, role=role)
    if form.is_bound and form.is_valid():
        made = _made(request, form)
        return render(
            request,
            "tokens/made.html",
            {"made": made, "trail": trail(*ABOVE, here="Made")},
        )
    chosen = form.data.getlist("acts") if form.is_bound else []  # type: ignore[attr-defined]
    context = {
        "form": form,
        "acts": [
            {"value": name, "text": text, "checked": name in chosen}
            for name, text in offered(role)
        ],
        "days": [{"value": value, "text": text} for value, text in LASTS],
        "trail": trail(*ABOVE, here="New"),
    }
    return render(request, "tokens/make.html", context, status=400 if form.errors else 200)


def _made(request: HttpRequest, form: TokenForm) -> Made:
    return make_token(
        membership=_membership(request),
        label=form.cleaned_data["label"],
        acts=[Act[name] for name in form.cleaned_data["acts"]],
        lasts=timedelta(days=int(form.cleaned_data["days"])),
        by=actor_of(request),
        at=timezone.now(),
    )


def _membership(request: HttpRequest) -> Membership:
    found = membership_of(request)
    if found is None:
        raise RoleNotAllowedError("a token acts in a role, and none of yours holds now")
    return found
