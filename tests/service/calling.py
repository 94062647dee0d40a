"""Programs that call the API: tokens, and what they send."""

from __future__ import annotations

import itertools
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from convener.rules.access import Act, Role, may
from convener.rules.tokens import FOR_PROGRAMS
from convener.service.actions.tokens import make_token
from convener.service.models import ApiToken, User
from service.furniture import actor

PROBLEM = "application/problem+json"
_keys = itertools.count(1)


def token_of(user: User, *acts: Act, lasts: timedelta = timedelta(days=30)) -> str:
    """Make a token for a user, of these acts or of all that the role may give."""
    by = actor(user)
    chosen = acts or [act for act in FOR_PROGRAMS if may(by.role, act)]
    membership = user.memberships.get()
    made = make_token(
        membership=membership, label="A test", acts=chosen, lasts=lasts, by=by, at=timezone.now()
    )
    return made.text


def one_who_may(act: Act) -> Role:
    """Return an administrator, or a provider's lead for what is no administrator's."""
    return next(role for role in (Role.ADMINISTRATOR, Role.PROVIDER) if may(role, act))


def unbound(user: User) -> str:
    """Store a token for a user whose role makes none, so that only the table stands in its way."""
    from convener.service.actions.tokens import digest_of

    text = f"cv_{user.pk}"
    ApiToken.objects.create(
        membership=user.memberships.get(),
        label="Unbound",
        acts=[act.name for act in Act],
        digest=digest_of(text),
        made_at=timezone.now(),
        expires_at=timezone.now() + timedelta(1),
    )
    return text


class Program:
    """A program that holds a token, and no cookie."""

    def __init__(self, text: str = "") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"authorization": f"Bearer {text}"} if text else {}

    def read(self, path: str, **words):
        return self.client.get(path, query_params=words, headers=self.headers)

    def send(self, verb: str, body, *, key: str | None = None, **more):
        """Send a command; without a key, under one of its own."""
        named = f"key-{next(_keys)}" if key is None else key
        sent = {"content_type": "application/json", **more}
        headers = {**self.headers, "idempotency-key": named}
        return self.client.post(f"/api/commands/{verb}", body, headers=headers, **sent)

    def done(self, verb: str, **body) -> dict:
        """Send a command that is done, and done no more when it is sent again; give its answer."""
        key = f"done-{next(_keys)}"
        answer, again = (self.send(verb, body, key=key) for _ in range(2))
        assert answer.status_code == 200, answer.content
        assert again.content == answer.content
        assert again["Idempotent-Replayed"] == "true"
        return answer.json()


def refused(answer, status: int) -> str:
    """Return in which words a program was refused, as RFC 9457 has it."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    told = answer.json()
    assert (told["type"], told["status"]) == ("about:blank", status)
    return told.get("detail", "")
