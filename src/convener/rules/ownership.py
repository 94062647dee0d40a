"""Who may be said to own whom: shares that add up, days that follow, and terms in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from convener.base.errors import BadInputError

WHOLE = Decimal(1)
SMALLEST = Decimal("0.000001")  # shares are kept to a millionth


class SharesError(BadInputError):
    """Holdings say what holdings cannot say."""


@dataclass(frozen=True)
class Held:
    """A share in one organisation, from a day until another; without days, always."""

    owner: int
    share: Decimal
    from_on: date | None = None
    to_on: date | None = None
    has_control: bool = False
    profit_share: Decimal | None = None

    def stands(self, on: date) -> bool:
        """Say whether it stands on a day."""
        return (self.from_on or date.min) <= on < (self.to_on or date.max)


def check_holdings(owned: int, holdings: Iterable[Held]) -> None:
    """Refuse holdings in one organisation that cannot all be true.

    Parameters
    ----------
    owned : the organisation that is owned
    holdings : all that there would be, of all days

    Raises
    ------
    SharesError
        If it owns itself, a share is no share, one owner holds twice on a day, more than all is
        held, more than all profit is given, or two control it; the message names the day.
    """
    rows = list(holdings)
    for one in rows:
        _check_one(owned, one)
    for day in sorted({one.from_on or date.min for one in rows}):
        _check_day(day, [one for one in rows if one.stands(day)])


def _check_one(owned: int, one: Held) -> None:
    if one.owner == owned:
        raise SharesError("an organisation does not own itself")
    if not SMALLEST <= one.share <= WHOLE:
        raise SharesError(f"a share is more than 0% and at most 100%, not {_percent(one.share)}")
    if one.profit_share is not None and not 0 <= one.profit_share <= WHOLE:
        raise SharesError(
            f"a share of profit is from 0% to 100%, not {_percent(one.profit_share)}"
        )


def _check_day(day: date, standing: list[Held]) -> None:
    when = "" if day == date.min else f" from {day.day} {day:%B %Y} on"
    owners = [one.owner for one in standing]
    if len(set(owners)) != len(owners):
        raise SharesError(f"one owner would hold two shares{when}; end the first one before")
    held = sum((one.share for one in standing), Decimal(0))
    if held > WHOLE:
        raise SharesError(f"the shares would add up to {_percent(held)}{when}; 100% is the most")
    profit = sum((one.profit_share or Decimal(0) for one in standing), Decimal(0))
    if profit > WHOLE:
        raise SharesError(
            f"the shares of profit would add up to {_percent(profit)}{when}; 100% is the most"
        )
    if sum(one.has_control for one in standing) > 1:
        raise SharesError(f"two owners would control it{when}; one can, or none")


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def profit_of(holdings: Iterable[Held], on: date) -> dict[int, Decimal]:
    """Return how profit is split among owners on a day.

    The agreement's split where it has one; an owner for whom it says nothing has a part of what
    the others leave, by share.
    """
    standing = [one for one in holdings if one.stands(on)]
    agreed = {one.owner: one.profit_share for one in standing if one.profit_share is not None}
    rest = [one for one in standing if one.profit_share is None]
    left = WHOLE - sum(agreed.values(), Decimal(0)) if agreed else WHOLE
    whole = sum((one.share for one in rest), Decimal(0))
    if not agreed:
        return {one.owner: one.share for one in standing}
    return agreed | {one.owner: left * one.share / whole for one in rest}
