"""Signing in through an organisation's own identity service, by OpenID Connect."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.base.errors import NotFoundError
from convener.rules.access import Act
from convener.service.access import requires


class Identity(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # the library ships no types
    """The identity service: of what it tells, only who it is and the email are taken."""

    def complete_login(self, request: HttpRequest, *args: Any, **kwargs: Any) -> SocialLogin:  # noqa: ANN401 -- the library's signature
        """Return the sign-in, without what else was told of the person."""
        found = super().complete_login(request, *args, **kwargs)
        found.account.extra_data = {}
        return found


@requires(Act.SIGN_IN)
@require_safe
def begin(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Lead to the identity service."""
    return _ask(OAuth2LoginView, request, provider_id)


@requires(Act.SIGN_IN)
@require_safe
def back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Let in whoever the identity service vouches for, if we know them."""
    return _ask(OAuth2CallbackView, request, provider_id)


def _ask(view: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:  # noqa: ANN401 -- as above
    try:
        answer: HttpResponseBase = view.adapter_view(Identity(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise NotFoundError("there is no other service to sign in through") from error
    return answer


@requires(Act.SIGN_IN)
@require_safe
def refused(request: HttpRequest) -> HttpResponseBase:
    """Say that the identity service, or we, did not let the person in."""
    is_unknown = request.GET.get("why") == "unknown"
    return render(request, "sign_in/refused.html", {"is_unknown": is_unknown})
