"""The register of organisations: its records, and the claims to them that wait."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Schema

from convener.base.identifiers import org_id
from convener.rules.access import Act
from convener.service.api.calling import caller_of
from convener.service.api.frame import operation
from convener.service.api.given import numbered
from convener.service.api.paging import Asked, Page, paged
from convener.service.api.shapes import KindListed
from convener.service.models import Holding, Organisation, RecordClaim
from convener.service.registry import listing
from convener.service.registry.record import find_record, kind_on

OfRecord = Annotated[str, Path(description="number of the record")]


class RecordListed(Schema):
    """One record, as the list has it."""

    number: str
    name: str
    kind: str
    identifiers: list[str] = Field(description="registered numbers, each after its scheme")
    registered_on: date
    market_number: str | None = Field(description="of the market's organisation that it is")


class KindOf(Schema):
    """What a record is, from a day until another, and who says so."""

    row: str = Field(description="its number, for taking it back")
    kind: str
    from_on: date | None
    to_on: date | None
    source: str


class NumberOf(Schema):
    """A number that a register gave."""

    row: str = Field(description="its number, for removing it")
    scheme: str
    identifier: str


class HoldingOf(Schema):
    """What one owner holds."""

    row: str = Field(description="its number, for ending it")
    owner: str = Field(description="number of the owner's record")
    owner_name: str
    share: str = Field(description="from 0 to 1")
    has_control: bool
    from_on: date | None
    to_on: date | None
    source: str


class RecordShown(RecordListed):
    """One record with all that it says."""

    matched_because: str
    merged_into: str | None = Field(description="the record that stands in its place")
    kinds: list[KindOf]
    numbers: list[NumberOf]
    owners: list[HoldingOf]


@operation("registry", Act.SEE_REGISTRY, Page[RecordListed], tag="Register", is_own=True)
def registry(
    request: HttpRequest,
    part: Asked,
    q: Annotated[
        str, Query(max_length=listing.WORDS_MAX, description="part of a name, or a number")
    ] = "",
    kind: Annotated[KindListed | None, Query(description="only this kind")] = None,
) -> dict[str, Any]:
    """List the records of the register."""
    choices = listing.read_choices({"q": q, "kind": kind or ""})
    found = listing.records(caller_of(request).actor, choices, timezone.localdate())
    rows = listing.rows(found[part.offset : part.offset + part.limit])
    return paged(request, part, [_listed(row) for row in rows], found.count())


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "number": str(row["number"]),
        "identifiers": [each for each in row["identifiers"].split("; ") if each],
        "market_number": row["market_number"] or None,
    }


@operation("registry/{str:record}", Act.SEE_REGISTRY, RecordShown, tag="Register", is_own=True)
def registry_one(request: HttpRequest, record: OfRecord) -> dict[str, Any]:
    """Give one record: what it is and since when, its numbers, and who owns it."""
    body = find_record(caller_of(request).actor, numbered(record))
    numbers = list(body.identifiers.all())
    held = Holding.objects.filter(organisation=body).select_related("owner")
    return {
        "number": str(body.pk),
        "name": body.name,
        "kind": kind_on(body, timezone.localdate()).value,
        "identifiers": [org_id(one.scheme, one.identifier) for one in numbers],
        "registered_on": body.registered_at.date(),
        "market_number": _text(body.organisation_key),
        "matched_because": body.matched_because,
        "merged_into": _text(body.merged_into_id),
        "kinds": [_row(one, "kind", "from_on", "to_on", "source") for one in _kinds(body)],
        "numbers": [_row(one, "scheme", "identifier") for one in numbers],
        "owners": [_holding(one) for one in held],
    }


def _kinds(body: Organisation) -> list[Any]:
    return list(body.organisationkinds.all())


def _row(row: Any, *names: str) -> dict[str, Any]:  # noqa: ANN401 -- a row of any model
    return {"row": str(row.pk), **{name: getattr(row, name) for name in names}}


def _holding(row: Holding) -> dict[str, Any]:
    return {
        **_row(row, "has_control", "from_on", "to_on", "source"),
        "owner": str(row.owner_id),
        "owner_name": row.owner.name,
        "share": format(row.share.normalize(), "f"),
    }


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


class ClaimListed(Schema):
    """One claim to a record."""

    number: str
    record: str
    record_name: str
    evidence: str
    step: str
    claimed_at: datetime


@operation("claims", Act.DECIDE_CLAIMS, Page[ClaimListed], tag="Register", is_own=True)
def claims(request: HttpRequest, part: Asked) -> dict[str, Any]:
    """List the claims to records that wait for a decision, the first first."""
    seen = RecordClaim.objects.visible_to(caller_of(request).actor).waiting()
    rows = seen.select_related("organisation")[part.offset : part.offset + part.limit]
    return paged(request, part, [_claim(one) for one in rows], seen.count())


def _claim(row: RecordClaim) -> dict[str, Any]:
    return {
        "number": str(row.pk),
        "record": str(row.organisation_id),
        "record_name": row.organisation.name,
        "evidence": row.evidence,
        "step": row.step,
        "claimed_at": row.claimed_at,
    }
