"""What the library that signs people in does our way: errors, emails, passwords, secrets."""

from __future__ import annotations

from time import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from convener.rules.sign_in import FRESH
from convener.service.actions.access import change_password
from convener.service.models import User
from convener.service.second_factors import seal, unseal

TOGETHER = "No user has this email with this password. Check both."
WAIT = "This was tried too often. Wait five minutes, then try again."
RESET = "Set a new password for convener"
HOW = (
    "Someone asked to set a new password for this email at convener. If it was you, open this"
    " page within three days:\n\n{link}\n\nIf it was not you, nothing need be done."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library ships no types
    """Signing in by email and password; nobody signs up without an invitation."""

    error_messages = {  # noqa: RUF012 -- as the library has it
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": TOGETHER,
        "too_many_login_attempts": WAIT,
        "rate_limited": WAIT,
        "incorrect_password": "This is not your password. Check it.",
        "enter_current_password": "This is not your present password. Check it.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- the library's signature
        """Say that nobody signs up."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- as above
        """Say that every answer is a page: none gives back as JSON what was typed."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:  # noqa: ANN401 -- as above
        """Return whoever has the credentials; of a closed account, no more than of none."""
        user: User | None = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def set_password(self, user: User, password: str) -> None:
        """Set a password, and tell the journal that it was set."""
        change_password(user=user, password=password, at=timezone.now())

    def is_reauthentication_required(self, *, app: str, **given: object) -> bool:  # noqa: ARG002 -- as above
        """Ask again for what was proved unless it was proved a short time ago."""
        records = get_authentication_records(self.request, self.request.user)
        return not records or time() - records[-1]["at"] > FRESH.total_seconds()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write to whoever asked for a new password; of nothing else the library would say."""
        if template_prefix == "account/email/password_reset_key":
            body = HOW.format(link=context["password_reset_url"])
            EmailMessage(RESET, body, to=[email]).send()


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # as above
    """Second factors, with their secrets sealed."""

    error_messages = {  # noqa: RUF012 -- as above
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This is not the code. Check it, or wait for the next one.",
    }

    def get_totp_issuer(self) -> str:
        """Return what the person's device calls us."""
        return "convener"

    def encrypt(self, text: str) -> str:
        """Seal a secret under the key of whoever sets it up."""
        return seal(get_user(self.request), text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return unseal(encrypted_text)


def get_user(request: HttpRequest) -> int:
    """Return the key of whoever is signed in."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("a second factor is set up by someone who is signed in")
    return user.pk


class OtherSignInAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # as above
    """Signing in through an organisation's own identity service: for those we know already."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002 -- as above
        """Say that nobody signs up."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:  # noqa: ARG002 -- as above
        """Link a person to the account of their email, where the service vouches for the email."""
        if sociallogin.is_existing:
            return
        emails = [
            one.email.lower() for one in sociallogin.email_addresses if is_sure(one.verified)
        ]
        if not emails:
            raise ImmediateHttpResponse(_refused("unsure"))
        user = User.objects.filter(email__in=emails, is_active=True).first()
        if user is None:
            raise ImmediateHttpResponse(_refused("unknown"))
        account = sociallogin.account
        sociallogin.account, _ = SocialAccount.objects.get_or_create(
            provider=account.provider, uid=account.uid, defaults={"user": user}
        )
        sociallogin.user = user


def is_sure(verified: object) -> bool:
    """Say whether a service vouches for an email; some of them say so in a word."""
    return verified is True or verified == "true"


def _refused(why: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(
        f"{reverse('socialaccount_login_cancelled')}?{urlencode({'why': why})}"
    )
