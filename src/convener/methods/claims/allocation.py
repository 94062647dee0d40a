"""How many claims to check, and how many of them in each stratum."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from math import ceil, isfinite, sqrt

from scipy.stats import hypergeom, norm

from convener.base.errors import BadInputError, NoSolutionError


class AllocationError(BadInputError):
    """Sizes, spreads or numbers cannot be what was given."""


class TooFewError(NoSolutionError):
    """The number to check does not reach the minimum of every stratum."""


def allocate(
    sizes: Mapping[str, int],
    total: int,
    *,
    spread: Mapping[str, float] | None = None,
    minimum: int | Mapping[str, int] = 1,
) -> dict[str, int]:
    """Return how many of all claims to check in each stratum.

    The allocation is the best one in whole numbers: no other gives the estimate of the total a
    smaller variance. Each stratum first has its minimum; then each further claim goes where it
    lowers the variance most.

    Parameters
    ----------
    sizes : stratum to count, >= 0
        Claims in each. A stratum smaller than its minimum is checked whole, an empty one has 0.
    total : count, 0 to all claims
        How many to check.
    spread : stratum to standard deviation, >= 0
        Of what is estimated; sqrt(p (1 - p)) for a share p. This is Neyman's allocation. Without
        it all strata are taken to vary alike, and the allocation is proportional to size. Claims
        that are left when every stratum that varies is checked whole go by size.
    minimum : count, >= 1, for all or by stratum
        Never zero; higher for a provider that is new or failing.

    Returns
    -------
    stratum to count, 0 to its size
        The sum is the total; equal claims to the next go by name.

    Raises
    ------
    AllocationError
        If there are more to check than claims, a size, minimum or spread is out of range, or a
        stratum has none.
    TooFewError
        If the minimums alone are more than the total.

    References
    ----------
    Wright (2012), "The equivalence of Neyman optimum allocation for sampling and equal
    proportions for apportioning the US House of Representatives", The American Statistician 66(4).
    Neyman (1934), Journal of the Royal Statistical Society 97(4), section V.

    Examples
    --------
    >>> allocate({"a": 100, "b": 300, "c": 600}, 10)
    {'a': 1, 'b': 3, 'c': 6}
    """
    spreads = dict.fromkeys(sizes, 1.0) if spread is None else dict(spread)
    least = _least(sizes, minimum)
    _check_allocation(sizes, spreads, total)
    if sum(least.values()) > total:
        message = f"met {total} claims to check; the minimums are {sum(least.values())}"
        raise TooFewError(f"{message}: check more, or ask for less in each stratum")
    given = dict(least)
    waiting = [_priority(name, sizes, spreads, given[name]) for name in sizes if sizes[name]]
    waiting = [row for row in waiting if given[row[-1]] < sizes[row[-1]]]
    heapq.heapify(waiting)
    for _ in range(total - sum(least.values())):
        name = waiting[0][-1]
        given[name] += 1
        if given[name] < sizes[name]:
            heapq.heapreplace(waiting, _priority(name, sizes, spreads, given[name]))
        else:
            heapq.heappop(waiting)
    return given


def sample_size(
    population: int, precision: float, *, share: float = 0.5, confidence: float = 0.95
) -> int:
    """Return how many claims to check so that a share is known to within a precision.

    Parameters
    ----------
    population : count, >= 0
        All claims.
    precision : half the width of the interval, 0 to 1, both excluded
        0.05 is five points either way.
    share : 0 to 1
        The share of claims that fail, as expected; one half asks for most.
    confidence : 0 to 1, both excluded
        Of the interval, two-sided.

    Returns
    -------
    count, 0 to the population
        By the normal approximation with the finite population corrected, rounded up; at least
        1 where there are claims. For shares near 0 or 1 see :func:`discovery_size`.

    Raises
    ------
    AllocationError
        If a number is out of range.

    References
    ----------
    Cochran (1977), "Sampling Techniques", third edition, section 4.4.

    Examples
    --------
    >>> sample_size(1_000, 0.05)
    278
    """
    _check_share("precision", precision)
    _check_share("confidence", confidence)
    if population < 0 or not 0 <= share <= 1:
        message = f"met {population} claims and a share of {share}"
        raise AllocationError(f"{message}; wanted 0 or more, and 0 to 1")
    if population == 0:
        return 0
    z = float(norm.ppf((1 + confidence) / 2))
    endless = max(1.0, (z / precision) ** 2 * share * (1 - share))
    return min(population, ceil(endless / (1 + (endless - 1) / population)))


def discovery_size(population: int, wrong: int, *, confidence: float = 0.95) -> int:
    """Return how many claims to check so that one of the wrong ones is probably met.

    Parameters
    ----------
    population : count, >= 1
        All claims.
    wrong : count, 1 to the population
        How many wrong claims would matter.
    confidence : 0 to 1, both excluded
        The chance that at least one of them is drawn.

    Returns
    -------
    count, 1 to the population
        The least that will do, exactly.

    Raises
    ------
    AllocationError
        If a number is out of range.

    References
    ----------
    Cochran (1977), "Sampling Techniques", third edition, section 3.4: the hypergeometric
    distribution.
    """
    _check_share("confidence", confidence)
    if not 1 <= wrong <= population:
        raise AllocationError(f"met {wrong} wrong of {population} claims; wanted 1 to all")
    low, high = 1, population
    while low < high:
        middle = (low + high) // 2
        if hypergeom.pmf(0, population, wrong, middle) <= 1 - confidence:
            high = middle
        else:
            low = middle + 1
    return low


def _least(sizes: Mapping[str, int], minimum: int | Mapping[str, int]) -> dict[str, int]:
    least = dict.fromkeys(sizes, minimum) if isinstance(minimum, int) else dict(minimum)
    if least.keys() != sizes.keys() or any(count < 1 for count in least.values()):
        message = f"met minimums {least}"
        raise AllocationError(f"{message}; wanted 1 or more for each stratum and no other")
    return {name: min(least[name], size) for name, size in sizes.items()}


def _check_allocation(sizes: Mapping[str, int], spreads: Mapping[str, float], total: int) -> None:
    if any(size < 0 for size in sizes.values()) or not 0 <= total <= sum(sizes.values()):
        message = f"met {total} claims to check of {sum(sizes.values())}"
        raise AllocationError(f"{message}; wanted 0 to all, and no stratum below zero")
    if spreads.keys() != sizes.keys():
        raise AllocationError("spreads are not those of the strata; wanted one for each")
    if not all(isfinite(value) and value >= 0 for value in spreads.values()):
        raise AllocationError("a spread is negative or not finite; wanted 0 or more")


def _priority(
    name: str, sizes: Mapping[str, int], spreads: Mapping[str, float], given: int
) -> tuple[float, float, str]:
    """Return how soon a stratum has its next claim, least first: by spread, then by size."""
    step = sqrt(given * (given + 1))
    return -sizes[name] * spreads[name] / step, -sizes[name] / step, name


def _check_share(what: str, value: float) -> None:
    if not 0 < value < 1:
        raise AllocationError(f"met a {what} of {value}; wanted between 0 and 1")
