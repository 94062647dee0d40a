"""The organisations of the invented world: buyers, providers of every kind, and their owners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from convener.base.kinds import Kind
from convener.simulation.blueprint import AREAS, BOUGHT_ON, GROUPS, REGION, Group
from convener.simulation.names import Namer, other_spellings
from convener.simulation.world import BEGINS_ON, Holding, Organisation

_VCSE = frozenset({Kind.CHARITY, Kind.SOCIAL_ENTERPRISE, Kind.MUTUAL})
MAYOR = "GB-LAE-XTAR"


@dataclass(frozen=True)
class Bodies:
    """Who there is, who owns whom, and which share of a service each is to win."""

    organisations: tuple[Organisation, ...]
    holdings: tuple[Holding, ...]
    wins: Mapping[str, Mapping[str, float]]
    roles: Mapping[str, str]

    @property
    def failing(self) -> str:
        """Return the provider that goes out of business."""
        return self.roles["failing"]


def make_bodies(rng: np.random.Generator, *, size: float) -> Bodies:
    """Return the organisations of a world; ``size`` scales those without a role of their own."""
    namer = Namer(rng)
    providers: list[Organisation] = []
    wins: dict[str, dict[str, float]] = {}
    roles: dict[str, str] = {}
    for group in GROUPS:
        members = list(_members(group, namer, rng, size))
        providers.extend(members)
        if group.role:
            roles[group.role] = members[0].id
        for service, share in group.wins.items():
            wins.setdefault(service, {}).update(
                {member.id: share / len(members) for member in members}
            )
    owners = {role: _owner(namer, words) for role, words in _OWNERS.items()}
    roles |= {role: owner.id for role, owner in owners.items()}
    return Bodies(
        organisations=(*_buyers(), *_teams(namer), *owners.values(), *providers),
        holdings=_holdings(roles),
        wins=wins,
        roles=roles,
    )


_OWNERS = {
    "group": "Group plc",
    "group-homes": "Children's Services Holdings Limited",
    "earlier-owner": "Ventures Limited",
    "giant-group": "Holdings plc",
}


def _members(
    group: Group, namer: Namer, rng: np.random.Generator, size: float
) -> Iterator[Organisation]:
    count = 1 if group.role else max(1, round(group.count * size))
    codes = [area.code for area in AREAS]
    for _ in range(count):
        scheme, identifier = namer.identifier(group.kind, group.scheme)
        name = namer.organisation(group.kind, group.words)
        first = int(rng.integers(len(codes)))
        reached = {codes[(first + step) % len(codes)] for step in range(group.reach)}
        yield Organisation(
            id=f"{scheme}-{identifier}",
            name=name,
            kind=group.kind,
            scheme=scheme,
            identifier=identifier,
            scale=group.scale,
            areas=tuple(code for code in codes if code in reached),
            is_vcse=group.kind in _VCSE,
            also_written=other_spellings(name),
            from_on=group.from_on,
            to_on=group.to_on,
        )


def _buyers() -> Iterator[Organisation]:
    everywhere = tuple(area.code for area in AREAS)
    yield _public(MAYOR, f"{REGION} Mayoral Authority", everywhere)
    for area in AREAS:
        yield _public(area.buyer, f"{area.name} Borough Council", (area.code,))


def _public(id_: str, name: str, areas: tuple[str, ...]) -> Organisation:
    scheme, identifier = id_[:6], id_[7:]
    return Organisation(
        id_, name, Kind.PUBLIC_BODY, scheme, identifier, areas=areas, is_buyer=True
    )


def _teams(namer: Namer) -> Iterator[Organisation]:
    for area in AREAS:
        scheme, identifier = namer.identifier(Kind.IN_HOUSE)
        yield Organisation(
            f"{scheme}-{identifier}",
            f"{area.name} Direct Services",
            Kind.IN_HOUSE,
            scheme,
            identifier,
            areas=(area.code,),
        )


def _owner(namer: Namer, words: str) -> Organisation:
    scheme, identifier = namer.identifier(Kind.PRIVATE)
    name = f"{namer.place()} {words}"
    return Organisation(
        f"{scheme}-{identifier}",
        name,
        Kind.PRIVATE,
        scheme,
        identifier,
        also_written=other_spellings(name),
    )


def _holdings(roles: Mapping[str, str]) -> tuple[Holding, ...]:
    """Return one group with three brands, the last of them bought later, and a 51/49 venture."""
    rows: tuple[tuple[str, str, int], ...] = (
        ("group", "group-homes", 100),
        ("group-homes", "brand-1", 100),
        ("group", "brand-2", 100),
        ("giant-group", "giant", 100),
        ("giant-group", "giants-arm", 100),
        ("giant-group", "joint-venture", 51),
        ("joint-charity", "joint-venture", 49),
    )
    return (
        *(Holding(roles[owner], roles[owned], share, BEGINS_ON) for owner, owned, share in rows),
        Holding(AREAS[0].buyer, roles["council-company"], 100, BEGINS_ON),
        Holding(roles["earlier-owner"], roles["brand-3"], 100, BEGINS_ON, BOUGHT_ON),
        Holding(roles["group"], roles["brand-3"], 100, BOUGHT_ON),
    )
