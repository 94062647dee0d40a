"""Organisations: the resolved bodies as they may be named, and what each provides and buys."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Path, Query, Schema

from convener.base.errors import NotFoundError
from convener.measures.lists.bought import Bought
from convener.measures.lists.deals import Deals
from convener.measures.lists.organisation import Profile, Related
from convener.measures.lists.provided import Provided
from convener.measures.publishing.organisations import COLUMNS, list_organisations
from convener.rules.access import Act
from convener.service.api.frame import operation
from convener.service.api.paging import Asked, Page, page_of, paged
from convener.service.api.shapes import Cell, KindListed, Number, OfBody
from convener.service.market.data import market_data
from convener.service.market.organisation import Found, read, read_choices
from convener.service.market.organisation_files import table as table_of

NUMBER_LENGTH = 19  # digits of the greatest number


class OrganisationListed(Schema):
    """One body, however many ways it is written."""

    number: str = Field(description="convener's number of it; of up to 19 digits, so text")
    name: str
    kind: str
    confidence: float | None = Field(description="how sure the kind is, 0 to 1")
    kind_because: str | None
    identifiers: list[str] = Field(description="registered numbers, each after its scheme")
    also_known_as: list[str]
    owner: str | None = Field(description="number of its ultimate owner, where one is known")
    owner_name: str | None


class RelatedBody(Schema):
    """A body that owns another or is owned by it; a person has no number and no name."""

    number: str | None
    name: str
    kind: str
    share: float
    from_on: date | None
    to_on: date | None


class Side(Schema):
    """All that a body provides, or buys, on one basis."""

    basis: str
    bases: list[str] = Field(description="the bases on which there is anything")
    things: float = Field(description="awards, payments or entries of lists")
    amount: Number | None = Field(description="in the currency or the unit; nothing if unknown")
    currency: str
    unit: str
    first_on: date | None
    last_on: date | None
    running: int = Field(description="contracts that have not ended on the last day in the data")
    ending: int = Field(description="of these, those that end within 18 months")


class OrganisationShown(OrganisationListed):
    """One body with its owners, what it owns, and what it provides and buys."""

    scale: str
    is_vcse: bool | None
    owners: list[RelatedBody]
    owned: list[RelatedBody] = Field(description="the first hundred")
    owned_count: int
    provides: Side | None
    buys: Side | None


@operation("organisations", Act.SEE_MARKET, Page[OrganisationListed], tag="Organisations")
def organisations(
    request: HttpRequest,
    part: Asked,
    q: Annotated[str, Query(max_length=200, description="part of a name, or an identifier")] = "",
    kind: Annotated[KindListed | None, Query(description="only this kind")] = None,
) -> dict[str, Any]:
    """List resolved organisations, people left out."""
    with market_data().cursor() as cursor:
        rows, total = list_organisations(
            cursor, text=q.strip(), kind=kind or "", limit=part.limit, offset=part.offset
        )
    named = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    return paged(request, part, named, total)


Chosen = Annotated[
    Literal["awards", "payments", "provision"] | None,
    Query(description="what is counted; else the first that there is"),
]


@operation("organisations/{str:number}", Act.SEE_MARKET, OrganisationShown, tag="Organisations")
def organisations_one(
    request: HttpRequest,  # noqa: ARG001 -- ninja's signature
    number: OfBody,
    basis: Chosen = None,
) -> dict[str, Any]:
    """Give one organisation: who it is and why we think so, what it provides and what it buys."""
    found = _found(number, basis=basis or "")
    profile = found.profile
    return {
        **_profile(profile),
        "provides": _provides(found.provided),
        "buys": _buys(found.bought),
    }


@operation(
    "organisations/{str:number}/{str:table}",
    Act.DOWNLOAD_FIGURES,
    Page[dict[str, Cell]],
    tag="Organisations",
)
def organisations_table(
    request: HttpRequest,
    number: OfBody,
    table: Annotated[
        str,
        Path(
            description="contracts, purchases, areas, markets, buyers, years, related, written,"
            " providers or services"
        ),
    ],
    part: Asked,
    basis: Chosen = None,
    order: Annotated[
        Literal["value", "ending", "latest"], Query(description="of contracts and purchases")
    ] = "value",
) -> dict[str, Any]:
    """Give one table of an organisation, such as its contracts or its buyers."""
    found = _found(number, basis=basis or "", order=order, bought=order)
    rows = table_of(market_data(), found, table).rows
    return page_of(request, part, rows)


def _found(number: str, **choices: str) -> Found:
    if not (number.isascii() and number.isdigit() and len(number) <= NUMBER_LENGTH):
        raise NotFoundError(f"no organisation has the number {number[:40]!r}")
    return read(market_data(), int(number), read_choices(choices))


def _profile(profile: Profile) -> dict[str, Any]:
    owner = profile.owner
    return {
        **vars(profile),
        "number": str(profile.key),
        "confidence": profile.kind_confidence,
        "owner": str(owner.key) if owner and owner.key is not None else None,
        "owner_name": owner.name if owner else profile.name,
        "owners": [_related(one) for one in profile.owners],
        "owned": [_related(one) for one in profile.owned],
    }


def _related(one: Related) -> dict[str, Any]:
    return {**vars(one), "number": None if one.key is None else str(one.key)}


def _provides(provided: Provided | None) -> dict[str, Any] | None:
    if provided is None:
        return None
    return {**asdict(provided.totals), **_bases(provided), **_ends(provided.deals)}


def _buys(bought: Bought | None) -> dict[str, Any] | None:
    if bought is None:
        return None
    return {"unit": "", **asdict(bought.spent), **_bases(bought), **_ends(bought.deals)}


def _bases(side: Provided | Bought) -> dict[str, Any]:
    return {"basis": side.basis, "bases": side.bases}


def _ends(deals: Deals) -> dict[str, int]:
    return {"running": deals.running, "ending": deals.ending}
