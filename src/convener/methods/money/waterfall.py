"""Who gets what of the money that comes back: investors in tiers, each until it has its return.

Every amount is put in by or paid to someone, so it is a Decimal of whole pence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from convener.base.errors import BadInputError
from convener.methods.money.apportionment import Weight, apportion, pence, pounds
from convener.methods.money.cashflows import RatesOfReturn, xirr

DAYS_IN_A_YEAR = 365
PRECISION = 40  # digits of a hurdle's balance, so that no penny hangs on rounding
DUST = Decimal("1e-15")  # of a penny: what growing an account in several steps may lose

Hurdle = tuple[str, Decimal]


class WaterfallError(BadInputError):
    """Tiers or flows cannot be what was given."""


@dataclass(frozen=True)
class Tier:
    """One step of a waterfall: how money is split until a party has had a return.

    ``until`` names the party and its yearly rate: 0 is its capital back. Without it the tier
    takes all that is left, so it is the last.
    """

    name: str
    split: Mapping[str, Weight]
    until: Hurdle | None = None


@dataclass(frozen=True)
class Flow:
    """Money that a party puts in (a contribution), or that arrives to be shared (no party)."""

    on: date
    amount: Decimal
    party: str = ""


@dataclass(frozen=True)
class Distribution:
    """Money that a tier pays a party."""

    on: date
    tier: str
    party: str
    amount: Decimal


@dataclass(frozen=True)
class Return:
    """How one party came out of it."""

    party: str
    put_in: Decimal
    received: Decimal
    rates: RatesOfReturn

    @property
    def lost(self) -> Decimal:
        """How much of what was put in did not come back."""
        return max(self.put_in - self.received, Decimal("0.00"))


def distribute(
    tiers: Sequence[Tier], put_in: Iterable[Flow], receipts: Iterable[Flow]
) -> list[Distribution]:
    """Share out receipts through the tiers, in order.

    Each hurdle is an account: what the party put in, grown at the rate day by day (compounded
    yearly, actual/365), less all that it received from any tier. A tier pays until the account is
    at zero; a part of a penny stays in the account, so no return ever exceeds its hurdle by
    rounding. On one day money is put in before it is shared. Within a tier the pence are split by
    largest remainder.

    Parameters
    ----------
    tiers : at least one; only the last, and it always, is without a hurdle
        Such as capital to the senior investor, its return, capital to the junior one, then the
        rest by shares.
    put_in : contributions, > 0, each by a party
        In any order.
    receipts : money to be shared, >= 0
        In any order; outcome payments, less costs that come first.

    Returns
    -------
    distributions, by date, then tier, then party as the tier names them
        On each day their sum is the receipt of that day, to the penny. None of zero.

    Raises
    ------
    WaterfallError
        If the tiers are not so, a hurdle's party is not in the split of its tier, a rate is not
        above -1, or a flow is negative or without its party.
    BadInputError
        If an amount is not in whole pence or a split has no weights.

    References
    ----------
    The hurdle account is the definition of the internal rate: at that rate the account ends at
    zero. See Brealey, Myers and Allen (2020), "Principles of Corporate Finance", chapter 5.
    """
    _check_tiers(tiers)
    hurdles = {tier.until: Decimal(0) for tier in tiers if tier.until is not None}
    paid: list[Distribution] = []
    last: date | None = None
    for on, party, amount in _events(put_in, receipts):
        _grow(hurdles, (on - (last or on)).days)
        last = on
        if party:
            _move(hurdles, party, amount)
        else:
            paid += _share_out(tiers, hurdles, on, amount)
    return paid


def returns(put_in: Iterable[Flow], paid: Iterable[Distribution]) -> list[Return]:
    """Return how each party came out: what it put in, what it received, at what rates.

    Parameters
    ----------
    put_in : contributions, each by a party
        As given to :func:`distribute`.
    paid : distributions
        As :func:`distribute` returns them.

    Returns
    -------
    returns, by party
        A party that put nothing in, or had nothing back, has no rate.

    Raises
    ------
    NoSolutionError
        If a rate is too large to be written.
    """
    flows: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for flow in put_in:
        flows[flow.party].append((flow.on, -flow.amount))
    for share in paid:
        flows[share.party].append((share.on, share.amount))
    return [_return(party, flows[party]) for party in sorted(flows)]


def _return(party: str, flows: Sequence[tuple[date, Decimal]]) -> Return:
    amounts = [amount for _, amount in flows]
    zero = Decimal("0.00")
    return Return(
        party,
        -sum((amount for amount in amounts if amount < 0), zero),
        sum((amount for amount in amounts if amount > 0), zero),
        xirr([float(amount) for amount in amounts], [on for on, _ in flows]),
    )


def _check_tiers(tiers: Sequence[Tier]) -> None:
    if not tiers or [tier.until is None for tier in tiers] != [False] * (len(tiers) - 1) + [True]:
        raise WaterfallError("the last tier, and no other, is without a hurdle: it takes the rest")
    for tier in tiers:
        apportion(Decimal(0), tier.split)
        if tier.until is None:
            continue
        party, rate = tier.until
        if not tier.split.get(party, 0):
            raise WaterfallError(f"tier {tier.name} waits for {party}, whom it does not pay")
        if not rate > -1:
            raise WaterfallError(f"tier {tier.name} has a rate of {rate}; wanted above -1")


def _events(put_in: Iterable[Flow], receipts: Iterable[Flow]) -> list[tuple[date, str, int]]:
    """Return all flows in order of time, contributions of a day before its one receipt."""
    events = []
    for flow in put_in:
        if not flow.party or pence(flow.amount) <= 0:
            raise WaterfallError(f"met {flow}; wanted a party that puts in more than nothing")
        events.append((flow.on, flow.party, pence(flow.amount)))
    arrived: dict[date, int] = defaultdict(int)
    for flow in receipts:
        if flow.party or pence(flow.amount) < 0:
            raise WaterfallError(f"met {flow}; wanted a receipt of no party, of 0 or more")
        arrived[flow.on] += pence(flow.amount)
    events += [(on, "", amount) for on, amount in arrived.items()]
    return sorted(events, key=lambda event: event[0])  # which keeps contributions before receipts


def _grow(hurdles: dict[Hurdle, Decimal], days: int) -> None:
    """Let every account grow at its rate."""
    with localcontext(prec=PRECISION):
        for party, rate in hurdles:
            hurdles[party, rate] *= (1 + rate) ** (Decimal(days) / DAYS_IN_A_YEAR)


def _move(hurdles: dict[Hurdle, Decimal], party: str, amount: int) -> None:
    """Add pence that a party put in to its accounts, or take off what it received."""
    with localcontext(prec=PRECISION):
        for who, rate in hurdles:
            if who == party:
                hurdles[who, rate] += amount


def _share_out(
    tiers: Sequence[Tier], hurdles: dict[Hurdle, Decimal], on: date, amount: int
) -> list[Distribution]:
    """Return how one day's receipt runs through the tiers."""
    paid: list[Distribution] = []
    for tier in tiers:
        through = min(amount, _room(tier, hurdles, amount))
        amount -= through
        for party, part in apportion(pounds(through), tier.split).items():
            if part:
                _move(hurdles, party, -pence(part))
                paid.append(Distribution(on, tier.name, party, part))
    return paid


def _room(tier: Tier, hurdles: Mapping[Hurdle, Decimal], amount: int) -> int:
    """Return how many pence a tier takes before its party's account is at zero."""
    if tier.until is None:
        return amount
    with localcontext(prec=PRECISION):
        wanted = max(0, int(hurdles[tier.until].quantize(DUST)))
    shares = {party: Fraction(weight) for party, weight in tier.split.items()}
    return int(wanted * sum(shares.values()) / shares[tier.until[0]])
