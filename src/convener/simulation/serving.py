"""Who served whom: places of provision on each 31 March, and payments month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from convener.base.kinds import Kind
from convener.simulation.blueprint import AREAS, SERVICE, SERVICES, THOUSAND, Service
from convener.simulation.bodies import Bodies
from convener.simulation.days import months_after
from convener.simulation.names import Namer
from convener.simulation.world import ENDS_ON, Payment, Place, Procurement

OBSERVED = tuple(date(year, 3, 31) for year in range(2021, 2027))
_FRAMEWORK_USED = 0.45  # a framework's value is a ceiling; this much of it is bought
_MOST_SITES = 3
_BEST = ("Outstanding", "Good", "Requires improvement", "Inadequate")


@dataclass(frozen=True)
class Spell:
    """One provider serving under one contract, at so many pence a year."""

    service: str
    buyer: str
    areas: tuple[str, ...]
    provider: str
    annual: int
    from_on: date
    to_on: date


def spells(procurements: Sequence[Procurement], rng: np.random.Generator) -> list[Spell]:
    """Return the spells of every contract, an award of several shared out among them."""
    found: list[Spell] = []
    for process in procurements:
        awards = {award.id: award for award in process.awards}
        for contract in process.contracts:
            suppliers = awards[contract.award].suppliers
            days = (contract.ends_on - contract.starts_on).days + 1
            yearly = contract.amount * 365 / days
            shares = rng.dirichlet([4.0] * len(suppliers)) if len(suppliers) > 1 else [1.0]
            used = _FRAMEWORK_USED if process.is_framework else 1.0
            found.extend(
                Spell(
                    process.service,
                    process.buyer,
                    process.areas,
                    supplier,
                    round(yearly * used * float(share)),
                    contract.starts_on,
                    contract.last_ends_on,
                )
                for supplier, share in zip(suppliers, shares, strict=True)
            )
    return found


class Provision:
    """Lists the places of every service, the councils' own among them."""

    def __init__(self, bodies: Bodies, namer: Namer, rng: np.random.Generator) -> None:
        self.namer = namer
        self.rng = rng
        self.bodies = bodies
        self.teams = {
            each.areas[0]: each.id for each in bodies.organisations if each.kind is Kind.IN_HOUSE
        }
        self._names: dict[str, str] = {}
        self._order = {each.id: at for at, each in enumerate(bodies.organisations)}

    def places(self, served: Sequence[Spell]) -> Iterator[Place]:
        """Yield every place on every day of observation."""
        contracted = _contracted(served)
        for on in OBSERVED:
            for service in SERVICES:
                for area in AREAS:
                    amounts = contracted[on, service.slug, area.code]
                    for provider in sorted(amounts, key=self._order.__getitem__):
                        count = max(1, round(amounts[provider] / service.yearly_cost))
                        yield from self._sites(on, service, area.code, provider, count)
                    yield from self._own(on, service, area.code, contracted)

    def _own(
        self, on: date, service: Service, area: str, contracted: _Contracted
    ) -> Iterator[Place]:
        """Yield the council's own places: the service's share beside a usual year's contracts."""
        usual = sum(sum(contracted[day, service.slug, area].values()) for day in OBSERVED) / len(
            OBSERVED
        )
        beside = service.in_house / (1 - service.in_house)
        places = usual * beside * (0.95 + 0.1 * float(self.rng.random())) / service.yearly_cost
        if round(places) > 0:
            yield from self._sites(on, service, area, self.teams[area], round(places))

    def _sites(
        self, on: date, service: Service, area: str, provider: str, count: int
    ) -> Iterator[Place]:
        sites = min(_MOST_SITES, count, 1 + count // 12)
        for number in range(sites):
            stem = f"INV-{SERVICES.index(service) + 1}-{area[-1]}"
            id_ = f"{stem}-{self._order[provider]:03d}-{number + 1}"
            name = self._names.setdefault(id_, f"{self.namer.place()} House")
            places = count // sites + (1 if number < count % sites else 0)
            yield Place(
                on, service.slug, area, id_, name, provider, places, self._rating(provider)
            )

    def _rating(self, provider: str) -> str:
        chances = [0.12, 0.66, 0.18, 0.04]
        if provider in {self.bodies.failing, self.bodies.roles["giant"]}:
            chances = [0.02, 0.38, 0.42, 0.18]
        return _BEST[int(np.searchsorted(np.cumsum(chances), self.rng.random()))]


_Contracted = dict[tuple[date, str, str], dict[str, float]]


def _contracted(served: Sequence[Spell]) -> _Contracted:
    """Return the yearly pence of each provider by day of observation, service and area."""
    found: _Contracted = defaultdict(lambda: defaultdict(float))
    for spell in served:
        for on in OBSERVED:
            if spell.from_on <= on <= spell.to_on:
                for area in spell.areas:
                    found[on, spell.service, area][spell.provider] += spell.annual / len(
                        spell.areas
                    )
    return found


def payments(served: Sequence[Spell], rng: np.random.Generator) -> list[Payment]:
    """Return the payments of every month, with a few credits, in order of day."""
    lines = [line for spell in served for line in _paid(spell, rng)]
    lines.extend(_direct_payments(rng))
    return sorted(
        lines, key=lambda line: (line.paid_on, line.buyer, line.payee or "", line.amount)
    )


def _paid(spell: Spell, rng: np.random.Generator) -> Iterator[Payment]:
    service = SERVICE[spell.service].name
    month = spell.from_on.replace(day=1)
    while month <= min(spell.to_on, ENDS_ON):
        on = month + timedelta(days=int(rng.integers(4, 27)))
        amount = round(spell.annual / 12 * (0.94 + 0.12 * float(rng.random())))
        if on <= ENDS_ON:
            yield Payment(on, spell.buyer, spell.provider, amount, service)
            if rng.random() < 0.01:  # noqa: PLR2004 -- one payment in a hundred is partly taken back
                yield Payment(on, spell.buyer, spell.provider, -amount // 10, service)
        month = months_after(month, 1)


def _direct_payments(rng: np.random.Generator) -> Iterator[Payment]:
    """Yield what each borough pays people to arrange their own home care."""
    for area in AREAS:
        month = date(2020, 4, 1)
        while month <= ENDS_ON:
            amount = int(rng.integers(2 * THOUSAND, 6 * THOUSAND))
            yield Payment(month.replace(day=28), area.buyer, None, amount, "Home care")
            month = months_after(month, 1)
