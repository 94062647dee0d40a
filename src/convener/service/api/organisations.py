"""Organisations: the resolved bodies, as they may be named."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Schema

from convener.measures.publishing.organisations import COLUMNS, list_organisations
from convener.rules.access import Act
from convener.service.api.frame import operation
from convener.service.api.paging import Asked, Page, paged
from convener.service.market.data import market_data


class OrganisationListed(Schema):
    """One body, however many ways it is written."""

    number: str = Field(description="convener's number of it; of up to 19 digits, so text")
    name: str
    kind: str
    confidence: float | None = Field(description="how sure the kind is, 0 to 1")
    kind_because: str | None
    identifiers: list[str] = Field(
        description="registered numbers after their org-id.guide scheme"
    )
    also_known_as: list[str]
    owner: str | None = Field(description="number of its ultimate owner, where one is known")
    owner_name: str | None


@operation("organisations", Act.SEE_MARKET, Page[OrganisationListed], tag="Organisations")
def organisations(
    request: HttpRequest,
    part: Asked,
    q: Annotated[str, Query(max_length=200, description="part of a name, or an identifier")] = "",
    kind: Annotated[str, Query(max_length=40, description="only this kind")] = "",
) -> dict[str, Any]:
    """List resolved organisations, people left out."""
    with market_data().cursor() as cursor:
        rows, total = list_organisations(
            cursor, text=q.strip(), kind=kind, limit=part.limit, offset=part.offset
        )
    named = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    return paged(request, part, named, total)
