"""What is known of the effects of many providers: what the normal model returns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from convener.base.errors import BadInputError
from convener.methods.leagues.hyperparameters import Hyper
from convener.methods.leagues.rate_league import falls_on

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EffectLeague:
    """What is known of each provider's effect, given all.

    Each array is in the order of the input. A provider without an estimate has NaN.

    Attributes
    ----------
    scored : (k,) bool
        Who has an estimate.
    raw : (k,) effect
        As given.
    mean, sd : (k,) effect
        Of the posterior: the shrunken estimate and how unsure it is.
    shrinkage : (k,) share, 0 to 1
        How much of the estimate is everybody's and not the provider's own.
    hyper : Hyper
        ``centre`` is the mean over providers given each spread, ``spread`` their standard
        deviation.
    centre_sd : (g,) effect
        How unsure the centre is, given each spread.
    """

    scored: NDArray[np.bool_]
    raw: Floats
    mean: Floats
    sd: Floats
    shrinkage: Floats
    hyper: Hyper
    centre_sd: Floats
    _kept: Floats = field(repr=False)  # (scored, g) share of the estimate that is the unit's own
    _own_sd: Floats = field(repr=False)  # (scored, g) given centre and spread

    def quantiles(self, levels: ArrayLike) -> Floats:
        """Return the posterior quantiles of each provider's effect: (k, levels)."""
        wanted = np.atleast_1d(np.asarray(levels, dtype=np.float64))
        if wanted.size == 0 or not ((wanted > 0) & (wanted < 1)).all():
            raise BadInputError(f"a quantile lies between 0 and 1, not at {wanted.tolist()}")
        centre, sd = self._at_nodes()
        low = (centre - 40 * sd).min(axis=1)[:, None] + 0 * wanted
        high = (centre + 40 * sd).max(axis=1)[:, None] + 0 * wanted
        for _ in range(60):
            middle = (low + high) / 2
            mass = np.stack(
                [ndtr((at[:, None] - centre) / sd) @ self.hyper.weight for at in middle.T], axis=1
            )
            low, high = np.where(mass < wanted, middle, low), np.where(mass < wanted, high, middle)
        return self._spread_out((low + high) / 2)

    def interval(self, level: float = 0.95) -> Floats:
        """Return the ends of each provider's posterior interval with equal tails: (k, 2)."""
        return self.quantiles([(1 - level) / 2, (1 + level) / 2])

    def draws(self, count: int, *, rng: np.random.Generator) -> Floats:
        """Return independent draws of all effects together: (count, k)."""
        nodes, rows = falls_on(self.hyper.weight, count, rng=rng)
        drawn = np.empty((count, self._kept.shape[0]))
        for node, these in zip(nodes, rows, strict=True):
            spread = self.centre_sd[node] * rng.standard_normal((these.size, 1))
            centre, kept = self.hyper.centre[node] + spread, self._kept[:, node]
            own = self._own_sd[:, node] * rng.standard_normal((these.size, kept.size))
            mean = kept * self.raw[self.scored] + (1 - kept) * centre
            drawn[these] = mean + own
        return drawn if self.scored.all() else self._spread_out(drawn.T).T

    def _at_nodes(self) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of each scored unit given each spread."""
        kept = self._kept
        mean = kept * self.raw[self.scored, None] + (1 - kept) * self.hyper.centre
        return mean, np.sqrt(self._own_sd**2 + ((1 - kept) * self.centre_sd) ** 2)

    def _spread_out(self, values: Floats) -> Floats:
        whole = np.full((self.scored.size, *values.shape[1:]), np.nan)
        whole[self.scored] = values
        return whole


def mixed_effects(
    raw: Floats,
    scored: NDArray[np.bool_],
    measured: tuple[Floats, Floats],
    spread: Floats,
    weight: Floats,
) -> EffectLeague:
    """Mix what holds given each spread."""
    value, variance = measured
    total = variance[:, None] + spread**2
    precision = (1 / total).sum(axis=0)
    centre = (value[:, None] / total).sum(axis=0) / precision
    kept = spread**2 / total
    own_sd = np.sqrt(kept * variance[:, None])
    each = kept * value[:, None] + (1 - kept) * centre
    mean = each @ weight
    around = (each - mean[:, None]) ** 2 + own_sd**2 + (1 - kept) ** 2 / precision
    league = EffectLeague(
        scored=scored,
        raw=raw,
        mean=np.full(raw.size, np.nan),
        sd=np.full(raw.size, np.nan),
        shrinkage=np.full(raw.size, np.nan),
        hyper=Hyper(centre, spread, weight),
        centre_sd=1 / np.sqrt(precision),
        _kept=kept,
        _own_sd=own_sd,
    )
    league.mean[scored] = mean
    league.sd[scored] = np.sqrt(around @ weight)
    league.shrinkage[scored] = (1 - kept) @ weight
    return league
