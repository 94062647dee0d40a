"""Where the link of an invitation leads: setting a password, or signing in, and taking it up."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from convener.base.errors import BadInputError
from convener.rules.access import Act, Role
from convener.service.access import requires, signed_in
from convener.service.actions.invitations import open_invitation, take_up
from convener.service.models import User


class PasswordForm(forms.Form):
    """A password for whoever is new here."""

    password = forms.CharField(
        strip=False, max_length=1000, error_messages={"required": "Enter a password"}
    )


@requires(Act.SIGN_IN)
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Say to what one is invited; take it up with a new password, or as whoever is signed in."""
    found = open_invitation(token, timezone.now())
    user = signed_in(request)
    is_known = User.objects.filter(email=found.email).exists()
    is_theirs = user is not None and user.email == found.email
    form = PasswordForm(request.POST if request.method == "POST" and not is_known else None)
    if request.method == "POST" and (is_theirs or (not is_known and form.is_valid())):
        try:
            taker = take_up(token=token, password=form.data.get("password"), at=timezone.now())
        except BadInputError as error:
            form.add_error("password", str(error).partition(": ")[2] or str(error))
        else:
            if not is_theirs:
                get_adapter().login(request, taker)
                record_authentication(request, taker, method="password")  # typed a moment ago
            return HttpResponseRedirect(reverse("home"))
    context = {
        "form": form,
        "invitation": found,
        "label": Role(found.role).label,
        "is_known": is_known,
        "is_theirs": is_theirs,
        "other": user.email if user is not None and not is_theirs else "",
        "address": request.path,
    }
    status = 400 if form.errors else 200
    return render(request, "invitations/take_up.html", context, status=status)
