"""A CUSUM as a Markov chain on a grid: the steps that its evidence takes, and how they add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.linalg import solve_toeplitz

Floats = NDArray[np.float64]
STEADY = 1e-9  # the rate of alarms stays as it is once a case changes it by less


@dataclass(frozen=True, eq=False)  # arrays have no one answer to whether they are equal
class Steps:
    """What one case does to the evidence: how far it moves, and how likely."""

    move: Floats
    """Log likelihood ratios, two for each kind of case."""

    chance: Floats
    """Their probabilities, which sum to 1."""

    def on_grid(self, height: float, cells: int) -> GridSteps:
        """Return the steps in cells of a grid of so many cells up to a height.

        A step between two cells is shared between both, so that its mean stays: the paired
        rounding of Knoth, Wittenberg and Gan (2019), Statistics in Medicine 38.
        """
        cell, beyond = self._places(height, cells)
        first = int(cell.min())
        at = cell.astype(np.int64) - first
        count = int(at.max()) + 2
        chance = np.bincount(at, self.chance * (1 - beyond), count)
        chance += np.bincount(at + 1, self.chance * beyond, count)
        return GridSteps(first, chance)

    def spread_by_grid(self, height: float, cells: int) -> float:
        """Return the variance that sharing steps between cells adds to a step."""
        _, beyond = self._places(height, cells)
        return float(self.chance @ (beyond * (1 - beyond))) * (height / cells) ** 2

    def _places(self, height: float, cells: int) -> tuple[Floats, Floats]:
        """Return the cell at or below each step, and what part of a cell the step goes beyond."""
        # A step longer than the grid ends in the same place as one as long as it.
        place = np.clip(self.move / (height / cells), -cells, cells)
        cell = np.floor(place)
        return cell, place - cell


@dataclass(frozen=True, eq=False)  # arrays have no one answer to whether they are equal
class GridSteps:
    """Steps by whole cells: ``chance[i]`` of a step by ``first + i`` cells."""

    first: int
    chance: Floats

    def of(self, cells: NDArray[np.int64]) -> Floats:
        """Return the chance of a step by so many cells."""
        place = cells - self.first
        inside = (place >= 0) & (place < self.chance.size)
        return np.where(inside, self.chance[np.clip(place, 0, self.chance.size - 1)], 0.0)

    def up_to(self, cells: NDArray[np.int64]) -> Floats:
        """Return the chance of a step by so many cells or fewer."""
        total = np.concatenate([[0.0], np.cumsum(self.chance)])
        return np.asarray(total[np.clip(cells - self.first + 1, 0, self.chance.size)])


def steps_of(risk: Floats, frequency: Floats, odds_ratio: float, true_odds_ratio: float) -> Steps:
    """Return what one case does to the evidence.

    Parameters
    ----------
    risk : (k,) probability, 0 < risk < 1
        The chance of failure expected for each kind of case.
    frequency : (k,) share, sum 1
        How often each kind comes.
    odds_ratio : ratio, > 0, not 1
        The change that the chart looks for.
    true_odds_ratio : ratio, > 0
        The change that is there: 1 where all is as expected.

    Returns
    -------
    Steps
        Of 2k moves.
    """
    spared = np.log1p(risk * (odds_ratio - 1))
    failing = true_odds_ratio * risk / (1 + risk * (true_odds_ratio - 1))
    move = np.concatenate([-spared, np.log(odds_ratio) - spared])
    return Steps(move, np.concatenate([frequency * (1 - failing), frequency * failing]))


def mean_run(steps: Steps, limit: float, cells: int) -> float:
    """Return how many cases a chart that starts at 0 sees until its alarm, on one grid.

    Parameters
    ----------
    steps : Steps
        What one case does.
    limit : log likelihood ratio, > 0
        Where the alarm is raised.
    cells : count, >= 2
        How fine the grid is.

    Returns
    -------
    cases, >= 1
        From a grid of ``cells``; see :func:`without_grid`.
    """
    on_grid = steps.on_grid(centred(limit, cells), cells)
    cell = np.arange(1, cells)
    # Off 0 the chain is Toeplitz. Each run over it ends above the limit or back at 0: solve
    # for its length and for the chance that it ends at 0, and close the circle there.
    column, row = -on_grid.of(1 - cell), -on_grid.of(cell - 1)
    column[0] += 1
    ends = np.column_stack([np.ones(cell.size), on_grid.up_to(-cell)])
    run, back = solve_toeplitz((column, row), ends).T
    leave = on_grid.of(cell)
    stay = float(on_grid.up_to(np.zeros(1, np.int64))[0])
    return float((1 + leave @ run) / (1 - stay - leave @ back))


def chance_of_alarm(steps: Steps, limit: float, cases: int, cells: int) -> float:
    """Return the chance that a chart that starts at 0 raises an alarm, on one grid.

    Parameters
    ----------
    steps : Steps
        What one case does.
    limit : log likelihood ratio, > 0
        Where the alarm is raised.
    cases : count, >= 0
        Within how many cases.
    cells : count, >= 2
        How fine the grid is.

    Returns
    -------
    probability, 0 to 1
        From a grid of ``cells``; see :func:`without_grid`.
    """
    on_grid = steps.on_grid(centred(limit, cells), cells)
    raised, left, hazard, to_come = _carried(on_grid.first, on_grid.chance, cells, cases)
    return float(raised - left * np.expm1(to_come * np.log1p(-hazard)))


def tail_of_evidence(steps: Steps, highest: float, cells: int) -> Floats:
    """Return how likely evidence so high is in a chart that has run long without a limit.

    Parameters
    ----------
    steps : Steps
        What one case does; evidence must fall in the mean.
    highest : log likelihood ratio, > 0
        How high the grid goes; what lies above it is taken as impossible.
    cells : count, >= 2
        How fine the grid is.

    Returns
    -------
    (cells + 1,) probability
        Of evidence of 0, 1, ... cells or more. The first is 1.
    """
    on_grid = steps.on_grid(highest, cells)
    cell = np.arange(1, cells + 1)
    column, row = -on_grid.of(cell - 1), -on_grid.of(1 - cell)
    column[0] += 1
    at_once = 1 - on_grid.up_to(cell - 1)
    return np.concatenate([[1.0], solve_toeplitz((column, row), at_once)])


def without_grid[Figure: (float, Floats)](
    coarse: Figure, fine: Figure, *, added_by_coarse: float, added_by_fine: float
) -> Figure:
    """Return where a figure lies once the grid's own part in it is taken off.

    Parameters
    ----------
    coarse, fine : numbers
        The figure on two grids.
    added_by_coarse, added_by_fine : variance, >= 0
        What each grid adds to a step: see :meth:`Steps.spread_by_grid`.

    Returns
    -------
    numbers
        A grid keeps the mean of every step and adds to its variance. What it adds is known: the
        figure moves with it, so two grids show where it lies without.
    """
    if added_by_coarse <= added_by_fine:  # the steps happen to fit the coarse grid better
        return fine
    share = min(1.0, added_by_fine / (added_by_coarse - added_by_fine))
    return fine + (fine - coarse) * share


def centred(limit: float, cells: int) -> float:
    """Return the height at which a grid raises the alarm at the limit.

    A step that ends within the last cell is shared between it and the alarm, so that the alarm
    lies half a cell below the top in the mean.
    """
    return limit * cells / (cells - 0.5)


@njit(cache=True, error_model="numpy")
def _carried(
    first: int, chance: Floats, cells: int, cases: int
) -> tuple[float, float, float, int]:  # pragma: no cover  # compiled
    """Carry the chance of each cell from case to case, until alarms come at a steady rate.

    Returns the chance of an alarm so far and of none, the chance of one at each case to come, and
    how many those are.
    """
    now, later, above = np.zeros(cells), np.zeros(cells), np.zeros(cells + 1)
    now[0] = 1.0
    raised = before = 0.0
    for case in range(cases):
        for cell in range(cells - 1, -1, -1):
            above[cell] = above[cell + 1] + now[cell]
        later[:] = 0.0
        alarm = 0.0
        for place in range(chance.size):
            move, share = first + place, chance[place]
            if share == 0:
                continue
            if move > 0:
                alarm += share * above[cells - move]
                come, go = now[: cells - move], later[move:]
            else:  # cell 0 gathers all that would fall below it
                later[0] += share * (above[0] - above[-move])
                come, go = now[-move:], later[: cells + move]
            for cell in range(come.size):
                go[cell] += share * come[cell]
        raised += alarm
        hazard = alarm / above[0]
        if hazard > 0 and abs(hazard - before) <= STEADY * before:
            return raised, above[0] - alarm, hazard, cases - case - 1
        now, later, before = later, now, hazard
    return raised, 0.0, 0.0, 0
