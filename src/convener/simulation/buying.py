"""One service bought for six years: tenders, bids, awards and signed contracts.

The winner of a lot is the bidder that lies furthest behind the share that its group is to win, so
every seed comes to the market that the blueprint describes, by its own way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from convener.base.kinds import Kind
from convener.simulation.blueprint import AREAS, FAILED_ON, THOUSAND, Service
from convener.simulation.bodies import MAYOR, Bodies
from convener.simulation.days import first_of_next_month, months_after
from convener.simulation.lives import Lives
from convener.simulation.world import (
    BEGINS_ON,
    ENDS_ON,
    NOTICE,
    Award,
    Bid,
    Contract,
    Lot,
    Organisation,
    Procurement,
)

_ALLIES = frozenset({Kind.CHARITY, Kind.SOCIAL_ENTERPRISE, Kind.MUTUAL})
_CONSORTIUM = 0.06
_ALLIES_SOUGHT = 30
_CANCELLED = 0.03
_PLANNED = 0.4
_FEWEST_ON_A_FRAMEWORK = 5


@dataclass
class Buying:
    """Buys one service, and remembers who holds what."""

    service: Service
    bodies: Bodies
    rng: np.random.Generator
    size: float = 1.0
    _pool: list[Organisation] = field(init=False)
    _target: NDArray[np.float64] = field(init=False)
    _held: NDArray[np.float64] = field(init=False)
    _from: NDArray[np.int_] = field(init=False)
    _to: NDArray[np.int_] = field(init=False)
    _serves: dict[str, NDArray[np.bool_]] = field(init=False)
    _incumbent: dict[tuple[str, ...], int] = field(default_factory=dict)
    _count: int = 0

    def __post_init__(self) -> None:
        wins = self.bodies.wins[self.service.slug]
        self._pool = [each for each in self.bodies.organisations if each.id in wins]
        self._target = np.array([wins[each.id] for each in self._pool])
        self._held = np.zeros(len(self._pool))
        self._from = np.array([(each.from_on or date.min).toordinal() for each in self._pool])
        self._to = np.array([(each.to_on or date.max).toordinal() for each in self._pool])
        self._serves = {
            area.code: np.array([area.code in each.areas for each in self._pool]) for area in AREAS
        }

    def procurements(self) -> Iterator[Procurement]:
        """Yield every process in the order of publication, then what the failure made needed."""
        lives = Lives(self.service, self.bodies, self.rng)
        exposed: list[tuple[Procurement, Contract]] = []
        for published_on, buyer, areas in self._occasions():
            process = self._tender(published_on, buyer, areas)
            process = replace(process, contracts=tuple(lives.lived(process)))
            yield process
            exposed.extend(
                (process, contract)
                for contract in process.contracts
                if contract.terminated_on == FAILED_ON
            )
        for process, contract in exposed:
            yield self._replacement(process, contract, lives)

    def _occasions(self) -> list[tuple[date, str, tuple[str, ...]]]:
        """Return when each buyer goes to market, and for which areas."""
        codes = tuple(area.code for area in AREAS)
        buyers: list[tuple[str, tuple[str, ...]]] = [(area.buyer, (area.code,)) for area in AREAS]
        if self.service.joint:
            north, south = codes[:3], codes[3:]
            leads = (MAYOR, MAYOR, AREAS[0].buyer, AREAS[3].buyer)
            buyers = list(zip(leads, (north, south, north, south), strict=True))
        apart = self.service.months * 30.4 / self.size
        occasions = []
        for buyer, areas in buyers:
            offset = float(self.rng.integers(0, min(150, int(apart) or 1)))
            while (day := BEGINS_ON + timedelta(days=int(offset))) < ENDS_ON:
                occasions.append((day, buyer, areas))
                offset += apart + float(self.rng.integers(-15, 16)) * min(1.0, 1 / self.size)
        return sorted(occasions)

    def _tender(self, published_on: date, buyer: str, areas: tuple[str, ...]) -> Procurement:
        service = self.service
        is_framework = self._chance(service.framework)
        is_direct = not is_framework and self._chance(service.direct)
        process = self._opened(published_on, buyer, areas, is_framework=is_framework)
        if is_direct:
            process = replace(
                process, method="direct", planned_on=None, first_closes_on=process.closes_on
            )
        if process.closes_on >= ENDS_ON:
            return process
        if not is_direct and not service.joint and self._chance(_CANCELLED):
            return replace(process, status="cancelled")
        if process.awards_on > ENDS_ON:
            return process
        return self._won(process, is_direct=is_direct)

    def _opened(
        self, published_on: date, buyer: str, areas: tuple[str, ...], *, is_framework: bool
    ) -> Procurement:
        """Return the process as its first notices have it."""
        service = self.service
        self._count += 1
        first_closes_on = published_on + timedelta(days=self._between(service.days_to_bid))
        late = 14 if self._chance(0.12) else 0
        closes_on = first_closes_on + timedelta(days=late)
        awards_on = closes_on + timedelta(days=self._between((35, 80)))
        starts_on = first_of_next_month(awards_on + timedelta(days=28))
        years = self._between(service.years)
        lots = self._lots(years, is_framework=is_framework)
        names = " and ".join(area.name for area in AREAS if area.code in areas)
        return Procurement(
            ocid=f"ocds-invent-{service.slug}-{self._count:04d}",
            service=service.slug,
            buyer=buyer,
            areas=areas,
            title=f"{service.name}, {names}, from {starts_on:%B %Y}. {NOTICE}",
            method="open",
            is_framework=is_framework,
            status="active",
            amount=sum(lot.amount for lot in lots),
            planned_on=self._planned(published_on),
            published_on=published_on,
            first_closes_on=first_closes_on,
            closes_on=closes_on,
            awards_on=awards_on,
            starts_on=starts_on,
            ends_on=months_after(starts_on, 12 * years) - timedelta(days=1),
            lots=lots,
            lists_bids=self._chance(0.92),
        )

    def _planned(self, published_on: date) -> date | None:
        planned_on = published_on - timedelta(days=60)
        return planned_on if self._chance(_PLANNED) and planned_on >= BEGINS_ON else None

    def _lots(self, years: int, *, is_framework: bool) -> tuple[Lot, ...]:
        service = self.service
        count = 1 if is_framework else self._between(service.lots)
        scale = 3 if is_framework else 1
        lots = []
        for at in range(count):
            amount = self._between(service.annual) * years * scale
            zone = f"{service.zones[at]} of the borough" if count > 1 else "whole area"
            lots.append(Lot(f"lot-{at + 1}", f"{service.name}, {zone}", _whole(amount)))
        return tuple(lots)

    def _won(self, process: Procurement, *, is_direct: bool) -> Procurement:
        bids: list[Bid] = []
        awards: list[Award] = []
        for lot in process.lots:
            offered = self._bids(process, lot, first=len(bids) + 1, is_direct=is_direct)
            bids.extend(offered)
            awards.append(self._award(process, lot, offered, number=len(awards) + 1))
        contracts = tuple(
            Contract(
                id=f"{award.id}-contract",
                award=award.id,
                amount=award.amount,
                signed_on=award.awarded_on + timedelta(days=self._between((11, 26))),
                starts_on=process.starts_on,
                ends_on=process.ends_on,
            )
            for award in awards
        )
        signed = tuple(contract for contract in contracts if contract.signed_on <= ENDS_ON)
        return replace(
            process, status="complete", bids=tuple(bids), awards=tuple(awards), contracts=signed
        )

    def _bids(self, process: Procurement, lot: Lot, *, first: int, is_direct: bool) -> list[Bid]:
        """Return the bids for a lot, the winning one first."""
        candidates = self._candidates(process)
        winner = self._winner(candidates, lot.amount, process.areas)
        count = self._bid_count(len(candidates), process, is_direct=is_direct)
        drawn = self.rng.permutation(candidates)
        others = [int(at) for at in drawn[: count + _ALLIES_SOUGHT] if at != winner]
        who = [self._tenderers(winner, others[count:]), *((at,) for at in others[: count - 1])]
        ordered = [
            Bid(
                id=f"bid-{first + place}",
                lot=lot.id,
                tenderers=tuple(self._pool[at].id for at in members),
                amount=_whole(lot.amount * (0.9 + 0.17 * float(self.rng.random()))),
                bid_on=process.closes_on - timedelta(days=self._between((0, 5))),
                is_valid=place == 0 or process.is_framework or not self._chance(0.06),
            )
            for place, members in enumerate(who)
        ]
        self._hold(who if process.is_framework else who[:1], lot.amount)
        self._incumbent[process.areas] = winner
        return ordered

    def _award(self, process: Procurement, lot: Lot, bids: Sequence[Bid], *, number: int) -> Award:
        """Return the award of a lot to its first bid, or to every bid for a framework."""
        winning = bids if process.is_framework else bids[:1]
        return Award(
            id=f"award-{number}",
            lot=lot.id,
            bids=tuple(bid.id for bid in winning),
            suppliers=tuple(member for bid in winning for member in bid.tenderers),
            amount=lot.amount if process.is_framework else bids[0].amount,
            awarded_on=process.awards_on,
        )

    def _candidates(self, process: Procurement) -> NDArray[np.intp]:
        """Return who is in business at the close and serves the area; else anyone who trades."""
        day = process.closes_on.toordinal()
        trades = (self._from <= day) & (day < self._to)
        near = trades & np.all([self._serves[area] for area in process.areas], axis=0)
        return np.flatnonzero(near if near.any() else trades)

    def _winner(self, candidates: NDArray[np.intp], amount: int, areas: tuple[str, ...]) -> int:
        incumbent = self._incumbent.get(areas)
        if (
            incumbent is not None
            and incumbent in candidates
            and self._chance(self.service.loyalty)
        ):
            return incumbent
        target = self._target[candidates] / self._target[candidates].sum()
        behind = target * (self._held.sum() + amount) - self._held[candidates]
        luck = self.rng.random(len(candidates)) * amount * 0.2
        return int(candidates[int(np.argmax(behind + luck))])

    def _bid_count(self, most: int, process: Procurement, *, is_direct: bool) -> int:
        if is_direct:
            return 1
        if process.is_framework:
            return min(most, _FEWEST_ON_A_FRAMEWORK + self._between((0, 2)))
        if self._chance(self.service.single_bid):
            return 1
        return min(most, self._between(self.service.bidders))

    def _tenderers(self, winner: int, others: Sequence[int]) -> tuple[int, ...]:
        """Return the winner, at times with an ally from those who do not bid themselves."""
        allies = [at for at in others if self._pool[at].kind in _ALLIES]
        if self._pool[winner].kind in _ALLIES and allies and self._chance(_CONSORTIUM):
            return winner, allies[0]
        return (winner,)

    def _hold(self, winners: Sequence[tuple[int, ...]], amount: int) -> None:
        members = [at for each in winners for at in each]
        for at in members:
            self._held[at] += amount / len(members)

    def _replacement(self, process: Procurement, contract: Contract, lives: Lives) -> Procurement:
        """Return the year's contract that was given directly when the provider failed."""
        opened = self._opened(
            FAILED_ON + timedelta(days=3), process.buyer, process.areas, is_framework=False
        )
        years = max(1, round((contract.ends_on - contract.starts_on).days / 365))
        lot = Lot("lot-1", f"{self.service.name}, interim", _whole(contract.amount // years))
        interim = replace(
            opened,
            method="direct",
            amount=lot.amount,
            lots=(lot,),
            planned_on=None,
            first_closes_on=opened.published_on + timedelta(days=7),
            closes_on=opened.published_on + timedelta(days=7),
            awards_on=opened.published_on + timedelta(days=10),
            starts_on=date(2024, 8, 1),
            ends_on=date(2025, 7, 31),
        )
        won = self._won(interim, is_direct=True)
        return replace(won, contracts=tuple(lives.lived(won)))

    def _between(self, ends: tuple[int, int]) -> int:
        return int(self.rng.integers(ends[0], ends[1] + 1))

    def _chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)


def _whole(amount: float) -> int:
    """Return pence rounded to whole hundreds of pounds, as such figures are written."""
    step = THOUSAND // 10
    return max(step, round(amount / step) * step)
