"""Counts of events among cases, or against what was expected: checked, and who has any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Data:
    """The counts of the units that have any, and where those stand among all."""

    events: Floats
    sizes: Floats
    scored: NDArray[np.bool_]

    @property
    def others(self) -> Floats:
        """Cases without the event."""
        return self.sizes - self.events

    def spread_out(self, values: Floats) -> Floats:
        """Return values of the scored units in the places of all, NaN for the others."""
        shape = (self.scored.size, *values.shape[1:])
        whole = np.full(shape, np.nan)
        whole[self.scored] = values
        return whole


def binomial_data(events: ArrayLike, cases: ArrayLike) -> Data:
    """Return checked events and cases of the units that have cases.

    Raises
    ------
    BadInputError
        If the arrays do not match, a count is negative, not whole or infinite, there are more
        events than cases, or nobody has cases.
    """
    data = _counts(events, cases, "cases")
    if (data.sizes != np.floor(data.sizes)).any():
        raise BadInputError("cases are whole numbers; for an exposure use gamma_poisson")
    over = np.flatnonzero(data.events > data.sizes)
    if over.size:
        seen, of = data.events[over[0]], data.sizes[over[0]]
        raise BadInputError(f"met {seen:g} events in {of:g} cases; wanted no more than all")
    return data


def poisson_data(events: ArrayLike, expected: ArrayLike) -> Data:
    """Return checked events and expected events of the units that expect any.

    Raises
    ------
    BadInputError
        If the arrays do not match, a count is negative, not whole or infinite, events were seen
        where none could be, or nobody has any exposure.
    """
    return _counts(events, expected, "expected events")


def _counts(events: ArrayLike, sizes: ArrayLike, unit: str) -> Data:
    seen = np.atleast_1d(np.asarray(events, dtype=np.float64))
    size = np.atleast_1d(np.asarray(sizes, dtype=np.float64))
    if seen.shape != size.shape or seen.ndim != 1:
        raise BadInputError(f"met {seen.shape} events and {size.shape} {unit}; wanted as many")
    known = ~(np.isnan(seen) | np.isnan(size))
    bad = known & ~(np.isfinite(seen) & np.isfinite(size) & (seen >= 0) & (size >= 0))
    if bad.any():
        raise BadInputError(f"events and {unit} are finite and not negative; see {_first(bad)}")
    if (bad := known & (seen != np.floor(seen))).any():
        raise BadInputError(f"events are whole numbers, not shares; see {_first(bad)}")
    if (bad := known & (size == 0) & (seen > 0)).any():
        raise BadInputError(f"met events where there are no {unit}; see {_first(bad)}")
    scored = known & (size > 0)
    if not scored.any():
        raise BadInputError(f"nobody has any {unit}, so there is nothing to compare")
    return Data(seen[scored], size[scored], scored)


def _first(bad: NDArray[np.bool_]) -> str:
    return f"place {int(bad.argmax())} of {bad.size}"
