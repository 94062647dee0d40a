"""A record with a kind, a number, an owner and a claim, for every route of the register."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from convener.service.actions.documents import sealed
from convener.service.actions.private_boxes import make_box
from convener.service.models import (
    Document,
    Holding,
    Identifier,
    Merge,
    Organisation,
    OrganisationKind,
    RecordClaim,
    StandingAnswer,
    User,
)

RECORD = 900_001  # beyond what a test's own rows are numbered
TWICE = RECORD + 3  # could be merged into it


def furnish_record(claimant: User, at: datetime) -> Organisation:
    """Store the record of the market's organisation 1, and all that hangs on it."""
    body = Organisation.objects.create(
        pk=RECORD,
        name="Brightside Homes Limited",
        registered_at=at,
        organisation_key=1,
        spelling_key="1000",
        matched_because="the record was made from the market's list",
    )
    make_box(body)
    owner = Organisation.objects.create(pk=RECORD + 1, name="Far Parent", registered_at=at)
    common = {"pk": RECORD, "organisation": body, "entered_at": at}
    OrganisationKind.objects.create(**common, kind="private", source="Its register")
    Identifier.objects.create(**common, scheme="GB-COH", identifier="01234567")
    Holding.objects.create(
        **common,
        owner=owner,
        share=Decimal("0.51"),
        from_on=date(2025, 1, 1),
        profit_share=Decimal("0.4"),
        profit_rule="Half of it stays",
        source="The agreement",
    )
    RecordClaim.objects.create(
        pk=1,
        organisation=body,
        user=claimant,
        evidence="I am its secretary",
        step="waiting",
        claimed_at=at,
    )
    furnish_answers(body, at)
    furnish_merge(body, at)
    return body


def furnish_answers(body: Organisation, at: datetime) -> None:
    """Store an answer and a document of a record."""
    StandingAnswer.objects.create(
        pk=RECORD, organisation=body, question="insurance", text="We are insured", given_at=at
    )
    Document.objects.create(
        pk=RECORD,
        organisation=body,
        title="Our rates",
        file_name="rates.csv",
        media_type="text/csv; charset=utf-8",
        byte_count=8,
        **sealed(body.key_name, b"day,rate"),
        given_at=at,
    )


def furnish_merge(body: Organisation, at: datetime) -> None:
    """Store a record that was merged into another, with nothing that moved; one that can be."""
    merged = Organisation.objects.create(
        pk=RECORD + 2, name="Brightside Homes", registered_at=at, merged_into=body
    )
    Merge.objects.create(
        pk=RECORD,
        kept_organisation=body,
        merged_organisation=merged,
        moved={"rows": {}, "match": False},
        reason="Registered twice",
        merged_at=at,
    )
    Organisation.objects.create(pk=TWICE, name="Registered a third time", registered_at=at)
