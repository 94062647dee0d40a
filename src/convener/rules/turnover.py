"""The least turnover that a buyer may ask of bidders, as dated data and a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from convener.base.errors import BadInputError
from convener.rules.standing import NoStandingRuleError, Status


class TurnoverError(BadInputError):
    """A turnover or the value of a lot cannot be what was given."""


@dataclass(frozen=True)
class TurnoverCeiling:
    """How many times the value of a lot a buyer may ask as yearly turnover without a reason."""

    multiple: Decimal
    source: str
    status: Status
    in_force_from: date
    in_force_to: date | None = None


TURNOVER_CEILINGS = (
    TurnoverCeiling(
        multiple=Decimal(2),
        source="Public Contracts Regulations 2015, regulation 58(9)",
        status=Status.SEEN,
        in_force_from=date(2015, 2, 26),
        in_force_to=date(2025, 2, 23),
    ),
    TurnoverCeiling(
        multiple=Decimal(2),
        source="Procurement Act 2023, section 22, which asks for proportion; twice is policy",
        status=Status.UNCONFIRMED,
        in_force_from=date(2025, 2, 24),
    ),
)


@dataclass(frozen=True)
class TurnoverTest:
    """Whether a minimum turnover may be asked, and why."""

    multiple: Decimal
    ceiling: TurnoverCeiling
    is_above: bool
    is_allowed: bool
    because: str


def decide_minimum_turnover(
    asked: Decimal, lot_value: Decimal, *, began_on: date, reason: str = ""
) -> TurnoverTest:
    """Say whether a buyer may ask this turnover of bidders for one lot.

    The ceiling is of each lot, never of several together; above it, a reason is recorded.

    Raises
    ------
    TurnoverError
        If the turnover is below 0, or the value of the lot not above it.
    NoStandingRuleError
        If no ceiling was in force when the procurement began.

    References
    ----------
    Public Contracts Regulations 2015, regulation 58(9); Procurement Act 2023, section 22.
    """
    if asked < 0 or lot_value <= 0:
        message = f"met a turnover of {asked} for a lot of {lot_value}; wanted 0 or more, above 0"
        raise TurnoverError(message)
    ceiling = next(
        (
            one
            for one in TURNOVER_CEILINGS
            if one.in_force_from <= began_on <= (one.in_force_to or began_on)
        ),
        None,
    )
    if ceiling is None:
        raise NoStandingRuleError(f"no ceiling of turnover was in force on {began_on}")
    multiple = asked / lot_value
    is_above = multiple > ceiling.multiple
    because = f"{multiple:.4g} times the value of the lot; {ceiling.multiple} needs no reason"
    if is_above:
        because += f"; {reason.strip() or 'a reason has to be recorded'}"
    return TurnoverTest(
        multiple,
        ceiling,
        is_above,
        is_allowed=not is_above or bool(reason.strip()),
        because=because,
    )
