"""Who watches which owner, how exposed buyers were at each load, and what they were told."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from convener.rules.access import Actor
from convener.rules.privacy import Retention, classed
from convener.service.models.journal import Journalled
from convener.service.models.market import TEXT_MAX
from convener.service.models.pointing import PointsToOrganisation

SOURCE_LENGTH = 300


class WatchQuerySet(models.QuerySet["Watch"]):
    """Watches, and how to ask for them."""

    def visible_to(self, actor: Actor) -> WatchQuerySet:
        """Return an actor's own: nobody learns whom another watches."""
        return self.filter(user=actor.user_id) if actor.user_id else self.none()


class Watch(PointsToOrganisation, Journalled):
    """One person watching one owner."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches"
    )
    since = models.DateTimeField()

    kept = classed(
        Retention.OWNER,
        public="id row_version",
        personal="user organisation_key organisation_name spelling_key since",
    )

    objects = WatchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["organisation_name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "organisation_key"],
                name="an_owner_is_watched_once",
                violation_error_message="You watch this owner already.",
            )
        ]

    def __str__(self) -> str:
        return self.organisation_name

    @property
    def key_name(self) -> str:
        return f"person:{self.user_id}"


class OwnerWarning(PointsToOrganisation, Journalled):
    """Something that was said of an owner on a day, with where it was said."""

    on = models.DateField()
    text = models.CharField(max_length=TEXT_MAX)
    source = models.CharField(max_length=SOURCE_LENGTH)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="warnings"
    )

    kept = classed(
        Retention.RECORD,
        partner="id organisation_key organisation_name spelling_key on text source entered_at"
        " entered_by row_version",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(source=""),
                name="warning_has_words_and_a_source",
                violation_error_message="A warning has words and a source.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_name}, {self.on}"


class OwnerExposure(PointsToOrganisation):
    """How exposed buyers and regions were to an owner; kept anew whenever it changed."""

    taken_at = models.DateTimeField()
    facts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()

    kept = classed(
        Retention.RECORD,
        partner="id organisation_key organisation_name spelling_key taken_at facts",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-taken_at", "-pk"]
        get_latest_by: ClassVar[list[str]] = ["taken_at", "pk"]

    def __str__(self) -> str:
        return f"{self.organisation_name}, {self.taken_at:%Y-%m-%d}"
