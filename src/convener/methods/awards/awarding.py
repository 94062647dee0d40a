"""Winner determination: which bids win, so that the award as a whole is the best allowed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from convener.base.errors import NoSolutionError
from convener.methods.awards.award_model import (
    ANY,
    Chosen,
    Integers,
    Model,
    build_model,
    lot_counts,
    objective_of,
)
from convener.methods.awards.award_problem import AwardProblem
from convener.methods.awards.award_solving import (
    WITHOUT_LIMIT,
    Effort,
    NoAwardInTimeError,
    Solution,
    minimise,
)
from convener.methods.awards.award_ties import Optima, Tickets, Ties, find_optima, settle


class NoAwardError(NoSolutionError):
    """No award is allowed: some lot cannot be filled, or some constraint cannot be met."""


@dataclass(frozen=True, slots=True)
class Award:
    """The bids that win, what they come to, and how good any award could be.

    ``total`` is the cost or the score, and ``bound`` what no award can beat; the two are equal
    where the award is proven to be optimal. ``most_lots`` is how many lots any award could fill.
    """

    winning: tuple[str, ...]
    total: Decimal
    bound: Decimal
    unawarded: tuple[str, ...]
    most_lots: int
    is_optimal: bool

    @property
    def gap(self) -> Decimal:
        """Return how far the total may lie from the best, as a share of the total."""
        distance = abs(self.total - self.bound)
        return distance / self.total if self.total else distance


@dataclass(frozen=True, slots=True)
class Decision:
    """An award, what it ties with, and the draw that chose between them.

    ``tickets`` holds the owners of contested bids, then the contested bids, each with the number
    that it drew; the lowest goes first. There is no draw without a tie, and ties are not known
    (``None``) where the search was stopped before its award was proven.
    """

    award: Award
    ties: Ties | None
    tickets: Tickets


@dataclass(frozen=True)
class Solved:
    """A problem as a programme, with its solution: what the searches for ties start from."""

    problem: AwardProblem
    model: Model
    objective: Integers
    places: int
    solution: Solution
    most_lots: int
    fills_most: bool

    def award(self, chosen: Chosen | None = None) -> Award:
        """Return the award of the solution, or of another that is as good."""
        chosen = self.solution.chosen if chosen is None else chosen
        won = [bid for bid, wins in zip(self.problem.bids, chosen, strict=True) if wins]
        filled = {lot for bid in won for lot in bid.lots}
        value, bound = self.solution.value, self.solution.bound
        return Award(
            winning=tuple(sorted(bid.name for bid in won)),
            total=self.exactly(value),
            bound=self.exactly(bound),
            unawarded=tuple(lot for lot in self.problem.lots if lot not in filled),
            most_lots=self.most_lots,
            is_optimal=self.solution.is_optimal and self.fills_most,
        )

    def optima(self, effort: Effort) -> Optima:
        """Return where all awards as good as this one lie."""
        return find_optima(self.model, self.objective, self.solution, effort)

    def exactly(self, units: int) -> Decimal:
        """Return a sum of units as the amount or score that it stands for."""
        return Decimal(abs(units)).scaleb(-self.places)


def solve(problem: AwardProblem, effort: Effort = WITHOUT_LIMIT) -> Solved:
    """Return a problem with its solution, before ties are looked for.

    Raises
    ------
    NoAwardError, NoAwardInTimeError
        As for :func:`best_award`.
    """
    model = build_model(problem)
    objective, places = objective_of(problem)
    most, fills_most = len(problem.lots), True
    if problem.gaps == "fewest":
        counts = lot_counts(problem)
        filled = _found(problem, minimise(model, -counts, effort))
        model = model.with_row(counts, -filled.value, ANY)
        most, fills_most = min(most, -filled.bound), filled.is_optimal
    solution = _found(problem, minimise(model, objective, effort))
    return Solved(problem, model, objective, places, solution, most, fills_most)


def _found(problem: AwardProblem, solution: Solution | None) -> Solution:
    if solution is not None:
        return solution
    with_bids = {lot for bid in problem.bids for lot in bid.lots}
    bare = [lot for lot in problem.lots if lot not in with_bids]
    if bare and problem.gaps == "refused":
        raise NoAwardError(
            f"nobody bid for {', '.join(bare)}: seek more bids, or let lots stay unawarded"
        )
    within = "; ".join(str(constraint) for constraint in problem.constraints)
    message = f"the {len(problem.bids)} bids do not combine to an award of {_wanted(problem)}"
    raise NoAwardError(message + (f" where {within}: relax one" if within else ""))


def _wanted(problem: AwardProblem) -> str:
    count = len(problem.lots)
    return f"all {count} lots" if problem.gaps == "refused" else f"any of {count} lots"


def best_award(problem: AwardProblem, effort: Effort = WITHOUT_LIMIT) -> Award:
    """Return an award that no other beats: the lowest cost, or the highest score.

    Where several tie, which of them is returned is the solver's affair; :func:`decide_award`
    states the ties and breaks them by a draw.

    Parameters
    ----------
    problem : lots, bids and limits
        What is decided on.
    effort : seconds or nodes, > 0
        When to stop. A stopped search gives the best award that it met, with a bound.

    Returns
    -------
    award
        With its exact total, and the bound that proves it or says how far it may be off.

    Raises
    ------
    NoAwardError
        If no award is allowed: :func:`award_shortfall.explain_shortfall` says
        why and what to relax.
    NoAwardInTimeError
        If the effort ended before any award was found.

    References
    ----------
    Lehmann, Müller and Sandholm (2006), "The winner determination problem", in Cramton, Shoham
    and Steinberg (eds), Combinatorial Auctions, chapter 12, sections 2 and 3. Lot limits and
    numbers of winners: Bichler, Davenport, Hohner and Kalagnanam (2006), "Industrial procurement
    auctions", chapter 23 of the same, section 3.
    """
    return solve(problem, effort).award()


def best_award_or_none(problem: AwardProblem, effort: Effort = WITHOUT_LIMIT) -> Award | None:
    """Return the best award as :func:`best_award` does, or none where no award is allowed."""
    try:
        return best_award(problem, effort)
    except NoAwardError:
        return None


def find_ties(problem: AwardProblem, effort: Effort = WITHOUT_LIMIT) -> Ties:
    """Return which bids win in every best award, and which in some and not in others.

    Parameters
    ----------
    problem : lots, bids and limits
        What is decided on.
    effort : seconds or nodes, > 0
        When to stop each search.

    Returns
    -------
    ties
        Without contested bids there is only one best award.

    Raises
    ------
    NoAwardError
        If no award is allowed.
    NoAwardInTimeError
        If the effort ended before the best award, or what it ties with, was proven.
    """
    solved = solve(problem, effort)
    if not solved.award().is_optimal:
        raise NoAwardInTimeError(
            "the search ended before the best award was proven; allow it more"
        )
    return solved.optima(effort).ties(problem)


def decide_award(
    problem: AwardProblem, rng: np.random.Generator, effort: Effort = WITHOUT_LIMIT
) -> Decision:
    """Return the best award, with its ties stated and broken by a draw that anyone can repeat.

    The owners of contested bids each draw a ticket, then the contested bids do. Bids go in the
    order of their owner's ticket, and within it of their own; each wins if a best award with all
    that was settled before allows it. So an owner gains nothing by bidding more often, and the
    order in which the bids are given does not matter.

    Parameters
    ----------
    problem : lots, bids and limits
        What is decided on.
    rng : generator
        Seeded as published before bids were opened. Tickets are its bit generator's own 64-bit
        numbers, which NumPy promises to keep from version to version.
    effort : seconds or nodes, > 0
        When to stop each search.

    Returns
    -------
    decision
        The award, the ties and the tickets. Without proof of the award there is no draw.

    Raises
    ------
    NoAwardError
        If no award is allowed.
    NoAwardInTimeError
        If the effort ended before any award was found, or before ties were known.

    References
    ----------
    NumPy Enhancement Proposal 19 (2019), "Random number generator policy", on bit generators.
    """
    solved = solve(problem, effort)
    if not solved.award().is_optimal:
        return Decision(solved.award(), None, {})
    optima = solved.optima(effort)
    ties = optima.ties(problem)
    if ties.is_unique:
        return Decision(solved.award(), ties, {})
    chosen, tickets = settle(problem, optima, solved.solution, rng, effort)
    return Decision(solved.award(chosen), ties, tickets)
