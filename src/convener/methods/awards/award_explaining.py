"""Why an award is as it is: what each constraint costs, and what each bidder is worth."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from convener.methods.awards.award_problem import (
    AwardProblem,
    Constraint,
    Holder,
)
from convener.methods.awards.award_solving import WITHOUT_LIMIT, Effort
from convener.methods.awards.awarding import Award, best_award, best_award_or_none


@dataclass(frozen=True, slots=True)
class ConstraintPrice:
    """What one constraint costs: how much better the best award would be without it.

    The price is in money or points, and ``None`` where the two awards do not fill as many lots
    or the search for one was stopped.
    """

    constraint: Constraint
    price: Decimal | None
    award: Award


@dataclass(frozen=True, slots=True)
class HolderWorth:
    """What one bidder or owner is worth: how much worse the best award would be without it.

    Who is pivotal cannot be done without: there would be no award, or fewer lots in it. The
    award is then ``None`` or short, and the worth ``None``.
    """

    name: str
    worth: Decimal | None
    award: Award | None
    is_pivotal: bool


def price_constraints(
    problem: AwardProblem, award: Award, effort: Effort = WITHOUT_LIMIT
) -> tuple[ConstraintPrice, ...]:
    """Return what each constraint costs, each left out alone.

    Parameters
    ----------
    problem : lots, bids and limits
        What was decided on.
    award : award
        The best one.
    effort : seconds or nodes, > 0
        When to stop each search.

    Returns
    -------
    one price a constraint, >= 0
        In the order of the constraints. The prices need not add up: two limits may each cost
        nothing alone and something together.

    Raises
    ------
    NoAwardInTimeError
        If the effort ended before any award was found.

    References
    ----------
    Bichler, Davenport, Hohner and Kalagnanam (2006), "Industrial procurement auctions", in
    Cramton, Shoham and Steinberg (eds), Combinatorial Auctions, chapter 23, on scenarios.
    """
    prices = []
    for constraint in problem.constraints:
        other = best_award(problem.without(constraint), effort)
        prices.append(ConstraintPrice(constraint, _loss(problem, other, award), other))
    return tuple(prices)


def _loss(problem: AwardProblem, better: Award, worse: Award) -> Decimal | None:
    """Return by how much an award is worse than another, if the two can be compared."""
    as_many = len(better.unawarded) == len(worse.unawarded) or problem.gaps == "allowed"
    if not (as_many and better.is_optimal and worse.is_optimal):
        return None
    loss = worse.total - better.total
    return loss if problem.aim == "cost" else -loss


def awards_without(
    problem: AwardProblem, award: Award, by: Holder = "bidder", effort: Effort = WITHOUT_LIMIT
) -> tuple[HolderWorth, ...]:
    """Return the award as it would be without each bidder, or each owner, and who is pivotal.

    Parameters
    ----------
    problem : lots, bids and limits
        What was decided on.
    award : award
        The best one.
    by : ``bidder`` or ``owner``
        Who is left out in turn, an owner with all its bidders.
    effort : seconds or nodes, > 0
        When to stop each search.

    Returns
    -------
    one a bidder or owner, by name
        Worth 0 for all who win nothing, since the award stands without them.

    Raises
    ------
    NoAwardInTimeError
        If the effort ended before any award was found.

    References
    ----------
    Ausubel and Milgrom (2006), "The lovely but lonely Vickrey auction", in Cramton, Shoham and
    Steinberg (eds), Combinatorial Auctions, chapter 1, section 2: the coalition's value with and
    without a bidder.
    """
    won = set(award.winning)
    winners = {problem.holder(bid, by) for bid in problem.bids if bid.name in won}
    return tuple(
        _worth(problem, award, name, by, effort)
        if name in winners
        else HolderWorth(name, _loss(problem, award, award), award, is_pivotal=False)
        for name in problem.holders(by)
    )


def _worth(
    problem: AwardProblem, award: Award, name: str, by: Holder, effort: Effort
) -> HolderWorth:
    other = best_award_or_none(problem.without_holder(name, by), effort)
    if other is None:
        return HolderWorth(name, None, None, is_pivotal=True)
    fewer = problem.gaps == "fewest" and len(other.unawarded) > len(award.unawarded)
    return HolderWorth(name, _loss(problem, award, other), other, is_pivotal=fewer)
