"""Which changes in what hangs on an owner are told to those who watch it.

An owner that is small in the nation may hold a region, so shares are judged place by place. A
contract that ends as it was agreed is no news; one that is new, gone early or moved is, and so is
a new buyer, a place in which the owner comes to hold much, and an award made after a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

# One owner of 9% of homes in a country held 30% of one region when it failed, and nobody watched
# local dominance: House of Commons Public Accounts Committee on Southern Cross, December 2011.
LOCAL_HOLD = 0.30
EDGE = 1e-9  # a share of exactly 30% that arithmetic left a hair below it
NATION = "all"


@dataclass(frozen=True)
class Contract:
    """One contract that hangs on an owner."""

    number: str
    title: str
    buyer: str
    amount: Decimal | None = None
    currency: str = ""
    awarded_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Place:
    """One service in one region, or in the nation."""

    basis: str
    service: str
    region: str = NATION

    @property
    def is_nation(self) -> bool:
        return self.region == NATION


@dataclass(frozen=True)
class Exposure:
    """What hangs on one owner on a day."""

    owner: str
    on: date
    contracts: tuple[Contract, ...] = ()
    shares: Mapping[Place, float] | None = None

    @property
    def buyers(self) -> tuple[str, ...]:
        """Return the buyers that hang on it, in order."""
        return tuple(sorted({contract.buyer for contract in self.contracts}))


@dataclass(frozen=True)
class WarningGiven:
    """What was said of an owner on a day, and where."""

    on: date
    text: str
    source: str


class ChangeSort(StrEnum):
    """What changed."""

    NEW_AWARD = "new award"
    AFTER_WARNING = "award after a warning"
    NEW_BUYER = "new buyer"
    GONE = "contract gone early"
    MOVED = "end date moved"
    VALUED = "value changed"
    HOLDS = "holds a place"
    HOLDS_NO_MORE = "holds a place no more"
    WARNED = "warning"


@dataclass(frozen=True)
class Change:
    """One change to tell."""

    sort: ChangeSort
    text: str


def flagged(shares: Mapping[Place, float], *, threshold: float = LOCAL_HOLD) -> tuple[Place, ...]:
    """Return the places in which an owner's share reaches the threshold, in order."""
    return tuple(
        sorted(
            (place for place, share in shares.items() if share >= threshold - EDGE),
            key=lambda place: (place.service, place.basis, not place.is_nation, place.region),
        )
    )


def warned_before(contract: Contract, warnings: Iterable[WarningGiven]) -> WarningGiven | None:
    """Return the last warning given before a contract was awarded, if there was one.

    An award on the day of a warning is not after it.
    """
    awarded = contract.awarded_on
    if awarded is None:
        return None
    return max(
        (warning for warning in warnings if warning.on < awarded),
        key=lambda warning: warning.on,
        default=None,
    )


def decide_changes(
    before: Exposure | None, now: Exposure, warnings: Sequence[WarningGiven] = ()
) -> tuple[Change, ...]:
    """Return what is to be told of an owner since it was last looked at; nothing the first time.

    Parameters
    ----------
    before, now : what hung on the owner then and hangs on it now
    warnings : all that were given about it
        An award after one of them is marked as such.
    """
    if before is None:
        return ()
    return (
        *_contract_changes(before, now, warnings),
        *_buyer_changes(before, now),
        *_share_changes(before, now),
    )


def warned(owner: str, warning: WarningGiven, exposure: Exposure | None) -> Change:
    """Return what is told when a warning is entered: what hangs on the owner, across buyers."""
    contracts = exposure.contracts if exposure else ()
    buyers = len(exposure.buyers) if exposure else 0
    hangs = f"{_counted(len(contracts), 'contract')} of {_counted(buyers, 'buyer')}"
    return Change(
        ChangeSort.WARNED,
        f"A warning about {owner}, {_day(warning.on)}: {warning.text} ({warning.source})."
        f" {hangs} hang on it.",
    )


def _contract_changes(
    before: Exposure, now: Exposure, warnings: Sequence[WarningGiven]
) -> Iterable[Change]:
    known = {contract.number: contract for contract in before.contracts}
    present = {contract.number for contract in now.contracts}
    for contract in now.contracts:
        old = known.get(contract.number)
        if old is None:
            yield _new_award(contract, warnings)
        else:
            yield from _edited(old, contract)
    for contract in before.contracts:
        if contract.number not in present and (contract.ends_on or date.max) > now.on:
            until = f"; it was to end on {_day(contract.ends_on)}" if contract.ends_on else ""
            yield Change(ChangeSort.GONE, f"{_of(contract)} is no longer its contract{until}.")


def _new_award(contract: Contract, warnings: Sequence[WarningGiven]) -> Change:
    warning = warned_before(contract, warnings)
    awarded = f", awarded {_day(contract.awarded_on)}" if contract.awarded_on else ""
    if warning is None:
        return Change(ChangeSort.NEW_AWARD, f"New award: {_of(contract)}{awarded}.")
    return Change(
        ChangeSort.AFTER_WARNING,
        f"Awarded after the warning of {_day(warning.on)}: {_of(contract)}{awarded}.",
    )


def _edited(old: Contract, new: Contract) -> Iterable[Change]:
    if old.ends_on != new.ends_on:
        yield Change(
            ChangeSort.MOVED,
            f"{_of(new)} ends {_ending(new.ends_on)}, before: {_ending(old.ends_on)}.",
        )
    if old.amount != new.amount:
        yield Change(
            ChangeSort.VALUED,
            f"{_of(new)} is worth {_worth(new)}, before: {_worth(old)}.",
        )


def _buyer_changes(before: Exposure, now: Exposure) -> Iterable[Change]:
    for buyer in sorted(set(now.buyers) - set(before.buyers)):
        yield Change(ChangeSort.NEW_BUYER, f"{buyer} now has a contract with {now.owner}.")


def _share_changes(before: Exposure, now: Exposure) -> Iterable[Change]:
    was, is_ = set(flagged(before.shares or {})), set(flagged(now.shares or {}))
    for place in sorted(is_ - was, key=str):
        share = (now.shares or {})[place]
        yield Change(
            ChangeSort.HOLDS,
            f"{now.owner} now holds {share:.0%} of {place.service} in {_where(place)}.",
        )
    for place in sorted(was - is_, key=str):
        held = (now.shares or {}).get(place)
        left = "no known share" if held is None else f"{held:.0%}"
        yield Change(
            ChangeSort.HOLDS_NO_MORE,
            f"{now.owner} holds {left} of {place.service} in {_where(place)},"
            f" before: {(before.shares or {})[place]:.0%}.",
        )


def _where(place: Place) -> str:
    return "the nation" if place.is_nation else place.region


def _of(contract: Contract) -> str:
    return f"“{contract.title}” of {contract.buyer}"


def _ending(day: date | None) -> str:
    return _day(day) if day else "on no known day"


def _worth(contract: Contract) -> str:
    if contract.amount is None:
        return "an unknown sum"
    return f"{contract.amount:,.0f} {contract.currency}".strip()


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _counted(count: int, one: str) -> str:
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"
