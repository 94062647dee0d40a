"""What a funnel shows, and how one of normal limits is drawn on a scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from convener.methods.charts.funnel_limits import Floats, FunnelError, tail_of
from convener.methods.charts.funnel_scales import Scale
from convener.methods.charts.overdispersion import Overdispersion, overdispersion


@dataclass(frozen=True, eq=False)  # arrays have no one answer to whether they are equal
class Limits:
    """The limits of one level, for each provider in the order given."""

    level: float
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Widening:
    """How limits allow for what makes all providers differ beyond chance."""

    model: str = "additive"
    """``additive``: a random effect between providers. ``multiplicative``: a common factor on
    their standard errors, never below 1."""

    trim: str = "truncate"
    """How extremes are held back: see :func:`overdispersion.overdispersion`."""

    share: float = 0.1
    """How much of each end counts as extreme."""


@dataclass(frozen=True, eq=False)  # arrays have no one answer to whether they are equal
class Funnel:
    """What a funnel plot shows: values, the target, limits, and how far each lies out."""

    value: Floats
    """Each provider's ratio or proportion; NaN where not known, or where nothing could happen."""

    target: float
    """Where a provider like all lies."""

    score: Floats
    """How many standard deviations each lies from the target, after any widening."""

    limits: tuple[Limits, ...]
    """Limits by level, in the order asked for."""

    spread: Overdispersion | None = None
    """How far providers differ beyond chance, where limits were widened by it."""

    def above(self, level: float = 0.998) -> NDArray[np.bool_]:
        """Return who lies above the upper limit; nobody whose value is not known."""
        return np.asarray(self.value > self._at(level).upper)

    def below(self, level: float = 0.998) -> NDArray[np.bool_]:
        """Return who lies below the lower limit; nobody whose value is not known."""
        return np.asarray(self.value < self._at(level).lower)

    def outside(self, level: float = 0.998) -> NDArray[np.bool_]:
        """Return the outliers of a level, on either side."""
        return self.above(level) | self.below(level)

    def _at(self, level: float) -> Limits:
        for limits in self.limits:
            if limits.level == level:
                return limits
        levels = [limits.level for limits in self.limits]
        raise FunnelError(f"met the level {level:g}; wanted one that this funnel has: {levels}")


@dataclass(frozen=True)
class Drawing:
    """How a funnel of normal limits is drawn."""

    scale: Scale
    target: float
    levels: tuple[float, ...]
    widen: Widening | None

    def funnel(self, value: Floats, size: Floats) -> Funnel:
        """Return the funnel of values, each of its size."""
        error = self.scale.error(self.target, size)
        middle = self.scale.forward(np.asarray(self.target))
        away = self.scale.forward(value) - middle
        spread = self._spread(away / error, error)
        wide = self._widened(error, spread)
        limits = [self._limits(level, middle, wide) for level in self.levels]
        return Funnel(value, self.target, away / wide, tuple(limits), spread)

    def _spread(self, score: Floats, error: Floats) -> Overdispersion | None:
        if self.widen is None:
            return None
        return overdispersion(score, error, trim=self.widen.trim, share=self.widen.share)

    def _widened(self, error: Floats, spread: Overdispersion | None) -> Floats:
        if self.widen is None or spread is None:
            return error
        if self.widen.model == "additive":
            return np.sqrt(np.square(error) + spread.tau2)
        if self.widen.model == "multiplicative":
            return np.asarray(error * np.sqrt(max(1.0, spread.phi)), dtype=np.float64)
        message = f'met the model "{self.widen.model}"; wanted "additive" or "multiplicative"'
        raise FunnelError(message)

    def _limits(self, level: float, middle: Floats, wide: Floats) -> Limits:
        reach = -special.ndtri(tail_of(level)) * wide
        return Limits(level, self.scale.back(middle - reach), self.scale.back(middle + reach))
