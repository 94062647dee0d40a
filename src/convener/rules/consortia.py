"""The financial standing of bodies that bid together, by a rule that the buyer states first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from convener.base.errors import BadInputError
from convener.methods.money.accounts import Accounts, taken_together
from convener.methods.money.standing import unbroken
from convener.rules.standing import WORRY, Profile, Risk, Standing, assess


class ConsortiumError(BadInputError):
    """A consortium cannot be what was given."""


class ConsortiumRule(StrEnum):
    """How several bodies that bid together are read. The buyer states one before bids come."""

    EACH = "each for its own share, and all as the riskiest of them"
    TOGETHER = "the accounts added line by line, for the whole contract"
    LEAD = "the member with the largest share alone, for the whole contract"


@dataclass(frozen=True)
class Member:
    """One body of a consortium, its accounts, and its share of the contract's value."""

    name: str
    accounts: tuple[Accounts, ...]
    share: Decimal


@dataclass(frozen=True)
class ConsortiumStanding:
    """What a consortium's accounts say under the rule that was stated."""

    rule: ConsortiumRule
    standings: Mapping[str, Standing]
    risk: Risk


def assess_consortium(
    members: Sequence[Member],
    annual_value: Decimal,
    *,
    rule: ConsortiumRule,
    profile: Profile,
    on: date,
) -> ConsortiumStanding:
    """Read the accounts of a consortium by a stated rule.

    Under ``EACH`` every member has a standing, under ``LEAD`` the leader, and under ``TOGETHER``
    all members have one by the name of ``together``, from as many years as every member has.

    Raises
    ------
    ConsortiumError
        If there are no members, two have one name, a share is not above 0, the shares do not sum
        to 1, or no one member has the largest share and the lead is asked for.
    """
    _check_members(members)
    if rule is ConsortiumRule.EACH:
        asked = {one.name: (one.accounts, annual_value * one.share) for one in members}
    elif rule is ConsortiumRule.LEAD:
        lead = _lead(members)
        asked = {lead.name: (lead.accounts, annual_value)}
    else:
        asked = {"together": (_together(members, profile, on), annual_value)}
    standings = {
        name: assess(accounts, value, profile=profile, on=on)
        for name, (accounts, value) in asked.items()
    }
    risk = max((one.risk for one in standings.values()), key=WORRY.index)
    return ConsortiumStanding(rule, MappingProxyType(standings), risk)


def _check_members(members: Sequence[Member]) -> None:
    if len({one.name for one in members}) != len(members) or not members:
        raise ConsortiumError("a consortium has one member or more, each with a name of its own")
    shares = [one.share for one in members]
    if min(shares) <= 0 or sum(shares) != 1:
        met = ", ".join(map(str, shares))
        raise ConsortiumError(f"met the shares {met}; wanted shares above 0 that sum to 1")


def _lead(members: Sequence[Member]) -> Member:
    largest = max(one.share for one in members)
    leads = [one for one in members if one.share == largest]
    if len(leads) > 1:
        names = " and ".join(one.name for one in leads)
        raise ConsortiumError(f"{names} have the largest share alike; wanted one lead")
    return leads[0]


def _together(members: Sequence[Member], profile: Profile, on: date) -> tuple[Accounts, ...]:
    runs = [
        unbroken([one for one in member.accounts if one.ends_on < on], profile.year_count)
        for member in members
    ]
    backwards = zip(*(reversed(run) for run in runs), strict=False)
    return tuple(taken_together(years) for years in backwards)
