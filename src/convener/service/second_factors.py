"""Whether whoever sent a request gave the second factor that a role asks for."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from convener.rules.access import WITH_SECOND_FACTOR, Role
from convener.rules.sign_in import is_cleared
from convener.service.actions.journal import key_ring
from convener.service.models import Membership
from convener.service.sessions import began_at

PROVED = "second-factor"  # the authenticator that this session gave after it had begun
IN_DEMO = "demonstration"  # stands for it where everyone is invented
ABOUT = "second factor"


def cleared(request: HttpRequest, standing: list[Membership]) -> set[int]:
    """Return which of a person's memberships this sign-in may act in, by key."""
    if tries_out(request):
        return {one.pk for one in standing}
    factor = None
    if any(one.role in WITH_SECOND_FACTOR for one in standing):
        factor = factor_of(standing[0].user_id)
    session = getattr(request, "session", {})
    is_proved = factor is not None and session.get(PROVED) == factor[0]
    began = began_at(request)
    factor_at = None if factor is None else factor[1]
    return {
        one.pk
        for one in standing
        if is_cleared(Role(one.role), factor_at=factor_at, began_at=began, is_proved=is_proved)
    }


def tries_out(request: HttpRequest) -> bool:
    """Say whether a demonstration's visitor chose to act as the one who is signed in."""
    session = getattr(request, "session", {})
    return settings.CONFIGURATION.is_demo and session.get(PROVED) == IN_DEMO


def factor_of(user_id: int) -> tuple[int, datetime] | None:
    """Return a person's second factor and when it was set up, if there is one."""
    found: tuple[int, datetime] | None = (
        Authenticator.objects.filter(user=user_id, type=Authenticator.Type.TOTP)
        .values_list("pk", "created_at")
        .first()
    )
    return found


@receiver(authenticator_used)
def used(request: HttpRequest, authenticator: Authenticator, **given: object) -> None:  # noqa: ARG001 -- a signal's signature
    """Note that a session gave the second factor, or a recovery code in its place."""
    prove(request, authenticator.user_id)


def prove(request: HttpRequest, user_id: int) -> None:
    """Note that a session gave the second factor."""
    factor = factor_of(user_id)
    if factor is not None:
        request.session[PROVED] = factor[0]


def seal(user_id: int, text: str) -> str:
    """Return the secret of a person's second factor as it is stored: sealed under their key."""
    name = f"person:{user_id}"
    return f"{name} {key_ring().key(name).seal(text.encode(), about=ABOUT).hex()}"


def unseal(stored: str) -> str:
    """Return the secret of a second factor.

    Raises
    ------
    KeyLostError
        If the person was erased.
    """
    name, envelope = stored.split(" ")
    return key_ring().found(name).unseal(bytes.fromhex(envelope), about=ABOUT).decode()
