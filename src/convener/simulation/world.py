"""What the invented world is made of. Money is integer pence; dates are the world's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from convener.base.kinds import Kind

NOTICE = "Invented data (convener demonstration)"
BEGINS_ON = date(2020, 4, 1)
ENDS_ON = date(2026, 3, 31)


class Reading(StrEnum):
    """What a market of the demonstration is there to show."""

    BALANCED = "balanced"
    OLIGOPOLY = "oligopoly"
    TOO_BIG_TO_FAIL = "too big to fail"
    BUNDLED = "bundled"
    UNCONTESTED = "uncontested"
    MOSTLY_IN_HOUSE = "mostly in-house"


@dataclass(frozen=True)
class Area:
    """A borough, and the body that buys for it."""

    code: str
    name: str
    region: str
    buyer: str


@dataclass(frozen=True)
class Organisation:
    """A buyer, a provider or an owner. ``also_written`` are its other spellings in notices."""

    id: str
    name: str
    kind: Kind
    scheme: str
    identifier: str
    scale: str = "large"
    areas: tuple[str, ...] = ()
    is_buyer: bool = False
    is_vcse: bool = False
    also_written: tuple[str, ...] = ()
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class Holding:
    """One organisation's share of another, in hundredths, while it lasts."""

    owner: str
    owned: str
    hundredths: int
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True)
class Lot:
    """A part of a tender that is won apart."""

    id: str
    title: str
    amount: int


@dataclass(frozen=True)
class Bid:
    """What one organisation, or a consortium led by the first, offered for a lot."""

    id: str
    lot: str
    tenderers: tuple[str, ...]
    amount: int
    bid_on: date
    is_valid: bool = True


@dataclass(frozen=True)
class Award:
    """A lot given to the tenderers of its winning bids: one bid, or several of a framework."""

    id: str
    lot: str
    bids: tuple[str, ...]
    suppliers: tuple[str, ...]
    amount: int
    awarded_on: date


@dataclass(frozen=True)
class Change:
    """A contract's new value and end, from a day on."""

    on: date
    amount: int
    ends_on: date
    because: str


@dataclass(frozen=True)
class Observation:
    """How a contract did on one indicator in one year."""

    indicator: str
    from_on: date
    to_on: date
    measure: int
    rating: str


@dataclass(frozen=True)
class Contract:
    """A signed award: what was agreed, what became of it, and how it ended."""

    id: str
    award: str
    amount: int
    signed_on: date
    starts_on: date
    ends_on: date
    mobilised_on: date | None = None
    changes: tuple[Change, ...] = ()
    terminated_on: date | None = None
    termination_reason: str = ""
    observations: tuple[Observation, ...] = ()

    @property
    def last_amount(self) -> int:
        """Return the value after its changes."""
        return self.changes[-1].amount if self.changes else self.amount

    @property
    def last_ends_on(self) -> date:
        """Return the day it ends or ended, after its changes."""
        return self.terminated_on or (self.changes[-1].ends_on if self.changes else self.ends_on)


@dataclass(frozen=True)
class Procurement:
    """One contracting process, from the plan to the end of its contracts."""

    ocid: str
    service: str
    buyer: str
    areas: tuple[str, ...]
    title: str
    method: str
    is_framework: bool
    status: str
    amount: int
    planned_on: date | None
    published_on: date
    first_closes_on: date
    closes_on: date
    awards_on: date
    starts_on: date
    ends_on: date
    lots: tuple[Lot, ...]
    bids: tuple[Bid, ...] = ()
    awards: tuple[Award, ...] = ()
    contracts: tuple[Contract, ...] = ()
    lists_bids: bool = True


@dataclass(frozen=True)
class Place:
    """One place of provision as a list of one day describes it."""

    observed_on: date
    service: str
    area: str
    id: str
    name: str
    provider: str
    places: int
    rating: str


@dataclass(frozen=True)
class Payment:
    """One payment line; a payee of none is a person, whose name is not published."""

    paid_on: date
    buyer: str
    payee: str | None
    amount: int
    service: str


@dataclass(frozen=True)
class World:
    """An invented world: its bodies, what they bought, who served, and what was paid."""

    areas: tuple[Area, ...]
    organisations: tuple[Organisation, ...]
    holdings: tuple[Holding, ...]
    procurements: tuple[Procurement, ...]
    places: tuple[Place, ...]
    payments: tuple[Payment, ...]
    by_id: dict[str, Organisation] = field(repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id.update({each.id: each for each in self.organisations})

    def owner_of(self, organisation: str, on: date) -> dict[str, float]:
        """Return the ultimate owners of an organisation on a day, with their shares of it."""
        shares: dict[str, float] = {}
        for holding in self.holdings:
            if holding.owned == organisation and _holds(holding, on):
                for owner, share in self.owner_of(holding.owner, on).items():
                    shares[owner] = shares.get(owner, 0.0) + share * holding.hundredths / 100
        return shares or {organisation: 1.0}


def _holds(holding: Holding, on: date) -> bool:
    return holding.from_on <= on and (holding.to_on is None or on < holding.to_on)
