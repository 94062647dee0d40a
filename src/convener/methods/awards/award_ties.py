"""Ties between best awards: which bids they are between, and the draw that settles them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from convener.methods.awards.award_model import ANY, Chosen, Integers, Model
from convener.methods.awards.award_problem import AwardProblem, AwardProblemError
from convener.methods.awards.award_solving import Effort, NoAwardInTimeError, Solution, minimise

Tickets = Mapping[str, Mapping[str, int]]
FINEST = 16  # a unit is cut into at most 2^16 parts to hold a price of the relaxed programme
ROOM = 60  # bits of a whole number that sums may fill


@dataclass(frozen=True, slots=True)
class Ties:
    """What all best awards share (``always``), and what only some of them hold."""

    always: tuple[str, ...]
    contested: tuple[str, ...]

    @property
    def is_unique(self) -> bool:
        return not self.contested


@dataclass(frozen=True)
class Optima:
    """Where all best awards lie: a programme in which only their bids can win."""

    model: Model
    costs: Integers  # what a bid adds, counted from the prices of its lots
    always: Chosen
    sometimes: Chosen

    @property
    def contested(self) -> Chosen:
        return self.sometimes & ~self.always

    def ties(self, problem: AwardProblem) -> Ties:
        return Ties(_names(problem, self.always), _names(problem, self.contested))


def _names(problem: AwardProblem, chosen: Chosen) -> tuple[str, ...]:
    return tuple(sorted(problem.bids[position].name for position in np.flatnonzero(chosen)))


def find_optima(model: Model, objective: Integers, best: Solution, effort: Effort) -> Optima:
    """Return which bids win in every best award and which in some, from one best award.

    First the always: an award as good is sought that keeps as few as can be of those thought
    to be in all; then the sometimes: one that has as many as can be of those not yet met.
    """
    possible, costs = _near_best(model, objective, best)
    model = model.with_only(possible)
    always, sometimes = best.chosen.copy(), best.chosen.copy()
    while always.any():
        other = _as_good(model, costs, best, always.astype(np.int64), effort)
        if (other | ~always).all():
            break
        always &= other
        sometimes |= other
    if (always == best.chosen).all() and _is_full(model, best):
        return Optima(model, costs, always, sometimes)
    while (unmet := possible & ~sometimes).any():
        other = _as_good(model, costs, best, -unmet.astype(np.int64), effort)
        if not (other & unmet).any():
            break
        sometimes |= other
    return Optima(model.with_only(sometimes), costs, always, sometimes)


def _is_full(model: Model, best: Solution) -> bool:
    """Return whether an award takes every lot, so that no other can hold all of it and more."""
    return bool((model.rows[: model.lots, : model.bids] @ best.chosen.astype(np.int64)).all())


def _as_good(
    model: Model, costs: Integers, best: Solution, then: Integers, effort: Effort
) -> Chosen:
    """Return the award that is least by ``then`` (0 or ±1 a bid) among those as good as the best.

    Raises
    ------
    NoAwardInTimeError
        If the effort ended before it was proven.
    AwardProblemError
        If the solver's two answers differ in cost, so that one of them was not the best.
    """
    # An award holds one bid a lot at most, so a unit of cost outweighs all of the second aim.
    found = minimise(model, costs * (model.lots + 1) + then, effort)
    if found is None or not found.is_optimal:
        raise NoAwardInTimeError("the search ended before the ties were known; allow it more")
    if costs[found.chosen].sum() != costs[best.chosen].sum():
        raise AwardProblemError("the figures lie too far apart for the solver to tell one unit")
    return found.chosen


def _near_best(model: Model, objective: Integers, best: Solution) -> tuple[Chosen, Integers]:
    """Return which bids can be in a best award, and what each adds from its lots' prices on.

    Prices of the rows come from the relaxed programme. Any prices give a bound on awards with a
    given bid; it is summed in whole numbers, so a bid is dropped only where it cannot win.
    """
    prices = _row_prices(model, objective)
    columns = np.zeros(model.ceiling.size, dtype=np.int64)
    columns[: model.bids] = objective
    scale = _scale(model, objective, prices)
    parts = np.rint(prices * scale).astype(np.int64)
    beyond = columns * scale - model.rows.T @ parts
    ends = np.where(parts > 0, model.lower, model.upper)
    base = int(parts[parts != 0] @ ends[parts != 0])
    base += int((np.minimum(beyond, 0) * model.ceiling).sum())
    possible = base + np.maximum(beyond, 0) <= best.value * scale
    possible &= model.ceiling > 0
    possible[: model.bids] |= best.chosen
    whole = np.where(model.lower == model.upper, np.rint(prices).astype(np.int64), 0)
    costs = np.where(possible, columns - model.rows.T @ whole, 0)
    return possible[: model.bids], costs[: model.bids]


def _scale(model: Model, objective: Integers, prices: NDArray[np.float64]) -> int:
    """Return into how many parts a unit can be cut without sums passing whole numbers."""
    ends = np.where(prices > 0, model.lower, np.where(prices < 0, model.upper, 0))
    largest = float(np.abs(prices) @ np.abs(ends)) + float(np.abs(objective).sum())
    return int(2 ** max(0, min(FINEST, ROOM - int(np.ceil(np.log2(largest + 2))))))


def _row_prices(model: Model, objective: Integers) -> NDArray[np.float64]:
    """Return what one more of each row's end would add to the relaxed optimum."""
    prices = np.zeros(model.lower.size)
    if model.ceiling.size == 0:
        return prices
    costs = np.zeros(model.ceiling.size)
    costs[: model.bids] = objective
    rows = model.rows.astype(np.float64)
    same = model.lower == model.upper
    below, above = (model.upper < ANY) & ~same, (model.lower > -ANY) & ~same
    relaxed = linprog(
        costs,
        A_ub=sparse.vstack([rows[below], -rows[above]]),
        b_ub=np.concatenate([model.upper[below], -model.lower[above]]),
        A_eq=rows[same],
        b_eq=model.lower[same],
        bounds=np.column_stack([np.zeros(costs.size), model.ceiling]),
    )
    if relaxed.status != 0:
        return prices
    prices[same] = relaxed.eqlin.marginals
    prices[below] += relaxed.ineqlin.marginals[: below.sum()]
    prices[above] -= relaxed.ineqlin.marginals[below.sum() :]
    # A row priced from an end that it does not have would bound nothing.
    prices[(prices > 0) & (model.lower == -ANY)] = 0
    prices[(prices < 0) & (model.upper == ANY)] = 0
    return prices


def settle(
    problem: AwardProblem, optima: Optima, best: Solution, rng: np.random.Generator, effort: Effort
) -> tuple[Chosen, Tickets]:
    """Return the best award that the draw picks, and the tickets drawn."""
    tickets, order = _draw(problem, optima.contested, rng)
    chosen, kept = best.chosen, optima.always.copy()
    for position in order:
        if not chosen[position]:
            wish = np.zeros(kept.size, dtype=np.int64)
            wish[position] = -1
            model = optima.model.with_row(kept.astype(np.int64), int(kept.sum()), ANY)
            other = _as_good(model, optima.costs, best, wish, effort)
            chosen = other if other[position] else chosen
        kept[position] |= chosen[position]
    return chosen, tickets


def _draw(
    problem: AwardProblem, contested: Chosen, rng: np.random.Generator
) -> tuple[Tickets, list[int]]:
    """Return a ticket for each owner and bid, by name, and the order in which bids go."""
    bids = {problem.bids[position].name: int(position) for position in np.flatnonzero(contested)}
    owner = {name: problem.holder(problem.bids[bids[name]], "owner") for name in bids}
    owners = _tickets(sorted(set(owner.values())), rng)
    own = _tickets(sorted(bids), rng)
    order = sorted(bids, key=lambda name: (owners[owner[name]], own[name], name))
    return {"owners": owners, "bids": own}, [bids[name] for name in order]


def _tickets(names: list[str], rng: np.random.Generator) -> dict[str, int]:
    raw = rng.bit_generator.random_raw(len(names))
    return {name: int(number) for name, number in zip(names, raw, strict=True)}
