"""What can be awarded where not every lot can be, why not the rest, and what to relax."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from convener.methods.awards.award_model import limit_weights, limited
from convener.methods.awards.award_problem import (
    AwardProblem,
    Bid,
    Constraint,
    Holder,
    Limit,
    MinimumWinners,
)
from convener.methods.awards.award_solving import WITHOUT_LIMIT, Effort, NoAwardInTimeError
from convener.methods.awards.awarding import Award, best_award, best_award_or_none


@dataclass(frozen=True, slots=True)
class LotReason:
    """Why a lot stays unawarded, with the bids for it.

    ``no bid``: nobody bid. ``no bid can win``: no award at all holds one of its bids; each of
    ``frees``, left out, would change that. ``not with the others``: an award may hold the lot,
    but then fills no more lots than the award without it.
    """

    lot: str
    reason: Literal["no bid", "no bid can win", "not with the others"]
    bids: tuple[str, ...]
    frees: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A constraint that, relaxed alone, lets all lots be awarded, and how far is enough.

    ``enough`` is the limit or the number of winners nearest to what was published; the award is
    the best one under it.
    """

    constraint: Constraint
    enough: Constraint
    award: Award


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What can be awarded where not all can be, why not the rest, and what to relax.

    ``without_any`` is the best full award with no constraint left: without it too, the bids
    themselves do not combine, and only more bids help. ``partial`` is ``None`` where not even
    some lots can be awarded, as when more winners are wanted than bid.
    """

    partial: Award | None
    lots: tuple[LotReason, ...]
    relaxations: tuple[Relaxation, ...]
    without_any: Award | None


def explain_shortfall(problem: AwardProblem, effort: Effort = WITHOUT_LIMIT) -> Shortfall:
    """Return what can be awarded where not every lot can be, why, and what would let it.

    Parameters
    ----------
    problem : lots, bids and limits
        Whatever it says of gaps, all lots are wanted here.
    effort : seconds or nodes, > 0
        When to stop each search.

    Returns
    -------
    shortfall
        The best award of as many lots as can be, a reason for each other lot, and each
        constraint that alone stands in the way, with the nearest figure that does not. No lots
        and no relaxations where every lot can be awarded.

    Raises
    ------
    NoAwardInTimeError
        If the effort ended before any award was found, or before a shortfall was proven.

    References
    ----------
    Chinneck (2008), Feasibility and Infeasibility in Optimization, chapter 1 (the least change
    that makes a programme feasible).
    """
    full = replace(problem, gaps="refused")
    partial = best_award_or_none(replace(problem, gaps="fewest"), effort)
    if partial is not None and not partial.unawarded:
        return Shortfall(partial, (), (), partial)
    if partial is not None and partial.most_lots == len(problem.lots):
        raise NoAwardInTimeError(
            "the search ended before it was known if every lot can be awarded; allow it more"
        )
    empty = problem.lots if partial is None else partial.unawarded
    freed = best_award_or_none(replace(full, constraints=()), effort)
    return Shortfall(
        partial=partial,
        lots=tuple(_reason(full, lot, effort) for lot in empty),
        relaxations=() if freed is None else _relaxations(full, effort),
        without_any=freed,
    )


def _reason(problem: AwardProblem, lot: str, effort: Effort) -> LotReason:
    bids = tuple(bid.name for bid in problem.bids if lot in bid.lots)
    if not bids:
        return LotReason(lot, "no bid", ())
    if _can_fill(problem, lot, effort):
        return LotReason(lot, "not with the others", bids)
    frees = tuple(
        constraint
        for constraint in problem.constraints
        if _can_fill(problem.without(constraint), lot, effort)
    )
    return LotReason(lot, "no bid can win", bids, frees)


def _can_fill(problem: AwardProblem, lot: str, effort: Effort) -> bool:
    """Return whether any award holds a lot, whatever becomes of the others."""
    # Points for that lot alone, and the highest score: then it is filled if it can be.
    amounts = {bid.name: problem.amount(bid) for bid in problem.bids}
    marked = tuple(
        replace(bid, amount=amounts[bid.name], score=Decimal(lot in bid.lots))
        for bid in problem.bids
    )
    wanted = replace(problem, bids=marked, aim="score", gaps="allowed", standard_prices=None)
    award = best_award_or_none(wanted, effort)
    if award is not None and not award.is_optimal and award.total == 0:
        raise NoAwardInTimeError(f"the search ended before lot {lot} was explained; allow it more")
    return award is not None and award.total > 0


def _relaxations(problem: AwardProblem, effort: Effort) -> tuple[Relaxation, ...]:
    found = []
    for constraint in problem.constraints:
        free = best_award_or_none(problem.without(constraint), effort)
        if free is None:
            continue
        nearest = _nearest(problem, constraint, free, effort)
        award = best_award(_with_instead(problem, constraint, nearest), effort)
        found.append(Relaxation(constraint, nearest, award))
    return tuple(found)


def _with_instead(problem: AwardProblem, old: Constraint, new: Constraint) -> AwardProblem:
    kept = tuple(new if one == old else one for one in problem.constraints)
    return replace(problem, constraints=kept)


def _nearest(
    problem: AwardProblem, constraint: Constraint, free: Award, effort: Effort
) -> Constraint:
    """Return the constraint with the figure nearest to its own that lets all lots be awarded."""

    def award_under(changed: Constraint) -> Award | None:
        return best_award_or_none(_with_instead(problem, constraint, changed), effort)

    if isinstance(constraint, MinimumWinners):
        return _most_winners(problem, constraint, free, award_under)
    return _least_limit(problem, constraint, free, award_under)


def _most_winners(
    problem: AwardProblem,
    constraint: MinimumWinners,
    free: Award,
    award_under: Callable[[Constraint], Award | None],
) -> Constraint:
    enough, too_many = _winner_count(problem, constraint.by, free), constraint.at_least
    while too_many - enough > 1:
        tried = (enough + too_many) // 2
        award = award_under(replace(constraint, at_least=tried))
        if award is None:
            too_many = tried
        else:
            enough = _winner_count(problem, constraint.by, award)
    return replace(constraint, at_least=enough)


def _winner_count(problem: AwardProblem, by: Holder, award: Award) -> int:
    return len({problem.holder(bid, by) for bid in _won(problem, award)})


def _won(problem: AwardProblem, award: Award) -> list[Bid]:
    won = set(award.winning)
    return [bid for bid in problem.bids if bid.name in won]


def _least_limit(
    problem: AwardProblem,
    limit: Limit,
    free: Award,
    award_under: Callable[[Constraint], Award | None],
) -> Constraint:
    _, too_low, places = limit_weights(problem, limit)
    enough = _most_held(problem, limit, free)
    while enough - too_low > 1:
        tried = (too_low + enough) // 2
        award = award_under(replace(limit, at_most=_figure(tried, places)))
        if award is None:
            too_low = tried
        else:
            enough = _most_held(problem, limit, award)
    return replace(limit, at_most=_figure(enough, places))


def _figure(units: int, places: int) -> Decimal | int:
    return Decimal(units).scaleb(-places) if places else units


def _most_held(problem: AwardProblem, limit: Limit, award: Award) -> int:
    """Return the most, in units, that any holder under a limit has of an award."""
    weights, _, _ = limit_weights(problem, limit)
    counts, codes = limited(problem, limit)
    won, held = set(award.winning), Counter[int]()
    for position, bid in enumerate(problem.bids):
        if bid.name in won and counts[position]:
            held[int(codes[position])] += int(weights[position])
    return max(held.values())
