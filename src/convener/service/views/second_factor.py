"""The second factor: setting it up, giving it, recovery codes, and taking it off."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.base import forms as base_forms
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp import views as totp
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.views.decorators.cache import never_cache

from convener.rules.access import WITH_SECOND_FACTOR, Act, Role
from convener.service.access import awaiting, membership_of, requires, user_of
from convener.service.second_factors import prove
from convener.service.views.passwords import Proving, Worded
from convener.service.views.sign_in import Refusing, way_back

WANTED = {"code": "Enter the six digits that your app shows"}


class CodeForm(Worded, base_forms.AuthenticateForm):  # type: ignore[misc]  # the library ships no types
    """The code that an app shows now, or a recovery code."""

    wanted = {"code": "Enter the code that your app shows, or a recovery code"}  # noqa: RUF012 -- read, never written


class CodeAgainForm(Worded, base_forms.ReauthenticateForm):  # type: ignore[misc]  # as above
    """As before, of whoever is signed in."""

    wanted = CodeForm.wanted


class FirstCodeForm(Worded, totp_forms.ActivateTOTPForm):  # type: ignore[misc]  # as above
    """The first code that a new app shows."""

    wanted = WANTED


class Give(base.AuthenticateView):  # type: ignore[misc]  # as above
    """The second page of a sign-in."""

    template_name = "mfa/give.html"

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        """Answer a wrong code."""
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 400
        return response


class GiveAgain(Proving, base.ReauthenticateView):  # type: ignore[misc]  # as above
    """The page that asks for the code again before something that matters."""

    template_name = "mfa/give.html"


class Overview(base.IndexView):  # type: ignore[misc]  # as above
    """What second factor there is."""

    template_name = "mfa/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- Django's signature
        """Return what the page shows."""
        acting, waiting = membership_of(self.request), awaiting(self.request)
        roles = [Role(one.role) for one in (acting, waiting) if one is not None]
        wanting = next((role.label for role in roles if role in WITH_SECOND_FACTOR), "")
        return {**super().get_context_data(**kwargs), "wanting": wanting}


class SetUp(Refusing, totp.ActivateTOTPView):  # type: ignore[misc]  # as above
    """The page that shows a picture for the app, and asks for the first code."""

    template_name = "mfa/set_up.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- as above
        """Return what the page shows; the picture without its declaration, as part of the page."""
        context = super().get_context_data(**kwargs)
        picture = re.sub(r"<\?xml.*?\?>", "", context["totp_svg"])
        secret = " ".join(re.findall("....", context["form"].secret))
        waiting = awaiting(self.request)
        return {
            **context,
            "picture": picture,
            "secret": secret,
            "next": way_back(self.request),
            "wanting": Role(waiting.role).label if waiting else "",
        }

    def form_valid(self, form: FirstCodeForm) -> HttpResponse:
        """Set it up; the first code lets in at once."""
        response: HttpResponse = super().form_valid(form)
        prove(self.request, user_of(self.request).pk)
        return response

    def get_success_url(self) -> str:
        """Lead to the recovery codes, which lead on."""
        return f"{reverse('mfa_view_recovery_codes')}?next={way_back(self.request)}"


class TakeOff(Refusing, totp.DeactivateTOTPView):  # type: ignore[misc]  # as above
    """The page that takes a second factor off."""

    template_name = "mfa/take_off.html"


class Codes(codes.ViewRecoveryCodesView):  # type: ignore[misc]  # as above
    """The recovery codes: shown once, when they were made; how many are left, from then on."""

    template_name = "mfa/codes.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 -- as above
        """Lead whoever has no codes to where they come from."""
        try:
            answer: HttpResponseBase = super().get(request, *args, **kwargs)
        except Http404:
            answer = HttpResponseRedirect(reverse("mfa_index"))
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- as above
        """Return what the page shows."""
        return {**super().get_context_data(**kwargs), "next": way_back(self.request)}


class NewCodes(Refusing, codes.GenerateRecoveryCodesView):  # type: ignore[misc]  # as above
    """The page that makes new recovery codes, and drops the old ones."""

    template_name = "mfa/new_codes.html"


give = requires(Act.SIGN_IN)(Give.as_view())
give_again = requires(Act.KEEP_ACCOUNT)(GiveAgain.as_view())
overview = requires(Act.KEEP_ACCOUNT)(Overview.as_view())
set_up = requires(Act.KEEP_ACCOUNT)(never_cache(SetUp.as_view()))
take_off = requires(Act.KEEP_ACCOUNT)(TakeOff.as_view())
recovery_codes = requires(Act.KEEP_ACCOUNT)(never_cache(Codes.as_view()))
new_codes = requires(Act.KEEP_ACCOUNT)(NewCodes.as_view())
