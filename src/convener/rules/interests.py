"""Who stands on two sides: people tied to a buyer and to a provider, and owners of both.

Section 83 of the Procurement Act 2023 has a buyer keep an assessment of conflicts of interest;
this finds what such an assessment would ask about. A finding accuses nobody: it shows rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.methods.ownership import Holding, Ownership
from convener.rules.access import Role

DETAIL_MAX = 500  # characters of what a person says of an interest
EARLIEST = date(1900, 1, 1)


class Side(StrEnum):
    """On which side of the market an organisation stands; some stand on both."""

    BUYER = "buys"
    PROVIDER = "provides"


type Standing = Mapping[int, frozenset[Side]]  # by the number of an organisation

_BUYS, _PROVIDES = frozenset({Side.BUYER}), frozenset({Side.PROVIDER})
OF_KIND: Mapping[Kind, frozenset[Side]] = MappingProxyType(
    {
        Kind.IN_HOUSE: _BUYS,  # a part of the body that would otherwise buy
        Kind.PUBLIC_BODY: _BUYS,
        Kind.PRIVATE: _PROVIDES,
        Kind.CHARITY: _PROVIDES,
        Kind.SOCIAL_ENTERPRISE: _PROVIDES,
        Kind.MUTUAL: _PROVIDES,
        Kind.JOINT_VENTURE: _PROVIDES,
    }
)
OF_ROLE: Mapping[Role, frozenset[Side]] = MappingProxyType(
    dict.fromkeys((Role.OFFICER, Role.EVALUATOR, Role.APPROVER, Role.OPENER, Role.VERIFIER), _BUYS)
    | dict.fromkeys((Role.PROVIDER, Role.CASEWORKER), _PROVIDES)
)


class InterestRefusedError(BadInputError):
    """What a person declares is not what an interest can be."""


def sides_of(
    *, kind: Kind = Kind.UNKNOWN, roles: Iterable[Role] = (), buys: bool, provides: bool
) -> frozenset[Side]:
    """Return on which sides an organisation stands.

    Parameters
    ----------
    kind : what its record says it is
    roles : those in which people act for it
    buys, provides : whether the market's data have it do so
    """
    met = (_BUYS if buys else frozenset()) | (_PROVIDES if provides else frozenset())
    if met:
        return met
    acting = frozenset[Side]().union(*(OF_ROLE.get(role, frozenset()) for role in roles))
    return acting or OF_KIND.get(kind, frozenset())


@dataclass(frozen=True)
class Tie:
    """What ties a person to an organisation, from a day until another; with its row's number."""

    person: int
    organisation: int
    what: str
    row: int
    from_on: date | None = None
    to_on: date | None = None

    def stands(self, on: date) -> bool:
        """Say whether it stands on a day."""
        return (self.from_on or date.min) <= on < (self.to_on or date.max)


@dataclass(frozen=True)
class TiedTwice:
    """One person, and what ties them to each side."""

    person: int
    buying: tuple[Tie, ...]
    providing: tuple[Tie, ...]


def people_on_two_sides(ties: Iterable[Tie], sides: Standing, on: date) -> Iterator[TiedTwice]:
    """Give each person who is tied, on a day, to a buyer and to another that provides."""
    mine: dict[int, list[Tie]] = defaultdict(list)
    for tie in ties:
        if tie.stands(on):
            mine[tie.person].append(tie)
    for person, held in sorted(mine.items()):
        buying = tuple(tie for tie in held if Side.BUYER in sides.get(tie.organisation, ()))
        providing = tuple(tie for tie in held if Side.PROVIDER in sides.get(tie.organisation, ()))
        if _are_two({tie.organisation for tie in buying}, {tie.organisation for tie in providing}):
            yield TiedTwice(person, buying, providing)


@dataclass(frozen=True)
class Owned:
    """What an owner has of one organisation in the end, by which holdings."""

    organisation: int
    share: float
    holdings: tuple[Holding, ...]


@dataclass(frozen=True)
class OwnsTwice:
    """One ultimate owner, and what it has on each side."""

    owner: int
    buying: tuple[Owned, ...]
    providing: tuple[Owned, ...]


def owners_on_two_sides(
    holdings: Iterable[Holding], sides: Standing, on: date
) -> Iterator[OwnsTwice]:
    """Give each ultimate owner that has, on a day, a part of a buyer and of another that provides.

    An owner that stands on a side itself has all of itself.
    """
    standing = [one for one in holdings if one.stands(on)]
    ownership = Ownership(standing)
    above: dict[int, list[Holding]] = defaultdict(list)
    for one in standing:
        above[one.owned].append(one)
    found: dict[int, list[Owned]] = defaultdict(list)
    for body in sorted(sides):
        for owner, share in ownership.ultimate(body).items():
            found[owner].append(Owned(body, share, tuple(_chain(above, body, owner))))
    for owner, owned in sorted(found.items()):
        buying = tuple(one for one in owned if Side.BUYER in sides[one.organisation])
        providing = tuple(one for one in owned if Side.PROVIDER in sides[one.organisation])
        if _are_two({one.organisation for one in buying}, {o.organisation for o in providing}):
            yield OwnsTwice(owner, buying, providing)


def _are_two(buying: AbstractSet[int], providing: AbstractSet[int]) -> bool:
    """Say whether there is one on each side that is not the other."""
    return bool(buying and providing) and len(buying | providing) > 1


def _chain(above: Mapping[int, list[Holding]], body: int, owner: int) -> Iterator[Holding]:
    """Give the holdings that lead from a body up to an owner."""
    leads: set[int] = {owner}
    reached, level = {body}, {body}
    steps: list[Holding] = []
    while level:
        rows = [one for number in sorted(level) for one in above.get(number, ())]
        steps += rows
        level = {one.owner for one in rows} - reached
        reached |= level
    grown = True
    while grown:
        fresh = {one.owned for one in steps if one.owner in leads} - leads
        leads |= fresh
        grown = bool(fresh)
    yield from (one for one in steps if one.owner in leads)


def check_interest(*, from_on: date, to_on: date | None, today: date, detail: str) -> None:
    """Refuse an interest that begins after today, ends before it begins, or says too much.

    Raises
    ------
    InterestRefusedError
        If it does; the message says what was met.
    """
    if not EARLIEST <= from_on <= today:
        raise InterestRefusedError(
            f"an interest begins between {EARLIEST.year} and today, not on {from_on}"
        )
    if to_on is not None and to_on <= from_on:
        raise InterestRefusedError(
            f"an interest ends after it begins; it would begin on {from_on} and end on {to_on}"
        )
    if len(detail) > DETAIL_MAX:
        raise InterestRefusedError(
            f"what is said of an interest has at most {DETAIL_MAX} characters; it has"
            f" {len(detail):,}"
        )
