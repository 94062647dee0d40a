"""What must be done by a day: started, paused with a reason, ended, and seen when it is late."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from convener.rules.access import Actor, Scope
from convener.rules.calendars import find_calendar, last_day
from convener.rules.clocks import CLOCKS, ClockName, Reading, names_for, read_clock
from convener.rules.privacy import Retention, classed
from convener.service.models.journal import NAME_LENGTH, Journalled

LINK_LENGTH = 300


class ClockQuerySet(models.QuerySet["Clock"]):
    """Clocks, and how to ask for them."""

    def running(self) -> ClockQuerySet:
        """Return those that count now."""
        return self.filter(ended_at=None, paused_at=None)

    def due(self, at: datetime) -> ClockQuerySet:
        """Return those that have run out and of which nobody was told."""
        return self.running().filter(due_at__lte=at, breached_at=None)

    def late(self, at: datetime) -> ClockQuerySet:
        """Return those that have run out, whoever was told."""
        return self.running().filter(due_at__lte=at)

    def of(self, subject: Journalled) -> ClockQuerySet:
        """Return those of one row."""
        return self.filter(subject=subject.journal_name(), subject_id=subject.pk)

    def open(self) -> ClockQuerySet:
        """Return those that have not ended."""
        return self.filter(ended_at=None)

    def visible_to(self, actor: Actor) -> ClockQuerySet:
        """Return those that ask for something that the actor may do, where they may do it."""
        own = Q(
            name__in=names_for(actor.role, Scope.OWN),
            stream=f"organisation:{actor.organisation_id}",
        )
        every = [
            *names_for(actor.role, Scope.ALL),
            *names_for(actor.role, Scope.PUBLISHED),
        ]
        return self.filter(own | Q(name__in=every))


class Clock(Journalled):
    """One deadline of one row, in working days of a calendar."""

    name = models.CharField(max_length=NAME_LENGTH)
    stream = models.CharField(max_length=NAME_LENGTH)
    subject = models.CharField(max_length=NAME_LENGTH)
    subject_id = models.BigIntegerField()
    link = models.CharField(max_length=LINK_LENGTH, blank=True)  # where it is done
    calendar = models.CharField(max_length=40)
    working_days = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=NAME_LENGTH, blank=True)
    paused_days = models.PositiveSmallIntegerField(default=0)
    breached_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    kept = classed(
        Retention.RECORD,
        partner="id name stream subject subject_id link calendar working_days started_at due_at"
        " paused_at pause_reason paused_days breached_at ended_at row_version",
    )

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["name", "subject", "subject_id"],
                condition=Q(ended_at=None),
                name="a_clock_runs_once_for_a_row",
                violation_error_message="This clock runs already.",
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None, pause_reason="")
                | (Q(paused_at__isnull=False) & ~Q(pause_reason="")),
                name="a_pause_has_a_reason",
                violation_error_message="A pause has a reason.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.subject} {self.subject_id}"

    @property
    def stream_name(self) -> str:
        return self.stream

    @property
    def organisation_id(self) -> int | None:
        """Return the organisation in whose stream it is, if it is in one's."""
        kind, _, number = self.stream.partition(":")
        return int(number) if kind == "organisation" else None

    @property
    def label(self) -> str:
        """Return what it asks for, in words."""
        return CLOCKS[ClockName(self.name)].label

    @property
    def due_on(self) -> date:
        """Return the last day: it is due by the end of it."""
        return last_day(self.due_at)

    def reading(self, at: datetime) -> Reading:
        """Return how it stands at a moment."""
        return read_clock(
            find_calendar(self.calendar),
            due=self.due_at,
            paused_at=self.paused_at,
            ended_at=self.ended_at,
            at=at,
        )
