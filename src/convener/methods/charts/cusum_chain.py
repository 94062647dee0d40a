"""A CUSUM as a Markov chain on a grid: the steps that its evidence takes, and how they add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_toeplitz, toeplitz

Floats = NDArray[np.float64]


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
        # A step longer than the grid ends in the same place as one as long as it.
        place = np.clip(self.move / (height / cells), -cells, cells)
        cell = np.floor(place)
        beyond = place - cell
        first = int(cell.min())
        at = cell.astype(np.int64) - first
        count = int(at.max()) + 2
        chance = np.bincount(at, self.chance * (1 - beyond), count)
        chance += np.bincount(at + 1, self.chance * beyond, count)
        return GridSteps(first, chance)


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
        From a grid of ``cells``; see :func:`extrapolated`.
    """
    on_grid = steps.on_grid(_centred(limit, cells), cells)
    cell = np.arange(1, cells)
    # Off 0 the chain is Toeplitz. Each run over it ends above the limit or back at 0: solve
    # for its length and for the chance that it ends at 0, and close the circle there.
    column, row = -on_grid.of(1 - cell), -on_grid.of(cell - 1)
    column[0] += 1
    row[0] += 1
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
        From a grid of ``cells``; see :func:`extrapolated`.
    """
    # The state is a row: cell 0 gathers all that would fall below it; above the top is alarm.
    on_grid = steps.on_grid(_centred(limit, cells), cells)
    cell = np.arange(cells)
    step = toeplitz(on_grid.of(-cell), on_grid.of(cell))
    step[:, 0] = on_grid.up_to(-cell)
    state = np.zeros(cells)
    state[0] = 1.0
    while cases:
        if cases % 2:
            state = state @ step
        cases //= 2
        if cases:
            step = step @ step
    return float(1 - state.sum())


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
    row[0] += 1
    at_once = 1 - on_grid.up_to(cell - 1)
    return np.concatenate([[1.0], solve_toeplitz((column, row), at_once)])


def extrapolated(coarse: float, middle: float, fine: float) -> float:
    """Return where three grids, each twice as fine as the one before, lead.

    Parameters
    ----------
    coarse, middle, fine : numbers
        What each grid gives.

    Returns
    -------
    number
        The error falls to a quarter from grid to grid where a case moves the evidence by a cell
        or more, and to a half where cases without failure move it by less: the three show
        which, and the rest of the way follows.
    """
    first, second = middle - coarse, fine - middle
    fall = np.clip(first / second, 2.0, 4.0) if second else 4.0
    return float(fine + second / (fall - 1))


def _centred(limit: float, cells: int) -> float:
    """Return the height at which a grid raises the alarm at the limit.

    A step that ends within the last cell is shared between it and the alarm, so that the alarm
    lies half a cell below the top in the mean.
    """
    return limit * cells / (cells - 0.5)
