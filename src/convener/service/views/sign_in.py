"""Signing in by email and password, and signing out."""

from __future__ import annotations

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from convener.rules.access import Act
from convener.service.access import requires

TOGETHER = "No user has this email with this password. Check both."


class SignInForm(forms.Form):
    """An email and a password, checked together: which of them is wrong is not told."""

    email = forms.CharField(
        max_length=254, error_messages={"required": "Enter the email that you sign in with"}
    )
    password = forms.CharField(
        strip=False, max_length=1000, error_messages={"required": "Enter your password"}
    )


@requires(Act.SIGN_IN)
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an email and a password; let in who has both, and lead back."""
    form = SignInForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        user = authenticate(
            request, username=form.cleaned_data["email"], password=form.cleaned_data["password"]
        )
        if user is not None:
            login(request, user)
            return HttpResponseRedirect(_next(request))
        form.add_error("email", TOGETHER)
    context = {"form": form, "next": _next(request), "lone": True}
    return render(request, "sign_in/in.html", context, status=400 if form.errors else 200)


@requires(Act.SIGN_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and say so."""
    if request.method == "POST":
        logout(request)
        return HttpResponseRedirect(reverse("home"))
    return render(request, "sign_in/out.html")


def _next(request: HttpRequest) -> str:
    """Return the page of ours to which a sign-in leads back; the home page for any other."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours and asked.startswith("/") else reverse("home")
