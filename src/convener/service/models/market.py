"""What people say of the market: corrections of the record, and notes beside the figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from convener.data.organisations.decisions import DecisionKind
from convener.rules.privacy import Retention, classed
from convener.service.models.journal import Journalled
from convener.service.models.pointing import NAME_LENGTH, PointsToOrganisation

TEXT_MAX = 2000  # characters of a reason, a note or an answer

CORRECTION_LABELS = {
    DecisionKind.KIND: "Kind",
    DecisionKind.NAME: "Name",
    DecisionKind.OWNER: "Owner",
    DecisionKind.SAME: "Same organisation",
    DecisionKind.DIFFERENT: "Different organisation",
}


class NoteSort(models.TextChoices):
    """What an organisation asks for."""

    NOTE = "note", "Note"
    REQUEST = "request", "Request for a correction"


class NoteQuerySet(models.QuerySet["Note"]):
    """Notes, and how to ask for them."""

    def standing(self) -> NoteQuerySet:
        """Return those that were not taken back."""
        return self.filter(withdrawn_at=None)

    def waiting(self) -> NoteQuerySet:
        """Return the requests that nobody has answered."""
        return self.standing().filter(sort=NoteSort.REQUEST, answered_at=None)


class Note(PointsToOrganisation, Journalled):
    """What an organisation says about its own record; a request also wants an answer."""

    sort = models.CharField(max_length=10, choices=NoteSort)
    text = models.CharField(max_length=TEXT_MAX)
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_approved = models.BooleanField(null=True)
    answer = models.CharField(max_length=TEXT_MAX, blank=True)

    kept = classed(
        Retention.RECORD,
        public="id organisation_key organisation_name spelling_key sort text posted_at"
        " withdrawn_at answered_at is_approved answer row_version",
        partner="posted_by withdrawn_by answered_by",
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-posted_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="note_says_something",
                violation_error_message="A note says something.",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, is_approved=None, answer="")
                | (
                    Q(
                        sort="request",
                        answered_at__isnull=False,
                        answered_by__isnull=False,
                        is_approved__isnull=False,
                    )
                    & ~Q(answer="")
                ),
                name="answer_is_whole_and_of_a_request",
                violation_error_message="An answer to a request has a moment, a person and words.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_sort_display()} of {self.organisation_name}"

    @property
    def is_request(self) -> bool:
        return self.sort == NoteSort.REQUEST

    @property
    def is_waiting(self) -> bool:
        """Say whether it is a request that nobody has answered."""
        return self.is_request and self.answered_at is None


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Corrections, and how to ask for them."""

    def standing(self) -> CorrectionQuerySet:
        """Return those that were not undone."""
        return self.filter(undone_at=None)

    def waiting(self) -> CorrectionQuerySet:
        """Return those whose making or undoing is not in the figures yet."""
        return self.filter(
            Q(applied_at=None, undone_at=None) | Q(undone_at__isnull=False, undo_applied_at=None)
        )


class Correction(PointsToOrganisation, Journalled):
    """One correction of the record, kept for good: undoing it is said beside it.

    ``subject`` and ``others`` are what the data floor needs to find the organisations again:
    each a spelling's key, or a registered identifier with its scheme.
    """

    kind = models.CharField(
        max_length=10, choices=[(k.value, v) for k, v in CORRECTION_LABELS.items()]
    )
    subject = models.JSONField()
    others: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list
    )
    other_key = models.BigIntegerField(null=True)
    old_value = models.CharField(max_length=NAME_LENGTH, blank=True)
    new_value = models.CharField(max_length=NAME_LENGTH)
    value = models.CharField(max_length=NAME_LENGTH, blank=True)
    reason = models.CharField(max_length=TEXT_MAX)
    request = models.ForeignKey(
        Note, on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="corrections"
    )
    made_as = models.CharField(max_length=20)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_as = models.CharField(max_length=20, blank=True)
    undone_reason = models.CharField(max_length=TEXT_MAX, blank=True)
    undo_applied_at = models.DateTimeField(null=True)

    # The store takes a correction up when it is derived: nobody decides that.
    untold: ClassVar[frozenset[str]] = frozenset({"applied_at", "undo_applied_at"})
    kept = classed(
        Retention.RECORD,
        public="id organisation_key organisation_name spelling_key kind subject others other_key"
        " old_value new_value value reason request made_at made_as applied_at undone_at undone_as"
        " undone_reason undo_applied_at row_version",
        partner="made_by undone_by",
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(new_value=""),
                name="correction_has_a_value_and_a_reason",
                violation_error_message="A correction has a value and a reason.",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undone_as="", undone_reason="")
                | (
                    Q(undone_at__isnull=False, undone_by__isnull=False)
                    & ~Q(undone_reason="")
                    & ~Q(undone_as="")
                ),
                name="undoing_has_a_moment_a_person_and_a_reason",
                violation_error_message="Undoing a correction takes a person and a reason.",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(undone_at__gte=F("made_at")),
                name="correction_is_undone_after_it_was_made",
                violation_error_message="A correction is undone after it was made.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} of {self.organisation_name}"

    @property
    def label(self) -> str:
        """Return what was corrected, in words."""
        return CORRECTION_LABELS[DecisionKind(self.kind)]

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None

    @property
    def is_waiting(self) -> bool:
        """Say whether the figures do not have it yet: its making, or its undoing."""
        return self.in_figures_since is None

    @property
    def in_figures_since(self) -> datetime | None:
        """Return when the figures last changed for it."""
        return self.undo_applied_at if self.is_undone else self.applied_at
