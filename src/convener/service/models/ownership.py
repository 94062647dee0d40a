"""Who owns whom, by which share and under which terms; who claims a record; which were merged."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from convener.rules.access import Act, Actor, Scope, scope_of
from convener.rules.privacy import Retention, classed
from convener.rules.registry import ClaimStep
from convener.service.models.journal import Journalled
from convener.service.models.registry import (
    SOURCE_LENGTH,
    DatedQuerySet,
    OfOrganisation,
    Organisation,
)

TERMS_LENGTH = 2000  # characters of a profit rule or of exit terms


class Holding(OfOrganisation):
    """One organisation's share in another, from a day until another.

    ``organisation`` is the one that is owned. Where the agreement splits profit otherwise than
    by share, ``profit_share`` says how.
    """

    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="owned")
    share = models.DecimalField(max_digits=7, decimal_places=6)
    has_control = models.BooleanField(default=False)
    profit_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    profit_rule = models.CharField(max_length=TERMS_LENGTH, blank=True)
    exit_terms = models.CharField(max_length=TERMS_LENGTH, blank=True)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    source = models.CharField(max_length=SOURCE_LENGTH)
    entered_at = models.DateTimeField()

    kept = classed(
        Retention.RECORD,
        public="id organisation owner share has_control from_on to_on source entered_at"
        " row_version",
    ) | classed(Retention.RECORD, partner="profit_share profit_rule exit_terms")

    objects = DatedQuerySet["Holding"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-share", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1),
                name="share_is_more_than_nothing_and_at_most_all",
                violation_error_message="A share is more than 0% and at most 100%.",
            ),
            models.CheckConstraint(
                condition=Q(profit_share=None) | Q(profit_share__gte=0, profit_share__lte=1),
                name="profit_share_is_a_share",
                violation_error_message="A share of profit is from 0% to 100%.",
            ),
            models.CheckConstraint(
                condition=~Q(owner=F("organisation")),
                name="nobody_owns_itself",
                violation_error_message="An organisation does not own itself.",
            ),
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(to_on=None) | Q(to_on__gt=F("from_on")),
                name="holding_ends_after_it_begins",
                violation_error_message="A holding ends after it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share:.1%} of {self.organisation}"


class RecordClaimQuerySet(models.QuerySet["RecordClaim"]):
    """Claims to records, and how to ask for them."""

    def visible_to(self, actor: Actor) -> RecordClaimQuerySet:
        """Return those that an actor may see: every one for who decides, else one's own."""
        if scope_of(actor.role, Act.DECIDE_CLAIMS) is not Scope.NONE:
            return self
        return self.filter(user=actor.user_id) if actor.user_id else self.none()

    def waiting(self) -> RecordClaimQuerySet:
        """Return those that nobody has decided, the first first."""
        return self.filter(step=ClaimStep.WAITING).order_by("claimed_at", "pk")


class RecordClaim(OfOrganisation):
    """A person's claim that a record is that of their organisation, and what became of it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="record_claims"
    )
    evidence = models.CharField(max_length=TERMS_LENGTH)
    step = models.CharField(max_length=20, choices=[(s.value, s.value) for s in ClaimStep])
    claimed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = models.CharField(max_length=TERMS_LENGTH, blank=True)

    kept = classed(
        Retention.RECORD,
        partner="id organisation user step claimed_at decided_at decided_by row_version",
    ) | classed(Retention.RECORD, personal="evidence answer")

    objects = RecordClaimQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-claimed_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=Q(step="waiting"),
                name="a_person_claims_a_record_once_at_a_time",
                violation_error_message="You have claimed this record already.",
            ),
            models.CheckConstraint(
                condition=Q(step__in=["waiting", "withdrawn"], decided_at=None, decided_by=None)
                | Q(
                    step__in=["approved", "refused"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="decision_on_a_claim_is_whole",
                violation_error_message="A decision has a moment and a person.",
            ),
        ]

    def __str__(self) -> str:
        return f"claim to {self.organisation}"

    @property
    def key_name(self) -> str:
        return f"person:{self.user_id}"


class MergeQuerySet(models.QuerySet["Merge"]):
    """Merges, and how to ask for them."""

    def visible_to(self, actor: Actor) -> MergeQuerySet:
        """Return those that an actor may see: every one for who sees the registry."""
        return self if scope_of(actor.role, Act.SEE_REGISTRY) is not Scope.NONE else self.none()

    def standing(self) -> MergeQuerySet:
        """Return those that were not undone."""
        return self.filter(undone_at=None)


class Merge(Journalled):
    """Two records of one organisation made one: what moved, so that it can be undone."""

    kept_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="merges"
    )
    merged_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+"
    )
    moved: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    reason = models.CharField(max_length=TERMS_LENGTH)
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=TERMS_LENGTH, blank=True)

    kept = classed(
        Retention.RECORD,
        partner="id kept_organisation merged_organisation moved reason merged_at undone_at"
        " undone_reason row_version",
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-merged_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.merged_organisation} into {self.kept_organisation}"

    @property
    def stream_name(self) -> str:
        return f"organisation:{self.kept_organisation_id}"
