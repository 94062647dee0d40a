"""Registering an organisation, claiming a record, and deciding on claims."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from ninja import Field

from convener.base.errors import BadInputError, NotFoundError
from convener.base.kinds import Kind
from convener.rules.access import Act, Actor
from convener.rules.registry import read_identifier
from convener.service.actions.claims import claim_record, decide_claim, withdraw_claim
from convener.service.actions.registry import Wanted, register_record
from convener.service.api.commanding import Given, command, done
from convener.service.api.given import Name, Number, Reason, Source, numbered
from convener.service.api.shapes import KindListed
from convener.service.models import RecordClaim
from convener.service.registry.record import find_record

TAG = "Commands: register"


def shown(number: int) -> str:
    """Return where the API shows a record."""
    return f"/api/registry/{number}"


class OfRegistering(Given):
    """What is said of an organisation when it is registered."""

    name: Name
    kind: KindListed
    source: Source
    scheme: Name | None = Field(None, description="the register that gave the number, as GB-CHC")
    number: Name | None = Field(None, description="the number, as that register writes it")


@command("register-organisation", Act.REGISTER_ORGANISATION, tag=TAG)
def register_organisation(given: OfRegistering, by: Actor, at: datetime) -> dict[str, Any]:
    """Register an organisation, with a number where it has one."""
    if (given.scheme is None) != (given.number is None):
        raise BadInputError("a number comes with the scheme of its register; one of them lacks")
    number = None
    if given.scheme is not None and given.number is not None:
        number = read_identifier(given.scheme, given.number)
    wanted = Wanted(given.name, Kind(given.kind), given.source, number)
    made = register_record(wanted=wanted, by=by, at=at)
    return done(made.pk, shown(made.pk))


class OfClaim(Given):
    """What shows that a record is that of one's own organisation."""

    record: Number
    evidence: Reason


@command("claim-record", Act.CLAIM_ORGANISATION, tag=TAG)
def claim_organisation(given: OfClaim, by: Actor, at: datetime) -> dict[str, Any]:
    """Claim a record as that of your own organisation."""
    body = find_record(by, numbered(given.record))
    made = claim_record(organisation_id=body.pk, evidence=given.evidence, by=by, at=at)
    return done(made.pk, shown(body.pk))


class OfRecord(Given):
    """A record."""

    record: Number


@command("withdraw-claim", Act.CLAIM_ORGANISATION, tag=TAG)
def withdraw_claim_to(given: OfRecord, by: Actor, at: datetime) -> dict[str, Any]:
    """Take your own claim to a record back."""
    body = find_record(by, numbered(given.record))
    made = withdraw_claim(organisation_id=body.pk, by=by, at=at)
    return done(made.pk, shown(body.pk))


class OfDecision(Given):
    """Whether a claim is approved, and in which words."""

    claim: Number
    is_approved: bool = Field(strict=True)
    answer: Reason


@command("decide-claim", Act.DECIDE_CLAIMS, tag=TAG)
def decide_claim_to(given: OfDecision, by: Actor, at: datetime) -> dict[str, Any]:
    """Approve or refuse a claim to a record."""
    found = RecordClaim.objects.visible_to(by).filter(pk=numbered(given.claim)).first()
    if found is None:
        raise NotFoundError(f"no claim has the number {given.claim}")
    made = decide_claim(
        claim_id=found.pk, is_approved=given.is_approved, answer=given.answer, by=by, at=at
    )
    return done(made.pk, reverse("registry-one", args=[made.organisation_id]))
