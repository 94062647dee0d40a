"""A body's accounts, line by line, and the accounts of several taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal

from convener.base.errors import BadInputError

YEAR = 365
LEEWAY = 7  # days by which a financial year may miss its date: Companies Act 2006, section 390
NOTHING = Decimal(0)

Amount = Decimal | None


class AccountsError(BadInputError):
    """The accounts cannot be what was given."""


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """The lines of one period of accounts, in one currency; none where the accounts do not say.

    Restricted cash and funds are what a charity holds for a purpose that its giver set. Both lie
    within the lines above them: restricted cash in cash and current assets, restricted funds in
    what is left when liabilities are taken from assets. A pension surplus is a deficit of 0: it
    pays no debt.
    """

    starts_on: date
    ends_on: date
    revenue: Amount = None
    operating_profit: Amount = None
    depreciation_and_amortisation: Amount = None
    net_operating_cash_flow: Amount = None
    capital_expenditure: Amount = None
    net_interest_paid: Amount = None
    borrowings: Amount = None
    cash: Amount = None
    pension_deficit: Amount = None
    current_assets: Amount = None
    inventories: Amount = None
    current_liabilities: Amount = None
    total_assets: Amount = None
    total_liabilities: Amount = None
    group_receivables: Amount = None
    restricted_cash: Amount = NOTHING
    restricted_funds: Amount = NOTHING

    def __post_init__(self) -> None:
        """Refuse what no accounts can say."""
        if self.ends_on <= self.starts_on:
            message = (
                f"a period from {self.starts_on} to {self.ends_on} does not end after it starts"
            )
            raise AccountsError(message)
        for name in LINES:
            _check_amount(name, getattr(self, name))
        _check_within(self.restricted_cash, self.cash)

    @property
    def days(self) -> int:
        """Return how long the period is, with its first and last day."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def is_year(self) -> bool:
        """Return whether the period is a year, or the 52 or 53 weeks that stand for one."""
        return YEAR - LEEWAY <= self.days <= YEAR + 1 + LEEWAY

    def in_a_year(self, flow: Amount) -> Amount:
        """Return what a flow of the period comes to in a year, at the same pace."""
        return flow if flow is None or self.is_year else flow * YEAR / self.days


FLOWS = (
    "revenue",
    "operating_profit",
    "depreciation_and_amortisation",
    "net_operating_cash_flow",
    "capital_expenditure",
    "net_interest_paid",
)
STOCKS = tuple(
    one.name for one in fields(Accounts) if one.name not in {*FLOWS, "starts_on", "ends_on"}
)
LINES = (*FLOWS, *STOCKS)
SIGNED = {"operating_profit", "net_operating_cash_flow", "net_interest_paid"}


def _check_amount(name: str, amount: object) -> None:
    if amount is None:
        return
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise AccountsError(f"{name} is an exact decimal amount, not {amount!r}")
    if amount < 0 and name not in SIGNED:
        raise AccountsError(f"{name} is {amount}; wanted none below 0")


def _check_within(restricted: Amount, cash: Amount) -> None:
    if restricted is not None and cash is not None and restricted > cash:
        message = f"restricted cash of {restricted} is more than all cash, {cash}"
        raise AccountsError(message)


def taken_together(members: Sequence[Accounts]) -> Accounts:
    """Return the accounts of several bodies, added line by line.

    Parameters
    ----------
    members : Accounts of one or more bodies, in one currency
        One period each. What they owe each other is not taken out.

    Returns
    -------
    Accounts
        For a period as long as the shortest, to which the flows of longer ones are taken at the
        same pace; it ends when the first of them ends. A line that one member does not give is
        not given, since nothing is not what it says.

    Raises
    ------
    AccountsError
        If there are no members.
    """
    if not members:
        raise AccountsError("met the accounts of nobody; wanted those of one body at least")
    shortest = min(members, key=lambda one: one.days)
    ends_on = min(one.ends_on for one in members)
    days = YEAR if shortest.is_year else shortest.days
    return Accounts(
        starts_on=ends_on - timedelta(days=days - 1),
        ends_on=ends_on,
        **{name: _sum([_at_pace(one, name, days) for one in members]) for name in FLOWS},
        **{name: _sum([getattr(one, name) for one in members]) for name in STOCKS},
    )


def _at_pace(accounts: Accounts, name: str, days: int) -> Amount:
    flow: Amount = getattr(accounts, name)
    yearly = accounts.in_a_year(flow)
    return flow if yearly is None or accounts.days == days else yearly * days / YEAR


def _sum(amounts: Sequence[Amount]) -> Amount:
    given = [amount for amount in amounts if amount is not None]
    return sum(given, NOTHING) if len(given) == len(amounts) else None
