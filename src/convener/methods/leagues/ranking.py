"""Who may stand where in a league: ranks as far as the data settle them, and no further.

Ranks are drawn, not computed from estimates: each draw of all rates together is ranked, and what
is said of a provider is said of its ranks over all draws. Rank 1 is the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from convener.base.errors import BadInputError
from convener.methods.intervals import Z_95

Floats = NDArray[np.float64]
Ranks = NDArray[np.signedinteger[Any]]
Best = Literal["low", "high"]

QUARTER = 0.75  # of the places lie before the worst quarter
UNRANKED = 0


@dataclass(frozen=True)
class Chance:
    """A chance seen among draws, with the interval that their number leaves it."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class RankTable:
    """What is known of each provider's place; NaN for one that has no score.

    Attributes
    ----------
    mean, median : (k,) rank, >= 1
        The expected rank, and the middle one.
    low, high : (k,) rank
        The interval that holds the rank with the chance asked for, equal tails.
    best, worst, worst_quarter : Chance of (k,)
        Of standing first, last, or among the last quarter of places. Show them beside the
        interval of the rank: a chance of being best is no place.
    places : count
        How many were ranked.
    draws : count
        How many draws they rest on.
    """

    mean: Floats
    median: Floats
    low: Floats
    high: Floats
    best: Chance
    worst: Chance
    worst_quarter: Chance
    places: int
    draws: int


def ranks(draws: ArrayLike, *, best: Best, rng: np.random.Generator) -> Ranks:
    """Return the rank of each provider in each draw.

    Parameters
    ----------
    draws : (n, k) rate or effect
        Draws of all providers together, as a league's ``draws`` returns them. A provider that is
        NaN in all draws has no score and no rank.
    best : ``low`` or ``high``
        Which end is good: low for harm, high for success.
    rng : generator
        Breaks ties, which only draws that are rounded or below any number have: by lot.

    Returns
    -------
    (n, k) rank, 1 to the number ranked; 0 where there is none

    Raises
    ------
    BadInputError
        If there are no draws, one is not finite, nobody has a score, or ``best`` is neither.
    """
    values = np.asarray(draws, dtype=np.float64)
    if values.ndim != 2 or 0 in values.shape:  # noqa: PLR2004 -- draws by providers
        raise BadInputError(f"met draws of shape {values.shape}; wanted draws by providers")
    if best not in {"low", "high"}:
        raise BadInputError(f'met best={best!r}; say whether "low" or "high" is good')
    scored = ~np.isnan(values[0])
    kept = values if scored.all() else values[:, scored]
    if not scored.any() or not np.isfinite(kept).all() or not np.isnan(values[:, ~scored]).all():
        raise BadInputError("draws are finite, or NaN in all draws of a provider without a score")
    ranked = _ranked(kept, rng)
    if best == "high":
        np.subtract(kept.shape[1] + 1, ranked, out=ranked)
    if scored.all():
        return ranked
    whole = np.full(values.shape, UNRANKED, dtype=ranked.dtype, order="F")
    whole[:, scored] = ranked
    return whole


def rank_table(drawn: Ranks, *, level: float = 0.95) -> RankTable:
    """Return what the ranks of many draws say of each provider's place.

    Parameters
    ----------
    drawn : (n, k) rank
        As :func:`ranks` returns them.
    level : chance, 0 < level < 1
        That the interval of a rank holds it.

    Returns
    -------
    RankTable
        Ends of intervals are ranks that were drawn: the least with at least the chance of the
        tail up to it.

    Raises
    ------
    BadInputError
        If the level is not between 0 and 1.

    References
    ----------
    Goldstein and Spiegelhalter (1996), "League tables and their limitations", Journal of the
    Royal Statistical Society A 159(3), section 4.
    """
    if not 0 < level < 1:
        raise BadInputError(f"an interval holds its rank with a chance of 0 to 1, not {level}")
    scored = drawn[0] != UNRANKED
    places = int(scored.sum())
    count = drawn.shape[0]
    seen = _seen(np.ascontiguousarray(drawn.T), places)[scored, 1:]
    upto = np.cumsum(seen, axis=1)
    low, median, high = (
        _expanded(_at(upto, tail * count), scored)
        for tail in ((1 - level) / 2, 0.5, (1 + level) / 2)
    )
    rank = np.arange(1, places + 1)
    return RankTable(
        mean=_expanded(seen @ rank / count, scored),
        median=median,
        low=low,
        high=high,
        best=_chance(seen[:, 0], count, scored),
        worst=_chance(seen[:, -1], count, scored),
        worst_quarter=_chance(seen[:, rank > QUARTER * places].sum(axis=1), count, scored),
        places=places,
        draws=count,
    )


def expected_ranks(estimates: ArrayLike, errors: ArrayLike, *, best: Best) -> Floats:
    """Return the expected rank of each estimate taken as it stands, without shrinking.

    Parameters
    ----------
    estimates : (k,) effect
        As measured.
    errors : (k,) effect, > 0
        Their standard errors.
    best : ``low`` or ``high``
        Which end is good.

    Returns
    -------
    (k,) rank, 1 to k
        One and the chances of all others to be better, by the normal law.

    Raises
    ------
    BadInputError
        If the arrays do not match, are empty or not finite, or an error is not above zero.

    References
    ----------
    Laird and Louis (1989), "Empirical Bayes ranking methods", Journal of Educational Statistics
    14(1), section 2.
    """
    value, error = np.asarray(estimates, np.float64), np.asarray(errors, np.float64)
    if value.ndim != 1 or value.shape != error.shape or value.size == 0:
        raise BadInputError(f"met {value.shape} estimates and {error.shape} errors")
    if not (np.isfinite(value).all() and np.isfinite(error).all() and (error > 0).all()):
        raise BadInputError("estimates are finite, and errors are finite and above zero")
    if best not in {"low", "high"}:
        raise BadInputError(f'met best={best!r}; say whether "low" or "high" is good')
    ahead = value[None, :] - value[:, None]
    chance = ndtr((ahead if best == "high" else -ahead) / np.hypot(error[None, :], error[:, None]))
    return np.asarray(chance.sum(axis=1) + 0.5)


def _ranked(values: Floats, rng: np.random.Generator) -> Ranks:
    """Return the place of each value in its row, the least first, ties by lot.

    What comes after goes through the draws of one provider after the other, so they lie together.
    """
    size = np.int16 if values.shape[1] <= np.iinfo(np.int16).max else np.int32
    order = np.argsort(values, axis=1)
    ranked = np.empty(values.shape, dtype=size, order="F")
    for row in np.flatnonzero(_placed(values, order, ranked)):
        order[row] = np.lexsort((rng.random(values.shape[1]), values[row]))
        ranked[row, order[row]] = np.arange(1, values.shape[1] + 1)
    return ranked


@njit(cache=True)
def _placed(values: Floats, order: NDArray[np.intp], ranked: Ranks) -> NDArray[np.bool_]:
    """Fill the ranks that an order gives, and return which rows hold a tie."""
    tied = np.zeros(values.shape[0], np.bool_)
    for row in range(values.shape[0]):
        for place in range(values.shape[1]):
            unit = order[row, place]
            ranked[row, unit] = place + 1
            if place > 0 and values[row, unit] == values[row, order[row, place - 1]]:
                tied[row] = True
    return tied


@njit(cache=True)
def _seen(across: Ranks, places: int) -> NDArray[np.int64]:
    """Return how often each unit held each place; place 0 is none."""
    seen = np.zeros((across.shape[0], places + 1), np.int64)
    for unit in range(across.shape[0]):
        for rank in across[unit]:
            seen[unit, rank] += 1
    return seen


def _at(upto: NDArray[np.int64], wanted: float) -> Floats:
    """Return the least rank up to which at least so many draws lie."""
    return np.asarray((upto >= wanted - 1e-9).argmax(axis=1) + 1.0)


def _chance(seen: NDArray[np.int64], count: int, scored: NDArray[np.bool_]) -> Chance:
    """Return shares of draws with their Wilson intervals."""
    share = seen / count
    scale = 1 + Z_95**2 / count
    centre = (share + Z_95**2 / (2 * count)) / scale
    half = Z_95 * np.sqrt(share * (1 - share) / count + (Z_95 / (2 * count)) ** 2) / scale
    low = np.where(seen == 0, 0.0, np.maximum(centre - half, 0))
    high = np.where(seen == count, 1.0, np.minimum(centre + half, 1))
    return Chance(_expanded(share, scored), _expanded(low, scored), _expanded(high, scored))


def _expanded(values: Floats, scored: NDArray[np.bool_]) -> Floats:
    whole = np.full(scored.size, np.nan)
    whole[scored] = values
    return whole
