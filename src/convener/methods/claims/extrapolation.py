"""From a random sample to all claims: how much is surely wrong, and what to recover for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, isfinite, nan, sqrt
from typing import Literal

from scipy.stats import beta, hypergeom, norm

from convener.base.errors import BadInputError
from convener.methods.claims.sampling import Findings
from convener.methods.intervals import wilson_interval
from convener.methods.money.apportionment import apportion, pence, pounds

Bound = Literal["clopper-pearson", "wilson", "hypergeometric"]
LEAST_CHECKED = 30
FUZZ = 1e-13  # of all that claims are worth: what floats may lose where the truth is whole pence


class ExtrapolationError(BadInputError):
    """Findings, prices or a confidence cannot be what was given."""


@dataclass(frozen=True)
class StratumRecovery:
    """What is recovered in one stratum, and why."""

    stratum: str
    failed: int  # found wrong in the sample
    estimate: float | None  # share wrong; None where nothing was checked
    lower: float | None  # share wrong at least; None where it is not extrapolated
    amount: Decimal
    is_extrapolated: bool


@dataclass(frozen=True)
class Recovery:
    """What is recovered over all strata; the parts add up to it."""

    amount: Decimal
    estimate: Decimal  # what an even-handed guess would be, to show beside it
    strata: tuple[StratumRecovery, ...]
    bound: Bound
    confidence: float


def lower_bound(
    found: Findings, *, confidence: float = 0.95, bound: Bound = "clopper-pearson"
) -> float:
    """Return which share of a stratum's claims is wrong at least.

    Parameters
    ----------
    found : findings of a random sample in the stratum, at least one checked
        A stratum that was checked whole has no doubt: its bound is the share that failed.
    confidence : 0 to 1, both excluded
        One-sided: how often, over draws, the true share is not below the bound.
    bound : ``clopper-pearson``, ``wilson`` or ``hypergeometric``
        Never below the confidence, whatever the share; near it on average, and sometimes below;
        or never below it and exact for as many claims as there are, so the closest of the safe
        ones where a large part of a stratum is checked.

    Returns
    -------
    share, 0 to the share that failed
        0 where none failed.

    Raises
    ------
    ExtrapolationError
        If nothing was checked, or the confidence or the bound is none of these.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26(4). Wilson (1927), Journal of the American
    Statistical Association 22. Wright (1991), "Exact Confidence Bounds when Sampling from Small
    Finite Universes", chapter 2.

    Examples
    --------
    >>> round(lower_bound(Findings("a", 400, 60, 6)), 4)
    0.0445
    """
    if not 0 < confidence < 1:
        raise ExtrapolationError(f"met a confidence of {confidence}; wanted between 0 and 1")
    if found.checked == 0:
        raise ExtrapolationError(f"nothing was checked in {found.stratum}; wanted one at least")
    if found.failed == 0 or found.checked == found.size:
        return found.failed / found.checked
    if bound == "clopper-pearson":
        return float(beta.ppf(1 - confidence, found.failed, found.checked - found.failed + 1))
    if bound == "wilson":
        return wilson_low(found, confidence)
    if bound == "hypergeometric":
        # Whole claims: one more than the estimate may be the fewest where nearly all were checked.
        return min(_fewest_wrong(found, confidence) / found.size, found.failed / found.checked)
    raise ExtrapolationError(f"met the bound {bound!r}; wanted one of the three")


def wilson_low(found: Findings, confidence: float) -> float:
    """Return the lower end of Wilson's interval at a one-sided confidence."""
    z = float(norm.ppf(confidence))
    if z <= 0:
        raise ExtrapolationError(
            f"met a confidence of {confidence}; Wilson's wants above one half"
        )
    return wilson_interval(found.failed, found.checked, z=z)[0]


def stratified_lower_bound(
    found: Sequence[Findings],
    weights: Mapping[str, float],
    *,
    confidence: float = 0.95,
    bound: Bound = "clopper-pearson",
) -> float:
    """Return the least that a weighted sum of the strata's shares is.

    The distance from each share to its own bound is squared, weighted and summed, as variances
    are: for one stratum this is its own bound, and for several it is far closer than the sum of
    bounds. Its confidence is that of the bounds, nearly.

    Parameters
    ----------
    found : findings of random samples, at least one claim checked in each
        Drawn apart in each stratum.
    weights : stratum to weight, >= 0
        Such as the value of the stratum's claims; then the sum is the value that is wrong.
    confidence, bound
        As for :func:`lower_bound`.

    Returns
    -------
    weighted sum of shares, 0 to its estimate
        In the unit of the weights.

    Raises
    ------
    ExtrapolationError
        As for :func:`lower_bound`, or if a weight is missing, negative or not finite.

    References
    ----------
    Zou, Huang and Zhang (2009), "A note on confidence interval estimation for a linear function
    of binomial proportions", Computational Statistics and Data Analysis 53(4), equation 4.
    """
    gap = 0.0
    for stratum in found:
        low = lower_bound(stratum, confidence=confidence, bound=bound)
        gap += (_weight(weights, stratum) * (stratum.failed / stratum.checked - low)) ** 2
    return max(0.0, _estimate(found, weights) - sqrt(gap))


def recover(
    found: Sequence[Findings],
    prices: Mapping[str, Decimal],
    *,
    confidence: float = 0.95,
    bound: Bound = "clopper-pearson",
    least_checked: int = LEAST_CHECKED,
) -> Recovery:
    """Return what to recover, given what a random sample found.

    Strata in which enough was checked are extrapolated together, at the lower bound of
    :func:`stratified_lower_bound` with their values as weights, rounded down to the penny, and
    never below what was found wrong. The sum falls to them by their estimates, to the penny. In
    the others the claims found wrong are recovered, and no more. Give the strata of one provider
    at a time: the sum is bounded, its parts are not, and nobody should pay by another's luck.

    What a sample chosen by risk found wrong is recovered by itself; it never enters here, and if
    it comes to more than the extrapolated sum it takes its place: see :func:`larger_of`.

    Parameters
    ----------
    found : findings by stratum, from :func:`convener.methods.claims.sampling.findings`
        An empty stratum, or one of which nothing was checked, recovers nothing.
    prices : stratum to pounds, whole pence, >= 0
        What each claim of the stratum was paid. Strata are of one price (one metric, band and
        tariff), so that no claim counts for more or less than it was.
    confidence, bound
        As for :func:`lower_bound`.
    least_checked : count, >= 1
        From how many checked claims on a stratum is extrapolated; a stratum that was checked
        whole always is.

    Returns
    -------
    recovery
        In all and by stratum, with the plain estimate beside it.

    Raises
    ------
    ExtrapolationError
        If two strata have one name, a price is missing or negative, or a number is out of range.
    BadInputError
        If a price is not in whole pence.

    References
    ----------
    The rule follows that of US Medicare audits (Medicare Program Integrity Manual, chapter 8,
    section 8.4.5): the lower limit of a one-sided interval is demanded, not the estimate.
    """
    _check_found(found, prices, least_checked)
    worth = {
        stratum.stratum: float(pence(prices[stratum.stratum]) * stratum.size) for stratum in found
    }
    wide = [stratum for stratum in found if _is_enough(stratum, least_checked)]
    sum_low = stratified_lower_bound(wide, worth, confidence=confidence, bound=bound)
    proven = sum(_proven(stratum, prices) for stratum in wide)
    slack = FUZZ * sum(worth.values())
    total = max(floor(sum_low + slack), proven)
    parts = _parts(total, wide, prices)
    rows = []
    for stratum in found:
        known = stratum.stratum in parts
        rows.append(
            StratumRecovery(
                stratum.stratum,
                stratum.failed,
                stratum.failed / stratum.checked if stratum.checked else None,
                lower_bound(stratum, confidence=confidence, bound=bound) if known else None,
                parts[stratum.stratum] if known else pounds(_proven(stratum, prices)),
                known,
            )
        )
    narrow = sum(_proven(stratum, prices) for stratum in found) - proven
    plain = floor(_estimate(wide, worth) + slack) + narrow
    amount = sum((row.amount for row in rows), Decimal("0.00"))
    return Recovery(amount, pounds(plain), tuple(rows), bound, confidence)


def larger_of(recovery: Recovery, found_by_risk: Decimal, found_at_random: Decimal) -> Decimal:
    """Return what is recovered when a sample chosen by risk found wrong claims too.

    Those claims are among the claims that the extrapolated sum stands for, so that adding them
    would recover some twice. The larger of the sum and all that was found is recovered.

    Raises
    ------
    ExtrapolationError
        If an amount is below zero.
    """
    if min(pence(found_by_risk), pence(found_at_random)) < 0:
        raise ExtrapolationError("an amount found wrong is below zero; wanted 0 or more")
    return max(recovery.amount, found_by_risk + found_at_random)


def _fewest_wrong(found: Findings, confidence: float) -> int:
    """Return the least number of wrong claims with which so many failures are not too unlikely."""
    low, high = found.failed, found.size - found.checked + found.failed
    while low < high:
        middle = (low + high) // 2
        if hypergeom.sf(found.failed - 1, found.size, middle, found.checked) > 1 - confidence:
            high = middle
        else:
            low = middle + 1
    return low


def _estimate(found: Sequence[Findings], weights: Mapping[str, float]) -> float:
    return sum(_weight(weights, stratum) * stratum.failed / stratum.checked for stratum in found)


def _weight(weights: Mapping[str, float], stratum: Findings) -> float:
    weight = weights.get(stratum.stratum, nan)
    if not (isfinite(weight) and weight >= 0):
        raise ExtrapolationError(f"stratum {stratum.stratum} has no weight of 0 or more")
    return weight


def _is_enough(stratum: Findings, least_checked: int) -> bool:
    return stratum.checked > 0 and stratum.checked >= min(least_checked, stratum.size)


def _proven(stratum: Findings, prices: Mapping[str, Decimal]) -> int:
    return stratum.failed * pence(prices[stratum.stratum])


def _parts(
    total: int, wide: Sequence[Findings], prices: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """Return what of the sum falls to each stratum: what was found, and the rest by estimate."""
    proven = {stratum.stratum: _proven(stratum, prices) for stratum in wide}
    beyond = {
        stratum.stratum: proven[stratum.stratum] * (stratum.size / stratum.checked - 1)
        for stratum in wide
    }
    if not any(beyond.values()):
        return {name: pounds(amount) for name, amount in proven.items()}
    rest = apportion(pounds(total - sum(proven.values())), beyond)
    return {name: pounds(amount) + rest[name] for name, amount in proven.items()}


def _check_found(
    found: Sequence[Findings], prices: Mapping[str, Decimal], least_checked: int
) -> None:
    names = [stratum.stratum for stratum in found]
    if len(set(names)) < len(names):
        raise ExtrapolationError("two strata have one name; wanted each stratum once")
    for name in names:
        if name not in prices or pence(prices[name]) < 0:
            raise ExtrapolationError(f"stratum {name} has no price of 0 or more")
    if least_checked < 1:
        raise ExtrapolationError(f"met a least of {least_checked} checked; wanted 1 or more")
