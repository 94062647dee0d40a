"""A market's figures, computed from the world itself and by no code of convener's."""

from __future__ import annotations

from collections import Counter
from statistics import median

from convener.simulation.world import Procurement, World


class Figures:
    """What one service of a world looks like."""

    def __init__(self, world: World, service: str) -> None:
        self.world = world
        self.service = service
        self.processes = [each for each in world.procurements if each.service == service]

    def held(self, process: Procurement) -> list[tuple[str, float]]:
        return [
            (supplier, award.amount / len(award.suppliers))
            for award in process.awards
            for supplier in award.suppliers
        ]

    @property
    def by_provider(self) -> Counter[str]:
        totals: Counter[str] = Counter()
        for process in self.processes:
            for supplier, amount in self.held(process):
                totals[supplier] += amount
        return totals

    @property
    def by_owner(self) -> Counter[str]:
        totals: Counter[str] = Counter()
        for process in self.processes:
            for supplier, amount in self.held(process):
                for owner, share in self.world.owner_of(supplier, process.awards_on).items():
                    totals[owner] += amount * share
        return totals

    @property
    def by_kind(self) -> Counter[str]:
        totals: Counter[str] = Counter()
        for provider, amount in self.by_provider.items():
            totals[self.world.by_id[provider].kind.value] += amount
        return totals

    @property
    def single_bid_share(self) -> float:
        contested = [each for each in self.processes if each.method == "open" and each.awards]
        return sum(len(each.bids) == 1 for each in contested) / len(contested)

    @property
    def median_award(self) -> float:
        return median(award.amount for each in self.processes for award in each.awards)

    def in_house_share(self, year: int) -> float:
        places: Counter[bool] = Counter()
        for place in self.world.places:
            if place.service == self.service and place.observed_on.year == year:
                is_own = self.world.by_id[place.provider].kind.value == "in-house"
                places[is_own] += place.places
        return places[True] / places.total()


def shares(totals: Counter[str]) -> list[float]:
    """Return shares in per cent, the largest first."""
    whole = sum(totals.values())
    return sorted((100 * amount / whole for amount in totals.values()), reverse=True)


def hhi(totals: Counter[str]) -> float:
    return sum(share**2 for share in shares(totals))
