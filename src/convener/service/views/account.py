"""One's own account: as whom one acts, how one is written to, and where one is signed in."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from convener.rules.access import Act, Role, may
from convener.service.access import ACTING_AS, membership_of, requires, role_of, user_of
from convener.service.actions.access import choose_emails, sign_out_elsewhere
from convener.service.models import Membership, Session
from convener.service.models.access import Emails
from convener.service.second_factors import factor_of
from convener.service.trail import trail


class AccountForm(forms.Form):
    """One of the things that the page of an account changes."""

    acting_as = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    emails = forms.ChoiceField(required=False, choices=Emails.choices)
    sign_out = forms.CharField(required=False)


@requires(Act.KEEP_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show one's account, and change what was chosen there."""
    user, now = user_of(request), timezone.now()
    standing = list(
        Membership.objects.standing(now).filter(user=user).select_related("organisation")
    )
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        _change(request, form, {one.pk for one in standing})
        return HttpResponseRedirect(reverse("account"))
    acting = membership_of(request)
    context = {
        "form": form,
        "email": user.email,
        "roles": [{"row": one, "label": Role(one.role).label} for one in standing],
        "acting": acting,
        "choices": Emails.choices,
        "chosen": user.emails,
        "sees_records": may(role_of(request), Act.SEE_REGISTRY),
        "sees_history": may(role_of(request), Act.SEE_JOURNAL),
        "makes_tokens": may(role_of(request), Act.USE_API_TOKENS),
        "has_factor": factor_of(user.pk) is not None,
        "trail": trail(here="Account"),
        "sessions": [_shown(one, request) for one in Session.objects.of(user.pk, now)],
    }
    return render(request, "account/account.html", context, status=400 if form.errors else 200)


def _shown(session: Session, request: HttpRequest) -> dict[str, object]:
    moments = [(name, getattr(session, name)) for name in ("began_at", "seen_at")]
    said = {name: timezone.localtime(at) if at else None for name, at in moments}
    return {**said, "is_this": session.session_key == request.session.session_key}


def _change(request: HttpRequest, form: AccountForm, own: set[int]) -> None:
    """Do the one thing that was asked for; a membership that is not one's own is left out."""
    asked = form.cleaned_data
    if asked["acting_as"] in own:
        request.session[ACTING_AS] = asked["acting_as"]
    if asked["emails"]:
        choose_emails(user_id=user_of(request).pk, emails=asked["emails"], at=timezone.now())
    if asked["sign_out"]:
        sign_out_elsewhere(
            user_id=user_of(request).pk,
            keep=request.session.session_key or "",
            at=timezone.now(),
        )
