"""Signing in through an organisation's own identity service, by OpenID Connect."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from requests import RequestException

from convener.base.errors import NotFoundError
from convener.rules.access import Act
from convener.service.access import requires
from convener.service.identity_tokens import UntrustedTokenError, told_by
from convener.service.views.sign_in import way_back

NONCE = "identity-nonce"  # where a session keeps what the token must say back
UNREACHABLE = 502


class Identity(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # the library ships no types
    """The identity service: of what it tells, only who it is and the email are taken.

    The library takes a token that came straight from the service unchecked; here its signature,
    its issuer, for whom it is, when it ends and the nonce of this browser are always checked.
    """

    def complete_login(self, request: HttpRequest, *args: Any, **kwargs: Any) -> SocialLogin:  # noqa: ANN401 -- the library's signature
        """Return the sign-in, without what else was told of the person."""
        app, token = args
        claims = self._claims(app, kwargs["response"].get("id_token", ""))
        found = self._fetch_user_info(token.token)
        if found.get("sub") != claims["sub"]:
            raise OAuth2Error("the identity service spoke of two people")
        made = self.get_provider().sociallogin_from_response(request, {"userinfo": found})
        made.account.extra_data = {}
        return made

    def _claims(self, app: SocialApp, token: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        try:
            return told_by(
                token,
                keys=answer.json(),
                issuer=app.settings["server_url"],
                client=app.client_id,
                nonce=self.request.session.pop(NONCE, ""),
            )
        except UntrustedTokenError as error:
            raise OAuth2Error(str(error)) from error


@requires(Act.SIGN_IN)
@never_cache
@require_safe
def begin(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Lead to the identity service; of what was asked for, only the way back is heeded."""
    nonce = request.session.setdefault(NONCE, secrets.token_urlsafe())
    asked = {"next": way_back(request), "auth_params": urlencode({"nonce": nonce})}
    request.GET = QueryDict(urlencode(asked))  # as the library reads it
    return _ask(OAuth2LoginView, request, provider_id)


@requires(Act.SIGN_IN)
@never_cache
@require_safe
def back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Let in whoever the identity service vouches for, if we know them."""
    return _ask(OAuth2CallbackView, request, provider_id)


def _ask(view: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:  # noqa: ANN401 -- as above
    try:
        answer: HttpResponseBase = view.adapter_view(Identity(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise NotFoundError("there is no other service to sign in through") from error
    except (RequestException, KeyError, ValueError):
        # It is down, or says what no such service says: nobody is let in by it.
        return render(request, "socialaccount/authentication_error.html", status=UNREACHABLE)
    return answer


@requires(Act.SIGN_IN)
@require_safe
def refused(request: HttpRequest) -> HttpResponseBase:
    """Say that the identity service, or we, did not let the person in."""
    return render(request, "sign_in/refused.html", {"why": request.GET.get("why", "")})
