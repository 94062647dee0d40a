"""Signing in by email and password, or through another service, and signing out."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.forms import LoginForm
from allauth.account.views import AccountInactiveView, LoginView
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from convener.rules.access import Act
from convener.service.access import requires


class SignInForm(LoginForm):  # type: ignore[misc]  # the library ships no types
    """An email and a password, checked together: which of them is wrong is not told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- a form's signature
        super().__init__(*args, **kwargs)
        wanted = {
            "login": "Enter the email that you sign in with",
            "password": "Enter your password",
        }
        for name, words in wanted.items():
            self.fields[name].error_messages["required"] = words
        self.fields["login"].error_messages["invalid"] = "Enter an email, such as ann@example.org"
        self.fields["password"].max_length = 1000

    def clean(self) -> dict[str, Any]:
        """Put what is wrong with the two beside the first."""
        try:
            super().clean()
        except forms.ValidationError as error:
            self.add_error("login", error)
        return cast("dict[str, Any]", self.cleaned_data)


class Refusing:
    """A page of the library whose refusal has the status of one."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Answer a form with its mistakes."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # a FormView's
        response.status_code = 400
        return response


class SignIn(Refusing, LoginView):  # type: ignore[misc]  # as above
    """The page that asks for an email and a password, and leads back."""

    template_name = "sign_in/in.html"

    def get_success_url(self) -> str:
        """Return the page of ours to which a sign-in leads back."""
        return way_back(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- Django's signature
        """Return what the page shows."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        other = settings.CONFIGURATION.identity
        return {**context, "next": way_back(self.request), "other": other}


sign_in = requires(Act.SIGN_IN)(SignIn.as_view())
closed = requires(Act.SIGN_IN)(AccountInactiveView.as_view(template_name="sign_in/closed.html"))


@requires(Act.SIGN_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and say so."""
    if request.method == "POST":
        logout(request)
        return HttpResponseRedirect(reverse("home"))
    return render(request, "sign_in/out.html")


def way_back(request: HttpRequest) -> str:
    """Return the page of ours that was asked for before signing in; else the home page."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours and asked.startswith("/") else reverse("home")
