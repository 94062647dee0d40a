"""Who asks the API: a program with a token, someone who is signed in, or anyone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from convener.rules.access import VISITING, Act, Actor, Role, check_may, may
from convener.rules.tokens import TokenRefusedError, check_token_may
from convener.service.access import actor_of
from convener.service.actions.tokens import count_read, find_token
from convener.service.api.frame import ASKED
from convener.service.models import ApiToken

SCHEME = "bearer"
FOUND = "convener-caller"  # where a request keeps whoever sent it


@dataclass(frozen=True)
class Caller:
    """Whoever asks, the token that they came with, and its text, which is stored nowhere."""

    actor: Actor
    token: ApiToken | None = None
    secret: str = field(default="", repr=False)

    def check_may(self, act: Act) -> None:
        """Refuse an act that the caller may not do.

        Raises
        ------
        TokenRefusedError
            If nobody said who they are, and it takes somebody.
        RoleNotAllowedError
            If their role may not do it, or their token was not made for it.
        """
        if self.token is not None:
            check_token_may(self.actor.role, self.token.acts, act)
        elif self.actor.role is Role.VISITOR and not may(Role.VISITOR, act):
            raise TokenRefusedError(f"whoever wants to {act} sends {HOW}; none came")
        else:
            check_may(self.actor.role, act)

    def commanding(self, name: str) -> Actor:
        """Return the caller as the journal tells of one command."""
        return replace(self.actor, command=name)


HOW = "a token, in a header “Authorization: Bearer cv_…”"


def caller_of(request: HttpRequest) -> Caller:
    """Return who sent a request, as it was found before it was answered."""
    found: Caller = vars(request)[FOUND]
    return found


def find_caller(request: HttpRequest, act: Act, *, is_own: bool, at: datetime) -> Caller:
    """Find who sent a request, and refuse what they may not do.

    Whoever sends a token is known by it alone, and reads so often a minute. What all may read is
    answered without asking who is signed in, so that the same answer can be kept for all.

    Raises
    ------
    TokenRefusedError
        If the token lets nobody in, or one is wanted and none came.
    RoleNotAllowedError
        If they may not do it.
    TooManyReadsError
        If the token read as often in this minute as it may.
    """
    header = request.headers.get("Authorization", "")
    if header:
        caller = _by_token(header, at)
    elif is_own:
        caller = Caller(actor_of(request))
    else:
        caller = Caller(VISITING)
    if caller.token is not None and request.method in ASKED:
        count_read(caller.token, most=settings.API_READS_A_MINUTE, at=at)
    caller.check_may(act)
    vars(request)[FOUND] = caller
    return caller


def _by_token(header: str, at: datetime) -> Caller:
    scheme, _, text = header.partition(" ")
    if scheme.lower() != SCHEME:
        raise TokenRefusedError(f"Authorization begins with {scheme[:20]!r}; wanted {HOW}")
    secret = text.strip()
    token = find_token(secret, at=at)
    return Caller(token.membership.actor, token, secret)
