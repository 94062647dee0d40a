"""One's own interests, and the search for people and owners on two sides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Schema

from convener.rules.access import Act
from convener.service.actions.interests import words_of_interest
from convener.service.api.calling import caller_of
from convener.service.api.frame import operation
from convener.service.api.paging import Asked, Page, paged
from convener.service.market.data import market_data
from convener.service.models import Interest
from convener.service.registry.two_sides import SHOWN, Finding, Line, search

TAG = "Interests"


class InterestShown(Schema):
    """What ties you to an organisation, as you declared it."""

    number: str
    record: str
    record_name: str
    nature: str = Field(description="director, employed, owns, related, paid or other")
    words: str = Field(description="what you said of it; sealed, and read by you alone")
    from_on: date
    to_on: date | None
    declared_at: datetime


class LineShown(Schema):
    """One row behind a finding."""

    record: str
    record_name: str
    what: str
    days: str = Field(description="from when and until when, in words")


class FindingShown(Schema):
    """Who stands on two sides, and the rows that say so."""

    who: str
    record: str | None = Field(description="of an owner; a person has none")
    buying: list[LineShown]
    providing: list[LineShown]


class TwoSides(Schema):
    """All who stood on two sides on a day. A finding accuses nobody: it shows rows."""

    on: date
    people_count: int
    owner_count: int
    people: list[FindingShown] = Field(description=f"the first {SHOWN}")
    owners: list[FindingShown] = Field(description=f"the first {SHOWN}")


@operation("interests", Act.DECLARE_INTERESTS, Page[InterestShown], tag=TAG, is_own=True)
def interests(request: HttpRequest, part: Asked) -> dict[str, Any]:
    """List the interests that you declared, the latest first."""
    mine = Interest.objects.of(caller_of(request).actor)
    rows = mine.select_related("organisation")[part.offset : part.offset + part.limit]
    return paged(request, part, [_interest(one) for one in rows], mine.count())


def _interest(row: Interest) -> dict[str, Any]:
    return {
        "number": str(row.pk),
        "record": str(row.organisation_id),
        "record_name": row.organisation.name,
        "words": words_of_interest(row),
        **{name: getattr(row, name) for name in ("nature", "from_on", "to_on", "declared_at")},
    }


@operation("two-sides", Act.SEARCH_INTERESTS, TwoSides, tag=TAG, is_own=True)
def two_sides(
    request: HttpRequest,
    on: Annotated[date | None, Query(description="on which day; else today")] = None,
) -> dict[str, Any]:
    """Find people and owners who stood on both sides of the market on a day."""
    day = on or timezone.localdate()
    found = search(caller_of(request).actor, market_data(), day)
    return {
        "on": day,
        "people_count": found.people_count,
        "owner_count": found.owner_count,
        "people": [_finding(one) for one in found.people],
        "owners": [_finding(one) for one in found.owners],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "who": one.who,
        "record": None if one.number is None else str(one.number),
        "buying": [_line(row) for row in one.buying],
        "providing": [_line(row) for row in one.providing],
    }


def _line(row: Line) -> dict[str, Any]:
    body = row.organisation
    return {"record": str(body.pk), "record_name": body.name, "what": row.what, "days": row.days}
