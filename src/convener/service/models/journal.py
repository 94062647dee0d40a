"""The record of what was done: one chain of events a stream, and the rows that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from convener.rules.access import Act, Actor, Scope, scope_of
from convener.rules.journal import START, Head, Told
from convener.rules.privacy import Kept, Retention, classed

NAME_LENGTH = 100
DIGEST_LENGTH = 64
COMMAND_LENGTH = 200

SERVICE = "service"  # the stream of what is of no organisation


class Journalled(models.Model):
    """A row that changes only through the journal.

    ``row_version`` counts the events about it, so that a digest of one state is never that of
    another.
    """

    row_version = models.PositiveIntegerField(default=0)

    kept: ClassVar[Mapping[str, Kept]]
    objects: models.Manager[Any]
    untold: ClassVar[frozenset[str]] = frozenset()  # fields that no event speaks of

    class Meta:
        abstract = True

    @classmethod
    def journal_name(cls) -> str:
        """Return what events call such rows."""
        return str(cls._meta.model_name)

    @classmethod
    def called(cls) -> str:
        """Return what a reader calls such rows."""
        return str(cls._meta.verbose_name)

    @classmethod
    def told_field(cls, name: str) -> models.Field[Any, Any]:
        """Return the field that an event speaks of."""
        return next(field for field in cls._meta.concrete_fields if field.name == name)

    @property
    def stream_name(self) -> str:
        """Return the stream that tells of the row."""
        return SERVICE

    @classmethod
    def told_fields(cls) -> list[models.Field[Any, Any]]:
        """Return the fields that events speak of."""
        untold = cls.untold | {"id", "row_version"}
        return [field for field in cls._meta.concrete_fields if field.name not in untold]

    def told_values(self) -> dict[str, Any]:
        """Return what those fields hold, as read again; of a link, its key."""
        return {
            field.name: None if value is None else field.to_python(value)
            for field in self.told_fields()
            for value in [getattr(self, field.attname)]
        }

    @property
    def key_name(self) -> str:
        """Return whose key seals what of the row is not open: dropping it erases that."""
        return SERVICE


class StreamQuerySet(models.QuerySet["Stream"]):
    """Chains, and how to ask for them."""

    def visible_to(self, actor: Actor) -> StreamQuerySet:
        """Return those that an actor may read: their own organisation's, or every one."""
        match scope_of(actor.role, Act.SEE_JOURNAL):
            case Scope.ALL:
                return self
            case Scope.OWN if actor.organisation_id is not None:
                return self.filter(name=stream_of(actor.organisation_id))
            case _:
                return self.none()

    def length(self) -> int:
        """Return how many events they hold, without counting them."""
        found: int | None = self.aggregate(models.Sum("sequence"))["sequence__sum"]
        return found or 0


def stream_of(organisation_id: int) -> str:
    """Return the name of the stream of an organisation."""
    return f"organisation:{organisation_id}"


class Stream(models.Model):
    """One chain, and where it ends. Whoever adds to it holds this row's lock."""

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=DIGEST_LENGTH, default=START)

    kept = classed(Retention.RECORD, public="id name sequence digest")

    objects = StreamQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def head(self) -> Head:
        """Return where the chain ends, as rules know it."""
        return Head(self.name, self.sequence, self.digest)


class EventQuerySet(models.QuerySet["Event"]):
    """Events, and how to ask for them."""

    def about(self, subject: Journalled) -> EventQuerySet:
        """Return what was done to a row, the first first."""
        return self.filter(subject=subject.journal_name(), subject_id=subject.pk).order_by(
            "row_version"
        )

    def of(self, streams: StreamQuerySet) -> EventQuerySet:
        """Return what was told in some streams, the newest first."""
        return self.filter(stream__in=streams).select_related("stream", "text").order_by("-pk")

    def chained(self) -> Iterator[tuple[Told, str]]:
        """Give every event with its digest, stream by stream, without holding them all."""
        names = [*Told._fields, "digest"]
        columns = ["stream__name" if name == "stream" else name for name in names]
        rows = self.order_by("stream__name", "sequence").values_list(*columns)
        for *parts, digest in rows.iterator(chunk_size=5_000):
            yield Told(*parts), digest


class Event(models.Model):
    """One thing that was done. Nothing changes or deletes it."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=NAME_LENGTH)
    # A number and no foreign key: the person may be erased, the event stays.
    actor = models.BigIntegerField(null=True)
    role = models.CharField(max_length=30)
    organisation = models.BigIntegerField(null=True)
    on_behalf_of = models.BigIntegerField(null=True)
    command = models.CharField(max_length=COMMAND_LENGTH, blank=True)
    schema_version = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=NAME_LENGTH, blank=True)
    subject = models.CharField(max_length=NAME_LENGTH)
    subject_id = models.BigIntegerField()
    row_version = models.PositiveIntegerField()
    contents = models.TextField()
    digest = models.CharField(max_length=DIGEST_LENGTH)

    kept = classed(
        Retention.RECORD,
        public="id stream sequence digest",
        partner="at kind actor role organisation on_behalf_of command schema_version reason"
        " subject subject_id row_version contents",
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["stream", "sequence"],
                name="a_stream_does_not_fork",
                violation_error_message="Another event has this place in the stream.",
            ),
            models.UniqueConstraint(
                fields=["command"],
                condition=~Q(command=""),
                name="a_command_is_done_once",
                violation_error_message="This command was done already.",
            ),
            models.UniqueConstraint(
                fields=["subject", "subject_id", "row_version"],
                name="a_row_has_one_event_a_version",
                violation_error_message="Another event made this version of the row.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.at:%Y-%m-%d %H:%M}"


class EventText(models.Model):
    """What an event said in words, and values that are not open: sealed, and erasable."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="text")
    key_name = models.CharField(max_length=NAME_LENGTH, db_index=True)
    envelope = models.BinaryField()

    kept = classed(Retention.ACCOUNT, partner="id event key_name", personal="envelope")

    objects = models.Manager["EventText"]()

    def __str__(self) -> str:
        return f"text of event {self.event_id}"
