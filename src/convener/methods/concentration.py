"""How concentrated a market is: the measures of shares that the literature names."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError

POINTS = 10_000.0  # the index of a market with one provider
TOLERANCE = 1e-6
RESTS = (None, "scale", "one", "many")

Shares = NDArray[np.float64]


class SharesError(BadInputError):
    """The shares of a market cannot be what was given."""


def shares_of(sizes: ArrayLike, *, rest: str | None = None) -> Shares:
    """Return what part of a market each provider has.

    Parameters
    ----------
    sizes : (n,) shares that sum to 1, or any sizes, >= 0
        Shares as proportions; or values, places or counts together with ``rest="scale"``.
    rest : ``scale``, ``one`` or ``many``, needed when the sizes do not sum to 1
        What the part that is not given is: nothing, so that the sizes are scaled to sum to 1;
        one further provider; or providers so many and so small that they add nothing to an
        index. The last two need sizes that sum to less than 1.

    Returns
    -------
    (n,) or (n + 1,) share, 0 to 1
        The shares, which sum to 1 except under ``many``.

    Raises
    ------
    SharesError
        If there are none, one is negative or they are not finite, what is said of the rest is
        not known, or they do not sum to 1 and nothing says what the rest is.
    """
    if rest not in RESTS:
        raise SharesError(f'the rest was {rest!r}; wanted "scale", "one" or "many"')
    given = np.asarray(sizes, dtype=np.float64).ravel()
    with np.errstate(over="ignore", invalid="ignore"):  # what cannot be added is refused below
        total = float(given.sum())
    if given.size == 0 or not np.isfinite(total) or (given < 0).any() or total <= 0:
        raise SharesError("shares are finite, none is negative, and one at least is above zero")
    if abs(total - 1) <= TOLERANCE or rest == "scale":
        return given / total
    if rest is None:
        message = (
            f'the shares sum to {total:g}, not 1: say what the rest is ("scale", "one", "many")'
        )
        raise SharesError(message)
    if total > 1:
        raise SharesError(f"the shares sum to {total:g}, more than the whole market")
    return np.append(given, 1 - total) if rest == "one" else given


def hhi(sizes: ArrayLike, *, rest: str | None = None) -> float:
    """Return the Herfindahl-Hirschman index: the sum of squared percentage shares.

    Parameters
    ----------
    sizes : (n,) shares that sum to 1, or any sizes, >= 0
        As for :func:`shares_of`.
    rest : ``scale``, ``one`` or ``many``
        As for :func:`shares_of`.

    Returns
    -------
    index, 0 to 10,000
        10,000 for one provider, 10,000 / n for n equal ones.

    Raises
    ------
    SharesError
        As for :func:`shares_of`.

    References
    ----------
    US Department of Justice and Federal Trade Commission (2023), Merger Guidelines, 2.1.
    """
    shares = shares_of(sizes, rest=rest)
    return float(POINTS * np.square(shares).sum())


def concentration_ratio(sizes: ArrayLike, largest: int, *, rest: str | None = None) -> float:
    """Return what share of the market its largest providers have together.

    Parameters
    ----------
    sizes : (n,) shares that sum to 1, or any sizes, >= 0
        As for :func:`shares_of`. Under ``one`` the rest may itself be among the largest.
    largest : count, >= 1
        How many of the largest; all, where there are fewer.
    rest : ``scale``, ``one`` or ``many``
        As for :func:`shares_of`.

    Returns
    -------
    share, 0 to 1
        CR1 is the share of the leader, CR4 that of the first four.

    Raises
    ------
    SharesError
        As for :func:`shares_of`, or if ``largest`` is below 1.

    References
    ----------
    Curry and George (1983), "Industrial concentration: a survey", Journal of Industrial
    Economics 31(3), section II.
    """
    if largest < 1:
        raise SharesError(f"a ratio is of 1 provider at least, not of {largest}")
    shares = np.sort(shares_of(sizes, rest=rest))[::-1]
    return float(min(1.0, shares[:largest].sum()))


def effective_number(sizes: ArrayLike, *, rest: str | None = None) -> float:
    """Return of how many equal providers a market as concentrated as this would consist.

    Parameters
    ----------
    sizes : (n,) shares that sum to 1, or any sizes, >= 0
        As for :func:`shares_of`.
    rest : ``scale``, ``one`` or ``many``
        As for :func:`shares_of`.

    Returns
    -------
    number, 1 to n
        The Hill number of order 2, which is 10,000 over the index.

    Raises
    ------
    SharesError
        As for :func:`shares_of`.

    References
    ----------
    Hill (1973), "Diversity and evenness: a unifying notation and its consequences", Ecology
    54(2), page 427. Adelman (1969), Review of Economics and Statistics 51(1), page 99.
    """
    return POINTS / hhi(sizes, rest=rest)


def normalised_hhi(sizes: ArrayLike, *, rest: str | None = None) -> float:
    """Return how unequal the shares are, whatever the number of providers.

    Parameters
    ----------
    sizes : (n,) shares that sum to 1, or any sizes, >= 0
        As for :func:`shares_of`. A provider of size 0 counts as a provider.
    rest : ``scale``, ``one`` or ``many``
        As for :func:`shares_of`.

    Returns
    -------
    index, 0 to 1
        0 where all are equal, 1 where one has everything, or is alone.

    Raises
    ------
    SharesError
        As for :func:`shares_of`, or under ``many``, where nobody knows how many there are.

    References
    ----------
    Cowling and Waterson (1976), "Price-cost margins and market structure", Economica 43(171).
    """
    if rest == "many":
        raise SharesError("a normalised index needs to know how many providers there are")
    shares = shares_of(sizes, rest=rest)
    count = shares.size
    if count == 1:
        return 1.0
    index = float(np.square(shares).sum())
    return max(0.0, (index - 1 / count) / (1 - 1 / count))


def merger_change(sizes: ArrayLike, first: int, second: int, *, rest: str | None = None) -> float:
    """Return by how much the index rises if two providers become one.

    Parameters
    ----------
    sizes : (n,) shares that sum to 1, or any sizes, >= 0
        As for :func:`shares_of`.
    first, second : positions, different
        Which two become one.
    rest : ``scale``, ``one`` or ``many``
        As for :func:`shares_of`.

    Returns
    -------
    index points, >= 0
        Twice the product of their percentage shares.

    Raises
    ------
    SharesError
        As for :func:`shares_of`, or if the two are the same or not there.

    References
    ----------
    US Department of Justice and Federal Trade Commission (2023), Merger Guidelines, 2.1.
    """
    shares = shares_of(sizes, rest=rest)
    if first == second or not (0 <= first < shares.size and 0 <= second < shares.size):
        message = f"met {first} and {second}; wanted two different of {shares.size} providers"
        raise SharesError(message)
    return float(2 * POINTS * shares[first] * shares[second])
