"""Processes: one purchase from plan to last payment, and the search for one or for a body."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Schema

from convener.base.errors import WrongStepError
from convener.data.search import COUNTED_MAX, PER_PAGE, TYPED_MAX, Sort, index_of
from convener.measures.lists.process import Named
from convener.rules.access import Act
from convener.service.api.frame import operation
from convener.service.api.paging import PageAsked, next_page
from convener.service.api.shapes import KindListed, Number, OfProcess
from convener.service.market.data import market_data
from convener.service.market.process import read
from convener.service.market.searching import read_wanted


class Body(Schema):
    """A body in a process; a person, and who is not known to be none, has no number or name."""

    number: str | None
    name: str
    kind: str


class ReleaseShown(Schema):
    """What was announced at one moment."""

    release_id: str | None
    released_at: datetime | None
    tags: list[str]
    line: int | None = Field(description="line of the source")


class LotShown(Schema):
    """A lot of the tender."""

    lot_id: str
    title: str | None
    status: str | None
    amount: Number | None
    currency: str | None


class BidShown(Schema):
    """One bid; of a tenderer that is listed alone, nothing else is known."""

    status: str | None
    bid_at: datetime | None
    amount: Number | None
    currency: str | None
    lots: list[str]
    bidders: list[Body]


class AwardShown(Schema):
    """One award and those who won it."""

    award_id: str
    title: str | None
    status: str | None
    awarded_at: datetime | None
    amount: Number | None
    currency: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    lots: list[str]
    suppliers: list[Body]


class ContractShown(Schema):
    """One contract, as first published and as it stands."""

    contract_id: str
    award_id: str | None
    title: str | None
    status: str | None
    signed_at: datetime | None
    amount: Number | None
    currency: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    first_amount: Number | None
    first_ends_at: datetime | None
    terminated: bool | None
    paid: Number | None
    payments: int
    milestones: int


class ServiceShown(Schema):
    """A service to which the process belongs, and why."""

    service: str
    level: str
    because: str


class ProcessShown(Schema):
    """One process, as the source that released it last has it."""

    ocid: str
    source: str
    title: str | None
    buyer: Body
    released_at: datetime | None
    tender_status: str | None
    method: str | None
    category: str | None
    tender_amount: Number | None
    tender_currency: str | None
    tender_starts_at: datetime | None
    tender_ends_at: datetime | None
    tenderer_count: int | None
    code_scheme: str | None
    code: str | None
    region: str | None
    last_end: date | None = Field(description="the last end of its awards and contracts")
    counts: dict[str, int] = Field(description="rows of each list; the first 200 are here")
    releases: list[ReleaseShown]
    services: list[ServiceShown]
    lots: list[LotShown]
    bids: list[BidShown]
    awards: list[AwardShown]
    contracts: list[ContractShown]


@operation("processes/{path:ocid}", Act.SEE_MARKET, ProcessShown, tag="Processes")
def processes_one(request: HttpRequest, ocid: OfProcess) -> dict[str, Any]:  # noqa: ARG001 -- ninja's signature
    """Give one contracting process: its releases, lots, bids, awards and contracts."""
    found = read(market_data(), ocid)
    return {
        **found.facts,
        **vars(found),
        "last_end": found.last_end,
        "buyer": _body(found.buyer),
        "bids": [_with_bodies(one, "bidders") for one in found.bids],
        "awards": [_with_bodies(one, "suppliers") for one in found.awards],
    }


def _with_bodies(one: object, name: str) -> dict[str, Any]:
    row = dict(vars(one))
    return row | {name: [_body(body) for body in row[name]]}


def _body(body: Named) -> dict[str, Any]:
    return {**vars(body), "number": None if body.key is None else str(body.key)}


class HitShown(Schema):
    """One match: an organisation by its number, or a process by its ocid."""

    key: str
    title: str
    detail: str
    facet: str = Field(description="kind of organisation, or year of the last release")
    amount: float | None
    currency: str


class Matches(Schema):
    """A page of what matches the words."""

    sort: str
    count: int = Field(description=f"counted to one past {COUNTED_MAX}")
    page: int
    pages: int
    next: str | None = Field(description="address of the page that follows")
    rows: list[HitShown] = Field(description=f"at most {PER_PAGE}")


@operation("search", Act.SEE_MARKET, Matches, tag="Search")
def search(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=TYPED_MAX, description="words or numbers; all must match")],
    page: PageAsked = 1,
    sort: Annotated[
        Literal["organisation", "contract"], Query(description="what is looked for")
    ] = "organisation",
    kind: Annotated[KindListed | None, Query(description="of organisations")] = None,
    year: Annotated[
        str, Query(pattern="^([0-9]{4})?$", description="of contracts: last released in")
    ] = "",
) -> dict[str, Any]:
    """Search organisations by name and number, or contracts by title, buyer and number."""
    data = market_data()
    wanted = read_wanted(
        {"q": q, "sort": sort, "kind": kind or "", "year": year, "page": str(page)}
    )
    index = index_of(data.store.folder, data.manifest)
    if index is None:
        raise WrongStepError("what is loaded has no search index yet; the next load makes one")
    found = index.search(wanted.typed, Sort(sort), facet=wanted.facet, page=wanted.page)
    return {
        "sort": sort,
        "count": found.count,
        "page": found.page,
        "pages": found.pages,
        "next": next_page(request, page) if page < found.pages else None,
        "rows": [vars(hit) for hit in found.rows],
    }
