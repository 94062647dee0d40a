"""What programs sign in with, and the answers that they were given to a command."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from convener.rules.privacy import Retention, classed
from convener.service.models.journal import Journalled
from convener.service.models.members import DIGEST_LENGTH, Membership

LABEL_LENGTH = 100
KEY_LENGTH = 100


class ApiToken(Journalled):
    """A program's right to act as a member, no further than the acts that it names.

    Only a digest of the token is stored; it is shown once, when it is made.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=LABEL_LENGTH)
    acts: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    reads_since = models.DateTimeField(null=True)
    read_count = models.PositiveIntegerField(default=0)

    # Used too often for an event each time.
    untold: ClassVar[frozenset[str]] = frozenset({"last_used_on", "reads_since", "read_count"})
    kept = classed(
        Retention.RECORD,
        partner="id membership label acts made_at expires_at last_used_on ended_at row_version",
    ) | classed(Retention.SESSION, partner="reads_since read_count", sealed="digest")

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def stream_name(self) -> str:
        return self.membership.stream_name

    @property
    def key_name(self) -> str:
        return self.membership.key_name

    def is_open(self, at: datetime) -> bool:
        """Say whether it lets a program in at a moment."""
        return self.ended_at is None and at < self.expires_at


class IdempotentAnswer(models.Model):
    """What a program was answered, so that the same command sent again is answered the same."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=KEY_LENGTH)
    request_digest = models.CharField(max_length=DIGEST_LENGTH)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    answered_at = models.DateTimeField()

    kept = classed(
        Retention.SESSION, partner="id token key request_digest status body answered_at"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["token", "key"],
                name="a_command_is_answered_once",
                violation_error_message="This command was answered already.",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["token", "answered_at"], name="commands_of_a_while")
        ]

    def __str__(self) -> str:
        return self.key
