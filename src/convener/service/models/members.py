"""Who acts for which organisation, who is asked to, and what ties people to others."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from convener.rules.access import NOBODY, OF_THE_SERVICE, Act, Actor, Role, Scope, scope_of
from convener.rules.privacy import Retention, classed
from convener.service.models.journal import SERVICE, Journalled, stream_of
from convener.service.models.registry import DatedQuerySet, OfOrganisation, Organisation

ROLE_LENGTH = 30
DIGEST_LENGTH = 64
ROLES = [(role.value, role.label) for role in Role if role not in NOBODY]


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, and how to ask for them."""

    def standing(self, at: datetime) -> MembershipQuerySet:
        """Return those that hold at a moment, of people who may sign in."""
        return self.filter(user__is_active=True, from_at__lte=at).filter(
            Q(until_at=None) | Q(until_at__gt=at)
        )

    def visible_to(self, actor: Actor) -> MembershipQuerySet:
        """Return those that an actor may see: who acts for whom is the organisation's own."""
        match scope_of(actor.role, Act.INVITE_MEMBERS):
            case Scope.NONE:
                return self.filter(user=actor.user_id)
            case Scope.OWN:
                return self.filter(organisation=actor.organisation_id)
            case _:
                return self


class Membership(Journalled):
    """One person in one role, for an organisation or for the service itself."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="memberships"
    )
    role = models.CharField(max_length=ROLE_LENGTH, choices=ROLES)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    kept = classed(
        Retention.RECORD, partner="id user organisation role from_at until_at row_version"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["from_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(role__in=[value for value, _ in ROLES]),
                name="membership_has_a_known_role",
                violation_error_message="A membership has one of the roles that sign in.",
            ),
            models.CheckConstraint(
                condition=Q(organisation=None, role__in=sorted(OF_THE_SERVICE))
                | (Q(organisation__isnull=False) & ~Q(role__in=sorted(OF_THE_SERVICE))),
                name="role_is_of_an_organisation_or_of_the_service",
                violation_error_message="This role is not one of an organisation.",
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=F("from_at")),
                name="membership_ends_after_it_begins",
                violation_error_message="A membership ends after it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.organisation or 'the service'}"

    @property
    def stream_name(self) -> str:
        return SERVICE if self.organisation_id is None else stream_of(self.organisation_id)

    @property
    def key_name(self) -> str:
        return f"person:{self.user_id}"

    @property
    def actor(self) -> Actor:
        """Return the person as rules know them, acting in this role."""
        return Actor(self.user_id, Role(self.role), self.organisation_id)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, and how to ask for them."""

    def open_at(self, at: datetime) -> InvitationQuerySet:
        """Return those that can be taken up at a moment."""
        return self.filter(taken_up_at=None, withdrawn_at=None, expires_at__gt=at)

    def visible_to(self, actor: Actor) -> InvitationQuerySet:
        """Return those that an actor may see."""
        match scope_of(actor.role, Act.INVITE_MEMBERS):
            case Scope.NONE:
                return self.none()
            case Scope.OWN:
                return self.filter(organisation=actor.organisation_id)
            case _:
                return self


class Invitation(Journalled):
    """An address that was asked to act for an organisation in a role, until it runs out.

    Only a digest of the word in the link is stored: whoever reads the table cannot take it up.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="invitations"
    )
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=ROLE_LENGTH, choices=ROLES)
    token_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_up_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    kept = classed(
        Retention.RECORD,
        partner="id organisation role invited_at expires_at taken_up_at withdrawn_at row_version",
    ) | classed(Retention.DRAFT, personal="email", sealed="token_digest")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-invited_at", "-pk"]

    def __str__(self) -> str:
        return f"invitation to {self.organisation or 'the service'}"

    @property
    def stream_name(self) -> str:
        return SERVICE if self.organisation_id is None else stream_of(self.organisation_id)

    @property
    def key_name(self) -> str:
        return f"invitation:{self.pk}"

    def is_open(self, at: datetime) -> bool:
        """Say whether it can be taken up at a moment."""
        return self.taken_up_at is None and self.withdrawn_at is None and at < self.expires_at


class InterestNature(models.TextChoices):
    """How a person is tied to an organisation that they do not act for."""

    DIRECTOR = "director", "Director or trustee"
    EMPLOYED = "employed", "Employed by it"
    OWNS = "owns", "Owns a part of it"
    RELATED = "related", "Close to someone in it"
    PAID = "paid", "Paid or given something by it"
    OTHER = "other", "Another tie"


class InterestQuerySet(DatedQuerySet["Interest"]):
    """Declared interests, and how to ask for them."""

    def visible_to(self, actor: Actor) -> InterestQuerySet:
        """Return those that an actor may see: every one for who searches them, else one's own."""
        if scope_of(actor.role, Act.SEARCH_INTERESTS) is not Scope.NONE:
            return self
        return self.of(actor)

    def of(self, actor: Actor) -> InterestQuerySet:
        """Return an actor's own."""
        return self.filter(user=actor.user_id) if actor.user_id else self.none()


class Interest(OfOrganisation):
    """What ties a person to an organisation, as they declared it.

    What they say of it in words is sealed under their own key.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="interests"
    )
    nature = models.CharField(max_length=10, choices=InterestNature)
    envelope = models.BinaryField(default=bytes)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    declared_at = models.DateTimeField()

    untold: ClassVar[frozenset[str]] = frozenset({"envelope"})
    kept = classed(
        Retention.RECORD, partner="id organisation user from_on to_on declared_at row_version"
    ) | classed(Retention.ACCOUNT, personal="nature", sealed="envelope")

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-from_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gt=F("from_on")),
                name="interest_ends_after_it_begins",
                violation_error_message="An interest ends after it begins.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()}, {self.organisation}"

    @property
    def stream_name(self) -> str:
        # Not told in the organisation's stream: its people read that, and this is not theirs.
        return SERVICE

    @property
    def key_name(self) -> str:
        return f"person:{self.user_id}"
