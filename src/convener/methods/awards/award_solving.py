"""The award's programme solved through SciPy, and its answer checked in whole numbers.

Every answer is summed and checked again exactly, so no rounding of the solver reaches an award.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from convener.base.errors import NoSolutionError
from convener.methods.awards.award_model import ANY, Chosen, Integers, Model
from convener.methods.awards.award_problem import AwardProblemError

STOPPED, INFEASIBLE = 1, 2  # the solver's words for why there is no answer


class NoAwardInTimeError(NoSolutionError):
    """The solver was stopped before it had an answer."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long each search may take: seconds, or nodes, which stop it alike on any machine."""

    seconds: float | None = None
    nodes: int | None = None


WITHOUT_LIMIT = Effort()


@dataclass(frozen=True)
class Solution:
    """What the solver found: the bids chosen, their sum in units, and the proven bound."""

    chosen: Chosen
    value: int
    bound: int

    @property
    def is_optimal(self) -> bool:
        return self.bound >= self.value


def minimise(model: Model, objective: Integers, effort: Effort = WITHOUT_LIMIT) -> Solution | None:
    """Return the allowed choice of bids with the least sum, or none where none is allowed.

    Raises
    ------
    NoAwardInTimeError
        If the effort ended before any choice was found.
    """
    while True:
        found = _search(model, objective, effort)
        if found is None:
            return None
        columns, bound = found
        broken = _broken_row(model, columns)
        if broken is None:
            chosen = columns[: model.bids].astype(np.bool_)
            value = int(objective[chosen].sum())
            least = int(np.minimum(objective, 0).sum())
            return Solution(chosen, value, min(value, ceil(max(least, min(bound, value)))))
        model = _without_combination(model, columns, broken)


def _search(model: Model, objective: Integers, effort: Effort) -> tuple[Integers, float] | None:
    """Return the solver's columns as whole numbers, and its bound; or none."""
    size = model.ceiling.size
    if size == 0:
        return None if (model.lower > 0).any() else (model.ceiling, 0.0)
    costs = np.zeros(size)
    costs[: model.bids] = objective
    result = milp(
        costs,
        integrality=np.ones(size),
        bounds=Bounds(0, model.ceiling),
        constraints=LinearConstraint(model.rows.astype(np.float64), *_ends(model)),
        options=_options(effort),
    )
    if result.x is not None:
        columns = np.rint(result.x).astype(np.int64)
        return columns, np.inf if result.status == 0 else _safely(result.mip_dual_bound)
    if result.status == STOPPED:
        raise NoAwardInTimeError(
            "the search ended before it found any award; allow it more effort"
        )
    if result.status == INFEASIBLE or "infeasible" in result.message.lower():
        return None
    raise AwardProblemError(f"the solver cannot read the figures: {result.message}")


def _ends(model: Model) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lower = np.where(model.lower == -ANY, -np.inf, model.lower.astype(np.float64))
    upper = np.where(model.upper == ANY, np.inf, model.upper.astype(np.float64))
    return lower, upper


def _options(effort: Effort) -> dict[str, float]:
    # The solver's own default would stop within 0.01% of the optimum.
    options: dict[str, float] = {"mip_rel_gap": 0.0}
    if effort.seconds is not None:
        options["time_limit"] = effort.seconds
    if effort.nodes is not None:
        options["node_limit"] = effort.nodes
    return options


def _safely(bound: float | None) -> float:
    """Return a bound less what its floating point may have added."""
    return -np.inf if bound is None else bound - 1e-9 * abs(bound) - 1e-6


def _broken_row(model: Model, columns: Integers) -> int | None:
    """Return a row that the solver's tolerance let pass and whole numbers do not."""
    activity = model.rows @ columns
    broken = np.flatnonzero((activity < model.lower) | (activity > model.upper))
    return int(broken[0]) if broken.size else None


def _without_combination(model: Model, columns: Integers, row: int) -> Model:
    """Return the model in which the bids that break a row together cannot win together."""
    part = model.rows[[row]].toarray()[0][: model.bids]
    together = (part > 0) & (columns[: model.bids] > 0)
    return model.with_row(together.astype(np.int64), -ANY, int(together.sum()) - 1)
