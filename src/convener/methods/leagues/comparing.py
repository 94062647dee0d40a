"""Who is better than whom: pairs of providers, and those that the data cannot tell apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from convener.base.errors import BadInputError
from convener.methods.leagues.ranking import UNRANKED, Ranks

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Providers that stand beside one another and of which no two can be told apart."""

    members: tuple[int, ...]


def chance_of_being_better(drawn: Ranks) -> Floats:
    """Return for each two providers the chance that the first is the better one.

    Parameters
    ----------
    drawn : (n, k) rank
        As :func:`~convener.methods.leagues.ranking.ranks` returns them.

    Returns
    -------
    (k, k) chance, 0 to 1
        Row over column; the two of a pair sum to 1, and a provider against itself is one half.
        NaN where one of the two has no score.
    """
    better = _better(np.ascontiguousarray(drawn.T))
    unranked = drawn[0] == UNRANKED
    better[unranked] = np.nan
    better[:, unranked] = np.nan
    return better


def told_apart(better: Floats, *, level: float = 0.95) -> NDArray[np.bool_]:
    """Return which two providers the data tell apart.

    Parameters
    ----------
    better : (k, k) chance
        As :func:`chance_of_being_better` returns it.
    level : chance, 0 < level < 1
        Two are told apart when the chance that one of them is the better lies outside the middle
        of this size: at 0.95 below 0.025 or above 0.975.

    Returns
    -------
    (k, k) bool
        Never true of a provider without a score.

    Raises
    ------
    BadInputError
        If the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise BadInputError(f"a level lies between 0 and 1, not at {level}")
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(better - 0.5) > level / 2)


def shared_places(better: Floats, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the first and the last place that each provider may claim.

    Parameters
    ----------
    better : (k, k) chance
        As :func:`chance_of_being_better` returns it.
    level : chance, 0 < level < 1
        As for :func:`told_apart`.

    Returns
    -------
    two of (k,) place
        One more than the number of those surely better; and the number ranked less those surely
        worse. Providers that cannot be told from the best share place 1. NaN without a score.

    Raises
    ------
    BadInputError
        As for :func:`told_apart`.
    """
    sure = told_apart(better, level=level)
    scored = ~np.isnan(better.diagonal())
    with np.errstate(invalid="ignore"):
        behind = (sure & (better < 0.5)).sum(axis=1)  # noqa: PLR2004 -- even chances
        ahead = (sure & (better > 0.5)).sum(axis=1)  # noqa: PLR2004 -- as above
    first = np.where(scored, 1.0 + behind, np.nan)
    last = np.where(scored, float(scored.sum()) - ahead, np.nan)
    return first, last


def groups(better: Floats, *, level: float = 0.95) -> tuple[Group, ...]:
    """Return the groups of neighbours in which no two providers can be told apart.

    Providers are put in the order of their expected rank, only to say who is a neighbour. Groups
    overlap: the first may not be told from the second, nor the second from the third, and yet the
    first from the third.

    Parameters
    ----------
    better : (k, k) chance
        As :func:`chance_of_being_better` returns it.
    level : chance, 0 < level < 1
        As for :func:`told_apart`.

    Returns
    -------
    Groups, best first
        Each as long as it can be; every provider with a score is in one at least.

    Raises
    ------
    BadInputError
        As for :func:`told_apart`.
    """
    sure = told_apart(better, level=level)
    scored = np.flatnonzero(~np.isnan(better.diagonal()))
    standing = better[np.ix_(scored, scored)].sum(axis=1)
    order = scored[np.argsort(-standing, kind="stable")]
    found: list[Group] = []
    end = 0
    for start in range(order.size):
        reached = end
        while end < order.size and not sure[order[end], order[start:end]].any():
            end += 1
        if end > reached:
            found.append(Group(tuple(int(unit) for unit in order[start:end])))
    return tuple(found)


@njit(cache=True)
def _better(across: Ranks) -> Floats:
    """Return how often each unit's rank is below each other one's, as a share."""
    units, draws = across.shape
    share = np.full((units, units), 0.5)
    for one in range(units):
        first = across[one]
        for other in range(one + 1, units):
            second = across[other]
            count = 0
            for draw in range(draws):
                count += first[draw] < second[draw]
            share[one, other] = count / draws
            share[other, one] = 1 - count / draws
    return share
