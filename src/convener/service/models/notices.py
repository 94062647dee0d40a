"""What one person is told, and whether they were written to."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from convener.rules.access import Actor
from convener.rules.privacy import Retention, classed
from convener.service.models.access import Emails
from convener.service.models.market import TEXT_MAX
from convener.service.models.pointing import NAME_LENGTH, SPELLING_LENGTH, PointsToOrganisation

LINK_LENGTH = 300
ABOUT_LENGTH = 100


class NoticeQuerySet(models.QuerySet["Notice"]):
    """What people are told, and how to ask for it."""

    def visible_to(self, actor: Actor) -> NoticeQuerySet:
        """Return what an actor was told: nobody reads what another was."""
        return self.filter(user=actor.user_id) if actor.user_id else self.none()

    def unread(self) -> NoticeQuerySet:
        """Return what was not read yet."""
        return self.filter(read_at=None)

    def to_email(self, at: datetime) -> NoticeQuerySet:
        """Return those of which their readers are to be written to by now, and have not read."""
        return (
            self.unread()
            .filter(email_at__lte=at, emailed_at=None, user__is_active=True)
            .exclude(user__emails=Emails.NEVER)
        )


class Notice(PointsToOrganisation):
    """What one person is told: in words, and where it leads.

    It may be about an organisation of the market store. ``about`` tells one cause from every
    other, so that nobody is told of it twice.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    made_at = models.DateTimeField()
    sort = models.CharField(max_length=30)
    text = models.CharField(max_length=TEXT_MAX)
    link = models.CharField(max_length=LINK_LENGTH, blank=True)
    about = models.CharField(max_length=ABOUT_LENGTH, blank=True)
    # Nothing of the market, where it is about something else.
    organisation_key = models.BigIntegerField(null=True, db_index=True)  # type: ignore[assignment]
    organisation_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    spelling_key = models.CharField(max_length=SPELLING_LENGTH, blank=True)
    read_at = models.DateTimeField(null=True)
    email_at = models.DateTimeField(null=True)  # when the next email is due; nothing for none
    emailed_at = models.DateTimeField(null=True)
    email_tries = models.PositiveSmallIntegerField(default=0)

    kept = classed(
        Retention.TOLD,
        personal="id user organisation_key organisation_name spelling_key made_at sort text link"
        " about read_at email_at emailed_at email_tries",
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "about"],
                condition=~Q(about=""),
                name="a_person_is_told_once",
                violation_error_message="This person was told of it already.",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["email_at"], condition=Q(emailed_at=None), name="emails_that_are_due"
            )
        ]

    def __str__(self) -> str:
        return self.text
