"""What hangs on an owner, as it is kept from load to load and shown on the page of its watch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from convener.data.scope.subjects import subject
from convener.measures.lists.exposure import exposed, services_named
from convener.rules.watching import (
    LOCAL_HOLD,
    Contract,
    Exposure,
    Place,
    WarningGiven,
    flagged,
    warned_before,
)
from convener.service.market.data import MarketData
from convener.service.models import OwnerExposure, OwnerWarning
from convener.service.words import counted, day, percent

Json = dict[str, Any]


def exposures(data: MarketData, owners: Mapping[int, str], *, on: date) -> dict[int, Exposure]:
    """Return what hangs on each of some owners, given by key with their names."""
    contracts: dict[int, list[Contract]] = defaultdict(list)
    shares: dict[int, dict[Place, float]] = defaultdict(dict)
    with data.cursor() as cursor:
        named = services_named(cursor)
        found, local_shares = exposed(cursor, list(owners), on=on)
        for held in found:
            contracts[held.owner].append(
                Contract(
                    f"{held.ocid}/{held.award}",
                    held.title,
                    held.buyer,
                    held.amount,
                    held.currency,
                    held.awarded_on,
                    held.ends_on,
                )
            )
        for local in local_shares:
            service = named.get(local.service) or subject(local.service)
            shares[local.owner][Place(local.basis, service, local.region)] = local.share
    return {
        owner: Exposure(name, on, tuple(contracts[owner]), shares[owner])
        for owner, name in owners.items()
    }


# --- Kept as JSON ---------------------------------------------------------------------------


def as_facts(exposure: Exposure) -> Json:
    """Return an exposure as JSON holds it; equal exposures are equal there."""
    return {
        "owner": exposure.owner,
        "on": exposure.on.isoformat(),
        "contracts": [_contract_json(contract) for contract in exposure.contracts],
        "shares": [
            {**asdict(place), "share": share} for place, share in (exposure.shares or {}).items()
        ],
    }


def _contract_json(contract: Contract) -> Json:
    return {
        **asdict(contract),
        "amount": None if contract.amount is None else str(contract.amount),
        "awarded_on": contract.awarded_on and contract.awarded_on.isoformat(),
        "ends_on": contract.ends_on and contract.ends_on.isoformat(),
    }


def as_exposure(facts: Json) -> Exposure:
    """Return the exposure that JSON holds."""
    return Exposure(
        owner=facts["owner"],
        on=date.fromisoformat(facts["on"]),
        contracts=tuple(_contract(one) for one in facts["contracts"]),
        shares={
            Place(one["basis"], one["service"], one["region"]): one["share"]
            for one in facts["shares"]
        },
    )


def _contract(one: Json) -> Contract:
    return Contract(
        **{
            **one,
            "amount": None if one["amount"] is None else Decimal(one["amount"]),
            "awarded_on": _date(one["awarded_on"]),
            "ends_on": _date(one["ends_on"]),
        }
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def kept_exposure(owner: int) -> Exposure | None:
    """Return what hung on an owner when it was last looked at."""
    found = OwnerExposure.objects.filter(organisation_key=owner).first()
    return None if found is None else as_exposure(found.facts)


def kept_exposures(owners: Iterable[int]) -> dict[int, Exposure]:
    """Return what hung on each of some owners when it was last looked at; one question for all."""
    latest = OwnerExposure.objects.filter(organisation_key=OuterRef("organisation_key"))
    found = OwnerExposure.objects.filter(
        organisation_key__in=[*owners], pk=Subquery(latest.values("pk")[:1])
    )
    return {row.organisation_key: as_exposure(row.facts) for row in found}


def warnings_about(owner: int) -> tuple[WarningGiven, ...]:
    """Return the warnings that were entered about an owner, the first one first."""
    rows = OwnerWarning.objects.filter(organisation_key=owner)
    return tuple(WarningGiven(row.on, row.text, row.source) for row in rows)


# --- Shown ----------------------------------------------------------------------------------

CONTRACT_COLUMNS = ("contract", "buyer", "amount", "currency", "awarded_on", "ends_on", "marked")
SHARE_COLUMNS = ("service", "basis", "region", "share", "is_local_hold")


@dataclass(frozen=True)
class ExposedContract:
    """One contract on the page of a watch, marked where it was awarded after a warning."""

    contract: Contract
    warning: WarningGiven | None

    @property
    def ocid(self) -> str:
        """Return the process that it came from."""
        return self.contract.number.rpartition("/")[0]

    @property
    def mark(self) -> str:
        """Return the words that mark it, if any."""
        return f"Awarded after the warning of {day(self.warning.on)}" if self.warning else ""

    @property
    def row(self) -> Json:
        """Return the row of a download."""
        one = self.contract
        values = (
            one.title,
            one.buyer,
            None if one.amount is None else float(one.amount),
            one.currency,
            one.awarded_on and one.awarded_on.isoformat(),
            one.ends_on and one.ends_on.isoformat(),
            self.mark,
        )
        return dict(zip(CONTRACT_COLUMNS, values, strict=True))


@dataclass(frozen=True)
class ExposedPlace:
    """One share on the page of a watch."""

    place: Place
    share: float
    is_flagged: bool

    @property
    def where(self) -> str:
        """Return the place in words."""
        return "The nation" if self.place.is_nation else self.place.region

    @property
    def row(self) -> Json:
        """Return the row of a download."""
        place = self.place
        values = (place.service, place.basis, self.where, self.share, self.is_flagged)
        return dict(zip(SHARE_COLUMNS, values, strict=True))


def marked(exposure: Exposure, warnings: Sequence[WarningGiven]) -> list[ExposedContract]:
    """Return the contracts of an exposure: those awarded after a warning first."""
    rows = [ExposedContract(one, warned_before(one, warnings)) for one in exposure.contracts]
    return sorted(rows, key=lambda row: row.warning is None)


def places(exposure: Exposure) -> list[ExposedPlace]:
    """Return the shares of an exposure by service: the nation first, then the largest holds."""
    shares = exposure.shares or {}
    holds = set(flagged(shares))
    rows = [ExposedPlace(place, share, place in holds) for place, share in shares.items()]
    return sorted(
        rows,
        key=lambda row: (
            row.place.service,
            row.place.basis,
            not row.place.is_nation,
            -row.share,
            row.place.region,
        ),
    )


def in_words(exposure: Exposure) -> tuple[str, str]:
    """Return what hangs on an owner in two sentences: contracts and buyers, then holds."""
    hangs = (
        f"{counted(len(exposure.contracts), 'contract')} of"
        f" {counted(len(exposure.buyers), 'buyer')} hang on it."
    )
    return hangs, _holds(exposure)


def _holds(exposure: Exposure) -> str:
    shares = exposure.shares or {}
    if not shares:
        return "No share of a place is known."
    held = sorted(flagged(shares), key=lambda place: -shares[place])
    nation = [place for place in held if place.is_nation]
    local = [place for place in held if not place.is_nation]
    if local:
        return _holds_regions(shares, local)
    if nation:
        first = nation[0]
        return f"It holds {percent(shares[first])} of {first.service} in the nation."
    return f"It holds {percent(LOCAL_HOLD)} of no region."


def _holds_regions(shares: Mapping[Place, float], local: Sequence[Place]) -> str:
    first = local[0]
    said = (
        f"It holds {percent(LOCAL_HOLD)} or more in {counted(len(local), 'region')}:"
        f" the most, {percent(shares[first])} of {first.service}, in {first.region}"
    )
    nation = shares.get(Place(first.basis, first.service))
    return f"{said}." if nation is None else f"{said}, and {percent(nation)} in the nation."


def downloads_of(rows: Iterable[ExposedContract] | Iterable[ExposedPlace]) -> list[Json]:
    """Return the rows of a download."""
    return [row.row for row in rows]
