"""Sessions that end: whose each is and since when, kept beside it, so that they can be ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from convener.rules.sign_in import SEEN_EVERY, has_ended
from convener.service.models.sessions import Session

BEGAN, SEEN = "began", "seen"  # seconds, in what a session holds

type Respond = Callable[[HttpRequest], HttpResponse]


class SessionStore(DatabaseStore):
    """Django's own store, which says of each session whose it is."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return our table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row of a session."""
        return Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]  # Django's own, untyped
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None,
            began_at=_moment(data.get(BEGAN)),
            seen_at=_moment(data.get(SEEN)),
        )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def began_at(request: HttpRequest) -> datetime | None:
    """Return when whoever sent a request signed in."""
    return _moment(request.session.get(BEGAN)) if hasattr(request, "session") else None


@receiver(user_logged_in)
def begin(request: HttpRequest, **given: object) -> None:  # noqa: ARG001 -- a signal's signature
    """Note when a sign-in begins."""
    if request is not None and hasattr(request, "session"):
        request.session[BEGAN] = request.session[SEEN] = timezone.now().timestamp()


def sessions_end(respond: Respond) -> Respond:
    """Sign out whoever was away too long, or in too long; note the others as seen."""

    def answer(request: HttpRequest) -> HttpResponse:
        began, seen = _moment(request.session.get(BEGAN)), _moment(request.session.get(SEEN))
        if began is not None and seen is not None:
            now = timezone.now()
            if has_ended(began_at=began, seen_at=seen, at=now):
                logout(request)
            elif now - seen >= SEEN_EVERY:
                request.session[SEEN] = now.timestamp()
        return respond(request)

    return answer
