"""Who is signed in where, until it has run out."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from convener.rules.privacy import Retention, classed


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions, and how to ask for them."""

    def of(self, user_id: int, at: datetime) -> SessionQuerySet:
        """Return those in which a person is signed in, the last seen first."""
        return self.filter(user=user_id, expire_date__gt=at).order_by("-seen_at")


class Session(AbstractBaseSession):
    """What a browser's cookie stands for; of whoever is signed in, since when."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    kept = classed(
        Retention.SESSION,
        personal="user began_at seen_at expire_date",
        sealed="session_key session_data",
    )

    objects = SessionQuerySet.as_manager()  # type: ignore[misc,assignment]  # as Django's guide has it

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        db_table = "convener_session"
        ordering: ClassVar[list[str]] = ["-expire_date"]

    def __str__(self) -> str:
        return f"session of {self.user_id or 'a visitor'}"
