"""What an award is decided on: lots, bids, limits, and what makes one award better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, Self

from convener.base.errors import BadInputError

Holder = Literal["bidder", "owner"]
BY: tuple[Holder, ...] = ("bidder", "owner")
Aim = Literal["cost", "score"]
Gaps = Literal["refused", "fewest", "allowed"]


class AwardProblemError(BadInputError):
    """The lots, bids and limits cannot be what was given."""


@dataclass(frozen=True, slots=True)
class Bid:
    """An offer to take one lot, or several together and not in part.

    Of the bids of one bidder that share a name in ``exclusive``, at most one wins. The amount is
    for all the lots of the bid together; so is the score, as the published weights add it up.
    """

    name: str
    bidder: str
    lots: tuple[str, ...]
    amount: Decimal | None = None
    score: Decimal | None = None
    exclusive: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """The most lots, or the most value, that each bidder or ultimate owner may win.

    With ``only`` it binds that one bidder or owner: what it says it can carry, for one.
    """

    by: Holder
    of: Literal["lots", "value"]
    at_most: Decimal | int
    only: str | None = None

    def __str__(self) -> str:
        who = f"no {self.by} wins" if self.only is None else f"{self.by} {self.only} wins no"
        unit = "in value" if self.of == "value" else "lot" if self.at_most == 1 else "lots"
        return f"{who} more than {self.at_most:,} {unit}"


@dataclass(frozen=True, slots=True)
class MinimumWinners:
    """How many different bidders or ultimate owners must win something."""

    by: Holder
    at_least: int

    def __str__(self) -> str:
        if self.at_least == 1:
            return f"at least 1 {self.by} wins"
        return f"at least {self.at_least} different {self.by}s win"


Constraint = Limit | MinimumWinners


@dataclass(frozen=True)
class AwardProblem:
    """Everything that decides an award.

    Parameters
    ----------
    lots : names, one at least
        What is to be awarded, each to one bid.
    bids : bids with different names
        May be none, and then no lot can be awarded.
    constraints : limits and minimum numbers of winners
        As published before the bids.
    owners : bidder to ultimate owner
        A bidder that is not named owns itself.
    aim : ``cost`` or ``score``
        The lowest total amount, or the highest total score.
    gaps : ``refused``, ``fewest`` or ``allowed``
        Whether lots may stay unawarded: never; as few as can be, before cost or score count; or
        wherever the total score is higher so (which needs the aim ``score``).
    standard_prices : lot to amount, for all lots, or none
        Where every bid is at the same price. The aim is then ``score``, and a bid's amount, if
        given, is the sum of the prices of its lots.

    Raises
    ------
    AwardProblemError
        If a name is missing, unknown or given twice, an amount or a score is missing where it
        counts, not exact, not finite or negative, or a limit cannot be one.
    """

    lots: tuple[str, ...]
    bids: tuple[Bid, ...]
    constraints: tuple[Constraint, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)
    aim: Aim = "cost"
    gaps: Gaps = "refused"
    standard_prices: Mapping[str, Decimal] | None = None

    def __post_init__(self) -> None:
        _check_choices(self)
        _check_names(self)
        _check_standard_prices(self)
        _check_figures(self)
        for constraint in self.constraints:
            _check_constraint(self, constraint)

    def holder(self, bid: Bid, by: Holder) -> str:
        """Return who a bid counts for."""
        return bid.bidder if by == "bidder" else self.owners.get(bid.bidder, bid.bidder)

    def holders(self, by: Holder) -> tuple[str, ...]:
        """Return all who bid, as bidders or as owners, by name."""
        return tuple(sorted({self.holder(bid, by) for bid in self.bids}))

    def amount(self, bid: Bid) -> Decimal | None:
        """Return what a bid costs: its amount, or its lots at the standard price."""
        if self.standard_prices is None:
            return bid.amount
        return sum((self.standard_prices[lot] for lot in bid.lots), Decimal(0))

    def without(self, constraint: Constraint) -> Self:
        """Return the problem with one constraint fewer."""
        kept = tuple(one for one in self.constraints if one != constraint)
        return replace(self, constraints=kept)

    def with_bids(self, bids: Iterable[Bid]) -> Self:
        """Return the problem with these bids, and without limits on those who no longer bid."""
        kept = tuple(bids)
        bidding = {(by, self.holder(bid, by)) for bid in kept for by in BY}
        limits = tuple(
            one
            for one in self.constraints
            if isinstance(one, MinimumWinners) or one.only is None or (one.by, one.only) in bidding
        )
        return replace(self, bids=kept, constraints=limits)

    def without_holder(self, name: str, by: Holder) -> Self:
        """Return the problem as if a bidder, or an owner with all its bidders, had not bid."""
        return self.with_bids(bid for bid in self.bids if self.holder(bid, by) != name)

    def without_packages(self) -> Self:
        """Return the problem with the bids on single lots only."""
        return self.with_bids(bid for bid in self.bids if len(bid.lots) == 1)


def _check_choices(problem: AwardProblem) -> None:
    if problem.aim not in ("cost", "score"):
        raise AwardProblemError(f'met the aim "{problem.aim}"; wanted "cost" or "score"')
    if problem.gaps not in ("refused", "fewest", "allowed"):
        message = f'met gaps "{problem.gaps}"; wanted "refused", "fewest" or "allowed"'
        raise AwardProblemError(message)
    if problem.gaps == "allowed" and problem.aim == "cost":
        message = 'with gaps "allowed" the lowest cost is no award at all; wanted "fewest"'
        raise AwardProblemError(message)


def _check_names(problem: AwardProblem) -> None:
    if not problem.lots:
        raise AwardProblemError("met no lots; wanted one at least")
    _check_different("lot", problem.lots)
    _check_different("bid", (bid.name for bid in problem.bids))
    known = set(problem.lots)
    for bid in problem.bids:
        if not bid.lots:
            raise AwardProblemError(f"bid {bid.name} is for no lot; wanted one at least")
        if not known.issuperset(bid.lots):
            unknown = ", ".join(sorted(set(bid.lots) - known))
            message = f"bid {bid.name} is for {unknown}, which is not among the lots"
            raise AwardProblemError(message)
        if len(set(bid.lots)) < len(bid.lots):
            raise AwardProblemError(f"bid {bid.name} names a lot twice")


def _check_different(what: str, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise AwardProblemError(f"{what} {twice[0]} is given twice; wanted different names")


def _check_standard_prices(problem: AwardProblem) -> None:
    prices = problem.standard_prices
    if prices is None:
        return
    if problem.aim != "score":
        message = 'at a standard price every award costs the same; wanted the aim "score"'
        raise AwardProblemError(message)
    if set(prices) != set(problem.lots):
        raise AwardProblemError("a standard price is wanted for each lot and for no other")
    for lot, price in prices.items():
        _check_figure(f"the standard price of lot {lot}", price)
    for bid in problem.bids:
        wanted = problem.amount(bid)
        if bid.amount is not None and bid.amount != wanted:
            message = f"bid {bid.name} is at {bid.amount}; the standard price is {wanted}"
            raise AwardProblemError(message)


def _check_figures(problem: AwardProblem) -> None:
    by_value = any(isinstance(one, Limit) and one.of == "value" for one in problem.constraints)
    needs_amount = problem.aim == "cost" or (by_value and problem.standard_prices is None)
    for bid in problem.bids:
        if bid.amount is not None or needs_amount:
            _check_figure(f"the amount of bid {bid.name}", bid.amount)
        if bid.score is not None or problem.aim == "score":
            _check_figure(f"the score of bid {bid.name}", bid.score)


def _check_figure(what: str, value: object) -> None:
    exact = isinstance(value, Decimal | int) and not isinstance(value, bool)
    if not exact or not Decimal(value).is_finite() or value < 0:  # type: ignore[arg-type,operator]
        message = f"{what} is {value!r}; wanted an exact number (Decimal), finite, not negative"
        raise AwardProblemError(message)


def _check_constraint(problem: AwardProblem, constraint: Constraint) -> None:
    if constraint.by not in BY:
        raise AwardProblemError(f'met "{constraint.by}"; wanted "bidder" or "owner"')
    if isinstance(constraint, MinimumWinners):
        if constraint.at_least < 1:
            message = f"met a minimum of {constraint.at_least} winners; wanted 1 at least"
            raise AwardProblemError(message)
        return
    if constraint.of not in ("lots", "value"):
        raise AwardProblemError(f'met a limit of "{constraint.of}"; wanted "lots" or "value"')
    _check_figure(f"the limit of {constraint.of}", constraint.at_most)
    if constraint.only is not None and constraint.only not in problem.holders(constraint.by):
        message = f"a limit is for {constraint.by} {constraint.only}, who made no bid"
        raise AwardProblemError(message)
