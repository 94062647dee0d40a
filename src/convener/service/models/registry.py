"""Organisations of every kind: what they are called, what they are, and their numbers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from convener.base.kinds import Kind
from convener.rules.access import Act, Actor, Scope, scope_of
from convener.rules.privacy import Retention, classed
from convener.service.models.journal import Journalled, stream_of
from convener.service.models.pointing import NAME_LENGTH, SPELLING_LENGTH

if TYPE_CHECKING:
    from convener.service.models.members import Membership

KIND_LENGTH = 30
SCHEME_LENGTH = 25
IDENTIFIER_LENGTH = 100
SOURCE_LENGTH = 300


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations, and how to ask for them."""

    def visible_to(self, actor: Actor) -> OrganisationQuerySet:
        """Return those that an actor may see: every one for who sees the registry."""
        return self if scope_of(actor.role, Act.SEE_REGISTRY) is not Scope.NONE else self.none()

    def within(self, actor: Actor, act: Act) -> OrganisationQuerySet:
        """Return those upon which an actor may do an act."""
        match scope_of(actor.role, act):
            case Scope.NONE:
                return self.none()
            case Scope.OWN:
                return self.filter(pk__in=[actor.organisation_id])
            case _:
                return self

    def standing(self) -> OrganisationQuerySet:
        """Return those that were not merged into another."""
        return self.filter(merged_into=None)


class Organisation(Journalled):
    """One body, whatever its kind: the record that its people look after.

    It may point to an organisation of the market store, whose key changes with loads, by one of
    its spellings, whose key never does; ``matched_because`` says why it is that one.
    """

    name = models.CharField(max_length=NAME_LENGTH)
    registered_at = models.DateTimeField()
    organisation_key = models.BigIntegerField(null=True, db_index=True)
    spelling_key = models.CharField(max_length=SPELLING_LENGTH, blank=True)
    matched_because = models.CharField(max_length=SOURCE_LENGTH, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged_from"
    )

    memberships: models.Manager[Membership]
    kept = classed(
        Retention.RECORD,
        public="id name registered_at organisation_key spelling_key matched_because merged_into"
        " row_version",
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="organisation_has_a_name",
                violation_error_message="An organisation has a name.",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="organisation_is_not_merged_into_itself",
                violation_error_message="An organisation is not merged into itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream_name(self) -> str:
        return stream_of(self.pk)

    @property
    def key_name(self) -> str:
        return f"organisation:{self.pk}"


class OfOrganisation(Journalled):
    """A row of one organisation: told in its stream, sealed under its key."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="%(class)ss"
    )

    class Meta:
        abstract = True

    @property
    def stream_name(self) -> str:
        return stream_of(self.organisation_id)

    @property
    def key_name(self) -> str:
        return f"organisation:{self.organisation_id}"


class OfOrganisationQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows of organisations, and how to ask for those that an actor may act upon."""

    def within(self, actor: Actor, act: Act) -> OfOrganisationQuerySet[Row]:
        """Return those upon which an actor may do an act; of others it is as if none were."""
        match scope_of(actor.role, act):
            case Scope.NONE:
                return self.none()
            case Scope.OWN:
                return self.filter(organisation=actor.organisation_id)
            case _:
                return self


class DatedQuerySet[Row: models.Model](OfOrganisationQuerySet[Row]):
    """Rows that hold from a day until another."""

    def on(self, day: date) -> DatedQuerySet[Row]:
        """Return those that hold on a day."""
        return self.filter(Q(from_on=None) | Q(from_on__lte=day)).filter(
            Q(to_on=None) | Q(to_on__gt=day)
        )


class OrganisationKind(OfOrganisation):
    """What an organisation is, from a day until another, and who says so."""

    kind = models.CharField(max_length=KIND_LENGTH, choices=[(k.value, k.label) for k in Kind])
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    source = models.CharField(max_length=SOURCE_LENGTH)
    entered_at = models.DateTimeField()

    kept = classed(
        Retention.RECORD,
        public="id organisation kind from_on to_on source entered_at row_version",
    )

    objects = DatedQuerySet["OrganisationKind"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-from_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(source=""),
                name="kind_has_a_source",
                violation_error_message="A kind has a source.",
            ),
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(to_on=None) | Q(to_on__gt=F("from_on")),
                name="kind_ends_after_it_begins",
                violation_error_message="A kind ends after it begins.",
            ),
        ]

    def __str__(self) -> str:
        return Kind(self.kind).label


class Identifier(OfOrganisation):
    """A number that a register gave an organisation, as the register writes it."""

    scheme = models.CharField(max_length=SCHEME_LENGTH)
    identifier = models.CharField(max_length=IDENTIFIER_LENGTH)
    entered_at = models.DateTimeField()

    kept = classed(
        Retention.RECORD, public="id organisation scheme identifier entered_at row_version"
    )

    objects = OfOrganisationQuerySet["Identifier"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["scheme", "identifier"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["scheme", "identifier"],
                name="a_number_is_of_one_organisation",
                violation_error_message="Another organisation has this number.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.identifier}"
