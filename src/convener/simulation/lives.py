"""What became of a contract: its start, its changes, its indicators, its end before time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from convener.simulation.blueprint import FAILED_ON, THOUSAND, Service
from convener.simulation.bodies import Bodies
from convener.simulation.days import months_after
from convener.simulation.world import (
    ENDS_ON,
    Change,
    Contract,
    Observation,
    Procurement,
    Reading,
)

_TERMINATED = 0.025
_MEASURED = 0.65
_LEAST_OF_A_RATING = ((88, "met"), (80, "slightlyBelow"), (66, "below"), (0, "significantlyBelow"))


class Lives:
    """Lives the contracts of one service, by chance and by what their provider is."""

    def __init__(self, service: Service, bodies: Bodies, rng: np.random.Generator) -> None:
        self.service = service
        self.bodies = bodies
        self.rng = rng
        self._quality: dict[str, float] = {}

    def lived(self, process: Procurement) -> Iterator[Contract]:
        """Yield the contracts of a process with all that happened to them by the world's end."""
        suppliers = {award.id: award.suppliers for award in process.awards}
        for contract in process.contracts:
            provider = suppliers[contract.award][0]
            begun = replace(contract, mobilised_on=self._mobilised(contract))
            changed = replace(begun, changes=self._changes(begun))
            ended = self._ended(changed, provider)
            yield replace(ended, observations=tuple(self._observations(ended, provider)))

    def _mobilised(self, contract: Contract) -> date | None:
        late = int(self.rng.integers(5, 60)) if self.rng.random() < 0.2 else 0  # noqa: PLR2004 -- one in five
        day = contract.starts_on + timedelta(days=late)
        return day if day <= ENDS_ON else None

    def _changes(self, contract: Contract) -> tuple[Change, ...]:
        """Return what was added: more value, at times a further year."""
        if self.rng.random() >= self.service.growth:
            return ()
        length = (contract.ends_on - contract.starts_on).days
        on = contract.starts_on + timedelta(days=int(length * (0.4 + 0.4 * self.rng.random())))
        if on > ENDS_ON:
            return ()
        growth = 0.06 + 0.24 * float(self.rng.random())
        ends_on = contract.ends_on
        because = "More people needed the service than were foreseen"
        if self.rng.random() < 0.4:  # noqa: PLR2004 -- two in five are longer as well
            ends_on = months_after(contract.ends_on + timedelta(days=1), 12) - timedelta(days=1)
            growth += 365 / length
            because = "A further year, as the contract allows"
        step = THOUSAND // 10
        amount = round(contract.amount * (1 + growth) / step) * step
        return (Change(on, amount, ends_on, because),)

    def _ended(self, contract: Contract, provider: str) -> Contract:
        last = contract.last_ends_on
        if provider == self.bodies.failing and contract.starts_on < FAILED_ON < last:
            return _cut(contract, FAILED_ON, "The provider went out of business")
        days = int((last - contract.starts_on).days * (0.3 + 0.5 * self.rng.random()))
        on = contract.starts_on + timedelta(days=days)
        if self.rng.random() < _TERMINATED and on <= ENDS_ON:
            return _cut(contract, on, "The service did not reach the agreed standard")
        return contract

    def _observations(self, contract: Contract, provider: str) -> Iterator[Observation]:
        """Yield each indicator of each whole year that was delivered."""
        if self.rng.random() >= _MEASURED:
            return
        from_on = contract.starts_on
        while (to_on := months_after(from_on, 12) - timedelta(days=1)) <= min(
            contract.last_ends_on, ENDS_ON
        ):
            for indicator in self.service.indicators:
                measure = self._measure(provider, to_on)
                yield Observation(indicator, from_on, to_on, measure, _rating(measure))
            from_on = to_on + timedelta(days=1)

    def _measure(self, provider: str, on: date) -> int:
        usual = self._quality.setdefault(provider, 88 + 5 * float(self.rng.standard_normal()))
        if provider == self.bodies.failing:
            usual = 90 - 9 * (on - date(2020, 10, 1)).days / 365
        if provider == self.bodies.roles["giant"]:
            usual = 78
        if self.service.reading is Reading.UNCONTESTED:
            usual -= 4
        return int(np.clip(round(usual + 4 * self.rng.standard_normal()), 20, 100))


def _cut(contract: Contract, on: date, because: str) -> Contract:
    """Return the contract ended early; a change that was still to come does not happen."""
    changes = tuple(change for change in contract.changes if change.on < on)
    return replace(contract, changes=changes, terminated_on=on, termination_reason=because)


def _rating(measure: int) -> str:
    return next(rating for least, rating in _LEAST_OF_A_RATING if measure >= least)
