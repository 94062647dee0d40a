"""The owners that one watches, and what hangs on each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Path, Schema

from convener.rules.access import Act
from convener.rules.watching import LOCAL_HOLD, Exposure, WarningGiven, flagged
from convener.service.api.calling import caller_of
from convener.service.api.frame import operation
from convener.service.api.given import numbered
from convener.service.api.paging import Asked, Page, paged
from convener.service.api.shapes import Number
from convener.service.market.data import market_data
from convener.service.market.exposed import (
    ExposedContract,
    ExposedPlace,
    in_words,
    kept_exposure,
    kept_exposures,
    marked,
    places,
    warnings_about,
)
from convener.service.models import Notice, Watch
from convener.service.pointing import point_at

TAG = "Watching"


class WatchShown(Schema):
    """One owner that you watch, and what hung on it when it was last looked at."""

    owner: str
    owner_name: str
    since: datetime
    is_new: bool = Field(description="whether you were told of it what you have not read")
    looked_on: date | None = Field(description="nothing until the next load")
    contract_count: int
    buyer_count: int
    hold_count: int = Field(description=f"places of which it holds {LOCAL_HOLD:.0%} or more")
    said: str = Field(description="the same in two sentences")


class ContractExposed(Schema):
    """One contract that hangs on an owner."""

    ocid: str
    title: str
    buyer: str
    amount: Number | None
    currency: str
    awarded_on: date | None
    ends_on: date | None
    after_warning_of: date | None = Field(description="the warning that its award came after")


class ShareExposed(Schema):
    """What an owner holds of a service in a place."""

    service: str
    basis: str
    region: str | None = Field(description="nothing for the nation")
    share: float
    is_hold: bool = Field(description=f"whether it is {LOCAL_HOLD:.0%} or more")


class WarningShown(Schema):
    """What was said of an owner, when and where."""

    on: date
    text: str
    source: str


class OwnerExposed(Schema):
    """One owner, and all that hangs on it as far as somebody watches it."""

    owner: str
    owner_name: str
    is_watched: bool
    looked_on: date | None = Field(description="nothing where nobody watches it")
    contracts: list[ContractExposed] = Field(description="those awarded after a warning first")
    shares: list[ShareExposed]
    warnings: list[WarningShown]


@operation("watches", Act.WATCH_OWNERS, Page[WatchShown], tag=TAG, is_own=True)
def watches(request: HttpRequest, part: Asked) -> dict[str, Any]:
    """List the owners that you watch."""
    actor = caller_of(request).actor
    mine = Watch.objects.visible_to(actor)
    rows = list(mine[part.offset : part.offset + part.limit])
    exposures = kept_exposures(row.organisation_key for row in rows)
    told = Notice.objects.visible_to(actor).unread()
    new = set(told.values_list("organisation_key", flat=True))
    shown = [_watch(row, exposures.get(row.organisation_key), new) for row in rows]
    return paged(request, part, shown, mine.count())


def _watch(row: Watch, exposure: Exposure | None, new: set[int | None]) -> dict[str, Any]:
    shares = exposure.shares or {} if exposure else {}
    return {
        "owner": str(row.organisation_key),
        "owner_name": row.organisation_name,
        "since": row.since,
        "is_new": row.organisation_key in new,
        "looked_on": exposure.on if exposure else None,
        "contract_count": len(exposure.contracts) if exposure else 0,
        "buyer_count": len(exposure.buyers) if exposure else 0,
        "hold_count": len(flagged(shares)),
        "said": " ".join(in_words(exposure)) if exposure else "",
    }


@operation("watches/{str:owner}", Act.WATCH_OWNERS, OwnerExposed, tag=TAG, is_own=True)
def watches_one(
    request: HttpRequest,
    owner: Annotated[str, Path(description="the market's number of the owner")],
) -> dict[str, Any]:
    """Give the contracts and shares that hang on an owner, and the warnings about it."""
    key = numbered(owner)
    pointer = point_at(market_data(), key)
    exposure, warnings = kept_exposure(key), warnings_about(key)
    mine = Watch.objects.visible_to(caller_of(request).actor)
    return {
        "owner": str(key),
        "owner_name": pointer.name,
        "is_watched": mine.filter(organisation_key=key).exists(),
        "looked_on": exposure.on if exposure else None,
        "contracts": [_contract(one) for one in marked(exposure, warnings)] if exposure else [],
        "shares": [_share(one) for one in places(exposure)] if exposure else [],
        "warnings": [_warning(one) for one in warnings],
    }


def _contract(one: ExposedContract) -> dict[str, Any]:
    told = ("title", "buyer", "amount", "currency", "awarded_on", "ends_on")
    return {
        "ocid": one.ocid,
        **{name: getattr(one.contract, name) for name in told},
        "after_warning_of": one.warning.on if one.warning else None,
    }


def _share(one: ExposedPlace) -> dict[str, Any]:
    return {
        "service": one.place.service,
        "basis": one.place.basis,
        "region": None if one.place.is_nation else one.place.region,
        "share": one.share,
        "is_hold": one.is_flagged,
    }


def _warning(one: WarningGiven) -> dict[str, Any]:
    return {"on": one.on, "text": one.text, "source": one.source}
