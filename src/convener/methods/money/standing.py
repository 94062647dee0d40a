"""Financial standing: the ratios of a body's accounts, and which way they move.

What a ratio means for an award (bands, tiers, risk) is dated data in ``rules/standing.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from convener.methods.money.accounts import LEEWAY, NOTHING, Accounts, AccountsError, Amount


class Metric(StrEnum):
    """The measures of standing, in the order in which they are numbered in guidance."""

    TURNOVER = "turnover ratio"
    MARGIN = "operating margin"
    CASH_FLOW_TO_DEBT = "free cash flow to net debt"
    DEBT_TO_EARNINGS = "net debt to EBITDA"
    DEBT_AND_PENSIONS = "net debt and pension deficit to EBITDA"
    INTEREST_COVER = "net interest paid cover"
    ACID_RATIO = "acid ratio"
    NET_ASSETS = "net asset value"
    GROUP_EXPOSURE = "group exposure ratio"


class Condition(StrEnum):
    """Why a ratio is a number, or what stands in its place. The value is how a page says it."""

    MEASURED = "measured"
    NET_CASH = "no net debt"
    NO_EARNINGS = "debt, and no earnings to set it against"
    NO_INTEREST = "no net interest paid"
    NOTHING_OWED = "nothing owed within a year"
    NO_REVENUE = "no revenue"
    NO_ASSETS = "no assets"
    MISSING = "not in the accounts"
    SHORT_PERIOD = "the period is too short to stand for a year"


@dataclass(frozen=True)
class Ratio:
    """A number, or the condition that stands in its place."""

    value: Decimal | None
    condition: Condition = Condition.MEASURED


class Direction(StrEnum):
    """Which way a ratio moved over the years that can be compared."""

    BETTER = "better"
    WORSE = "worse"
    LEVEL = "level"
    MIXED = "up and down"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Trend:
    """How a ratio moved: which way, by how much from first to last, and over how many periods."""

    direction: Direction
    change: Decimal | None
    period_count: int


LOWER_IS_BETTER = frozenset(
    {Metric.DEBT_TO_EARNINGS, Metric.DEBT_AND_PENSIONS, Metric.GROUP_EXPOSURE}
)
# A condition that can be compared with a number, as better or worse than every one.
_BEYOND = MappingProxyType(
    {
        Condition.NET_CASH: 1,
        Condition.NO_INTEREST: 1,
        Condition.NOTHING_OWED: 1,
        Condition.MEASURED: 0,
        Condition.NO_EARNINGS: -1,
    }
)


def ratios(
    accounts: Accounts,
    annual_value: Decimal,
    *,
    shortest_days: int,
    with_restricted: bool = False,
) -> Mapping[Metric, Ratio]:
    """Return every ratio of standing from one period of accounts.

    Flows of a period that is not a year are taken to a year at the same pace, where they meet a
    stock or a year's value of the contract.

    Parameters
    ----------
    accounts : Accounts
        Net debt is borrowings less cash; EBITDA is operating profit with depreciation and
        amortisation put back.
    annual_value : amount, > 0
        What the contract is expected to pay in a year, in the currency of the accounts.
    shortest_days : days, >= 1
        A period shorter than this says nothing of a year's flows.
    with_restricted : bool
        Whether restricted cash and funds count, as they do not when a bill has to be paid.

    Returns
    -------
    a ratio for each Metric
        A number, or what stands in its place. Net debt of nothing or less is ``NET_CASH``, and
        for pensions too where cash covers their deficit. Debt with EBITDA of nothing or less is
        ``NO_EARNINGS``; no interest paid, or more received, is ``NO_INTEREST``. A line that the
        answer depends on and that is not given makes the ratio ``MISSING``.

    Raises
    ------
    AccountsError
        If the value of the contract is not a positive exact decimal, or no day is enough.

    References
    ----------
    Cabinet Office, Assessing and monitoring the economic and financial standing of bidders and
    suppliers (23 April 2024). Formulas and edges from general knowledge, not confirmed there.
    """
    if not isinstance(annual_value, Decimal) or not annual_value.is_finite() or annual_value <= 0:
        message = f"a contract's annual value is an exact decimal above 0, not {annual_value!r}"
        raise AccountsError(message)
    if shortest_days < 1:
        raise AccountsError(f"met a shortest period of {shortest_days} days; wanted 1 or more")
    found = {
        metric: ratio(_Free(accounts, annual_value, with_restricted=with_restricted))
        for metric, ratio in _RATIOS.items()
    }
    if accounts.days < shortest_days:
        found |= {
            metric: Ratio(None, Condition.SHORT_PERIOD)
            for metric in OF_FLOWS
            if found[metric].condition not in {Condition.MISSING, Condition.NET_CASH}
        }
    return MappingProxyType(found)


def unbroken(accounts: Sequence[Accounts], most: int) -> tuple[Accounts, ...]:
    """Return the latest periods of accounts, back to the first year that is missing.

    Parameters
    ----------
    accounts : Accounts of one body, in any order
        A period that starts more than a week after the one before ended leaves a gap.
    most : count, >= 1
        How many of the latest to keep: guidance looks at two or three.

    Returns
    -------
    Accounts, earliest first
        Empty where there are none.

    Raises
    ------
    AccountsError
        If two periods overlap, or none is to be kept.
    """
    if most < 1:
        raise AccountsError(f"met {most} periods to keep; wanted 1 or more")
    ordered = sorted(accounts, key=lambda one: one.ends_on)
    start = 0
    for place, (before, after) in enumerate(pairwise(ordered), 1):
        between = (after.starts_on - before.ends_on).days - 1
        if between < 0:
            message = f"the period from {after.starts_on} starts before {before.ends_on} is over"
            raise AccountsError(message)
        start = place if between > LEEWAY else start
    return tuple(ordered[max(start, len(ordered) - most) :])


def trend(metric: Metric, path: Sequence[Ratio]) -> Trend:
    """Return which way a ratio moved.

    Parameters
    ----------
    metric : Metric
        Which ratio: less debt is better, more cash is.
    path : Ratio of each period, earliest first
        Only the latest that can all be compared count: a ratio that is missing, or of a period too
        short, hides what came before it. Having no debt is better than any number, and debt
        without earnings worse.

    Returns
    -------
    Trend
        ``MIXED`` where it went both ways, ``UNKNOWN`` with fewer than two periods. The change is
        given where the first and the last are numbers.

    References
    ----------
    Cabinet Office, Assessing and monitoring the economic and financial standing of bidders and
    suppliers (23 April 2024): the latest two or three years and their trend. Not confirmed there.
    """
    start = max((n for n, one in enumerate(path, 1) if one.condition not in _BEYOND), default=0)
    points = path[start:]
    places = [_place(metric, one) for one in points]
    first, last = (points[0].value, points[-1].value) if points else (None, None)
    return Trend(_direction(places), _less(last, first), len(points))


def _place(metric: Metric, ratio: Ratio) -> tuple[int, Decimal]:
    value = NOTHING if ratio.value is None else ratio.value
    return _BEYOND[ratio.condition], -value if metric in LOWER_IS_BETTER else value


def _direction(places: Sequence[tuple[int, Decimal]]) -> Direction:
    steps = {(after > before) - (after < before) for before, after in pairwise(places)}
    if not steps:
        return Direction.UNKNOWN
    if {1, -1} <= steps:
        return Direction.MIXED
    return {1: Direction.BETTER, -1: Direction.WORSE, 0: Direction.LEVEL}[sum(steps)]


class _Free:
    """Accounts as a ratio reads them: flows in a year, and what is free of restriction."""

    def __init__(
        self, accounts: Accounts, annual_value: Decimal, *, with_restricted: bool
    ) -> None:
        self.annual_value = annual_value
        self._accounts = accounts
        self._held_cash = NOTHING if with_restricted else accounts.restricted_cash
        self._held_funds = NOTHING if with_restricted else accounts.restricted_funds

    def flow(self, name: str) -> Amount:
        return self._accounts.in_a_year(getattr(self._accounts, name))

    def stock(self, name: str) -> Amount:
        return getattr(self._accounts, name)  # type: ignore[no-any-return] # a line is an amount

    @property
    def net_debt(self) -> Amount:
        return _less(self.stock("borrowings"), _less(self.stock("cash"), self._held_cash))

    @property
    def earnings(self) -> Amount:
        return _plus(self.flow("operating_profit"), self.flow("depreciation_and_amortisation"))

    @property
    def quick_assets(self) -> Amount:
        current = _less(self.stock("current_assets"), self.stock("inventories"))
        return _less(current, self._held_cash)

    @property
    def net_assets(self) -> Amount:
        owned = _less(self.stock("total_assets"), self.stock("total_liabilities"))
        return _less(owned, self._held_funds)


def _plus(first: Amount, second: Amount) -> Amount:
    return None if first is None or second is None else first + second


def _less(first: Amount, second: Amount) -> Amount:
    return None if first is None or second is None else first - second


def _over(above: Amount, below: Amount, otherwise: Condition) -> Ratio:
    """Divide, where there is something above nothing to divide by."""
    if below is not None and below <= 0:
        return Ratio(None, otherwise)
    if above is None or below is None:
        return Ratio(None, Condition.MISSING)
    return Ratio(above / below)


def _cash_flow_to_debt(free: _Free) -> Ratio:
    flow = _less(free.flow("net_operating_cash_flow"), free.flow("capital_expenditure"))
    return _over(flow, free.net_debt, Condition.NET_CASH)


def _to_earnings(debt: Amount, earnings: Amount) -> Ratio:
    if debt is None:
        return Ratio(None, Condition.MISSING)
    if debt <= 0:
        return Ratio(None, Condition.NET_CASH)
    return _over(debt, earnings, Condition.NO_EARNINGS)


def _net_assets(free: _Free) -> Ratio:
    value = free.net_assets
    return Ratio(None, Condition.MISSING) if value is None else Ratio(value)


_RATIOS: Mapping[Metric, Callable[[_Free], Ratio]] = MappingProxyType(
    {
        Metric.TURNOVER: lambda free: _over(
            free.flow("revenue"), free.annual_value, Condition.MISSING
        ),
        Metric.MARGIN: lambda free: _over(
            free.flow("operating_profit"), free.flow("revenue"), Condition.NO_REVENUE
        ),
        Metric.CASH_FLOW_TO_DEBT: _cash_flow_to_debt,
        Metric.DEBT_TO_EARNINGS: lambda free: _to_earnings(free.net_debt, free.earnings),
        Metric.DEBT_AND_PENSIONS: lambda free: _to_earnings(
            _plus(free.net_debt, free.stock("pension_deficit")), free.earnings
        ),
        Metric.INTEREST_COVER: lambda free: _over(
            free.flow("operating_profit"), free.flow("net_interest_paid"), Condition.NO_INTEREST
        ),
        Metric.ACID_RATIO: lambda free: _over(
            free.quick_assets, free.stock("current_liabilities"), Condition.NOTHING_OWED
        ),
        Metric.NET_ASSETS: _net_assets,
        Metric.GROUP_EXPOSURE: lambda free: _over(
            free.stock("group_receivables"), free.stock("total_assets"), Condition.NO_ASSETS
        ),
    }
)
OF_FLOWS = tuple(_RATIOS)[:6]
