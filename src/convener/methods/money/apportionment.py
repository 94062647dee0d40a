"""Splitting an amount so that the parts add up to the penny."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from convener.base.errors import BadInputError

PENNIES = 100  # in a pound

Weight = int | float | Decimal | Fraction


def pence(amount: Decimal) -> int:
    """Return an amount that someone pays or is paid as whole pence.

    Parameters
    ----------
    amount : pounds, whole pence
        Exact, so that nothing is rounded without anyone saying how.

    Returns
    -------
    whole pence
        The same amount.

    Raises
    ------
    BadInputError
        If the amount is no Decimal, not finite, or has a part of a penny.
    """
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise BadInputError(f"met {amount!r}; wanted a finite amount as a Decimal")
    exact = amount * PENNIES
    if exact != int(exact):
        raise BadInputError(f"met £{amount}; wanted whole pence")
    return int(exact)


def pounds(whole_pence: int) -> Decimal:
    """Return whole pence as pounds with two places."""
    return Decimal(whole_pence).scaleb(-2)


def apportion(total: Decimal, weights: Mapping[str, Weight]) -> dict[str, Decimal]:
    """Split an amount in proportion to weights, so that the parts add up to it exactly.

    Each part is first rounded down to the penny; the pence left over go, one each, to the parts
    that lost most by that. Equal losses are settled by the order of the names, so that the same
    split comes out whatever order the parts were given in.

    Parameters
    ----------
    total : pounds, whole pence
        What is paid. A negative amount, such as a recovery, is split as its opposite is.
    weights : name to weight, >= 0, not all zero
        In what proportion.

    Returns
    -------
    name to pounds, whole pence
        In the order of the weights; the sum is the total.

    Raises
    ------
    BadInputError
        If there are no weights, one is negative or not finite, all are zero, or the total is not
        whole pence.

    References
    ----------
    Balinski and Young (2001), "Fair Representation", second edition, appendix A, section 3: the
    method of largest remainders, or Hamilton's.

    Examples
    --------
    >>> apportion(Decimal("100.00"), {"council": 1, "health": 1, "police": 1})["council"]
    Decimal('33.34')
    """
    shares = _shares(weights)
    whole = pence(total)
    exact = {name: abs(whole) * share for name, share in shares.items()}
    parts = {name: int(part) for name, part in exact.items()}
    left = abs(whole) - sum(parts.values())
    for name in sorted(exact, key=lambda name: (parts[name] - exact[name], name))[:left]:
        parts[name] += 1
    return {name: pounds(part if whole >= 0 else -part) for name, part in parts.items()}


def _shares(weights: Mapping[str, Weight]) -> dict[str, Fraction]:
    """Return the exact part of the whole that each name has."""
    try:
        exact = {name: Fraction(weight) for name, weight in weights.items()}
    except (ValueError, OverflowError) as error:
        raise BadInputError("a weight is not finite; wanted weights that are") from error
    if any(weight < 0 for weight in exact.values()) or sum(exact.values()) == 0:
        raise BadInputError(
            f"met weights {dict(weights)}; wanted none negative and one above zero"
        )
    whole = sum(exact.values())
    return {name: weight / whole for name, weight in exact.items()}
