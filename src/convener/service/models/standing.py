"""What an organisation says of itself: yearly accounts, answers and documents, a private box."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from convener.rules.privacy import Retention, classed
from convener.service.models.registry import (
    OfOrganisation,
    OfOrganisationQuerySet,
    Organisation,
)

TEXT_LENGTH = 10_000  # characters of an answer
TITLE_LENGTH = 200
AMOUNT_DIGITS = 20
LINES = (
    "revenue operating_profit depreciation_and_amortisation net_operating_cash_flow"
    " capital_expenditure net_interest_paid borrowings cash pension_deficit current_assets"
    " inventories current_liabilities total_assets total_liabilities group_receivables"
    " restricted_cash restricted_funds"
)


def _pence() -> models.BigIntegerField[int | None, int | None]:
    return models.BigIntegerField(null=True)


class YearlyAccounts(OfOrganisation):
    """The lines of one period of accounts, in whole pence; none where they do not say."""

    starts_on = models.DateField()
    ends_on = models.DateField()
    revenue = _pence()
    operating_profit = _pence()
    depreciation_and_amortisation = _pence()
    net_operating_cash_flow = _pence()
    capital_expenditure = _pence()
    net_interest_paid = _pence()
    borrowings = _pence()
    cash = _pence()
    pension_deficit = _pence()
    current_assets = _pence()
    inventories = _pence()
    current_liabilities = _pence()
    total_assets = _pence()
    total_liabilities = _pence()
    group_receivables = _pence()
    restricted_cash = _pence()
    restricted_funds = _pence()
    entered_at = models.DateTimeField()

    kept = classed(Retention.RECORD, partner="id organisation entered_at row_version") | classed(
        Retention.RECORD, commercial=f"starts_on ends_on {LINES}"
    )

    objects = OfOrganisationQuerySet["YearlyAccounts"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-ends_on"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="accounts_end_after_they_start",
                violation_error_message="A period of accounts ends after it starts.",
            ),
            models.UniqueConstraint(
                fields=["organisation", "ends_on"],
                name="one_set_of_accounts_ends_on_a_day",
                violation_error_message="There are accounts that end on this day already.",
            ),
        ]

    def __str__(self) -> str:
        return f"accounts to {self.ends_on}"


class StandingAnswer(OfOrganisation):
    """An answer that buyers ask for again and again, given once, with its day."""

    question = models.SlugField(max_length=60)
    text = models.CharField(max_length=TEXT_LENGTH)
    given_at = models.DateTimeField()
    valid_until = models.DateField(null=True)

    kept = classed(
        Retention.RECORD, partner="id organisation question given_at valid_until row_version"
    ) | classed(Retention.OWNER, commercial="text")

    objects = OfOrganisationQuerySet["StandingAnswer"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["question"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "question"],
                name="a_question_has_one_standing_answer",
                violation_error_message="This question is answered already.",
            )
        ]

    def __str__(self) -> str:
        return self.question


class Document(OfOrganisation):
    """A file that buyers ask for again and again, sealed under its organisation's key."""

    title = models.CharField(max_length=TITLE_LENGTH)
    file_name = models.CharField(max_length=TITLE_LENGTH)
    media_type = models.CharField(max_length=100)
    byte_count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    envelope = models.BinaryField()
    given_at = models.DateTimeField()
    valid_until = models.DateField(null=True)

    untold: ClassVar[frozenset[str]] = frozenset({"envelope"})  # the digest speaks of it
    kept = (
        classed(
            Retention.RECORD,
            partner="id organisation media_type byte_count digest given_at valid_until"
            " row_version",
        )
        | classed(Retention.OWNER, commercial="title file_name")
        | classed(Retention.OWNER, sealed="envelope")
    )

    objects = OfOrganisationQuerySet["Document"].as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-given_at"]

    def __str__(self) -> str:
        return self.media_type


class PrivateBox(models.Model):
    """What an organisation keeps for itself, sealed under its own key.

    Every organisation has one from its first day, always of the same length. All are sealed anew
    at one moment, which is all that a row says, so that neither its bytes nor its size tells
    whether anything was ever put in.
    """

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="private_box"
    )
    envelope = models.BinaryField()
    resealed_at = models.DateTimeField(null=True)

    kept = classed(Retention.OWNER, partner="id organisation resealed_at") | classed(
        Retention.OWNER, sealed="envelope"
    )

    def __str__(self) -> str:
        return "a private box"
