"""Flows that cannot pass a cap: ``x = min(cap, given + matrix @ x)``, solved exactly in batches.

Distress that cannot pass 1 and payments that cannot pass what is owed are both of this form. Going
round until nothing changes is slow where a flow nearly feeds itself (thousands of rounds), so who
is at the cap is found by a finite search, and the rest by linear equations. Columns are cases.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Flows = NDArray[np.float64]
Marks = NDArray[np.bool_]

EXACT = 1e-12  # a solution may miss its equations by so much of its largest flow
_SPARSE_BELOW = 0.05
_CASES = 1024  # in memory at once


class Flow:
    """A matrix that passes flows on, ready to be solved for many cases."""

    def __init__(self, matrix: Flows) -> None:
        self.matrix = matrix
        self._own = np.eye(matrix.shape[0])
        is_sparse = np.count_nonzero(matrix) < _SPARSE_BELOW * matrix.size
        self._passing = sparse.csr_array(matrix) if is_sparse else matrix

    def passed_on(self, flows: Flows) -> Flows:
        """Return what each receives of the flows of all."""
        received: Flows = self._passing @ flows
        return received

    def solve(self, given: Flows, held: Flows, free: Marks, idle: Marks) -> tuple[Flows, Flows]:
        """Return flows that are ``held``, save where ``free``: there ``given`` and passed on.

        The cases share one inverse, of the equations that most of them have. Each then adds a
        small system for the rows in which its own equations differ. Rows that are ``idle`` have
        no flow by either equation. What is passed on of the flows is returned beside them.
        """
        base, inverse = self._shared(free | idle)
        wanted = np.where(free, given, held)
        is_other = (free != base[:, np.newaxis]) & ~idle
        flows = inverse @ np.where(is_other, 0.0, wanted)
        if is_other.any():
            flows += inverse @ self._corrections(inverse, flows, wanted, free, is_other)
        flows = np.where(free, flows, held)
        return self._mended(flows, given, held, free)

    def _corrections(
        self, inverse: Flows, flows: Flows, wanted: Flows, free: Marks, is_other: Marks
    ) -> Flows:
        """Return what must enter the shared equations so that each case's own rows hold."""
        freed = np.flatnonzero((is_other & free).any(axis=1))
        own, own_inverse = flows.copy(), inverse.copy()
        own[freed] -= self.matrix[freed] @ flows
        own_inverse[freed] -= self.matrix[freed] @ inverse
        entering = np.zeros_like(flows)
        for case in np.flatnonzero(is_other.any(axis=0)):
            rows = np.flatnonzero(is_other[:, case])
            is_free = free[rows, case]
            square = np.ix_(rows, rows)
            left = np.where(is_free, own[rows, case], flows[rows, case])
            equations = np.where(is_free[:, np.newaxis], own_inverse[square], inverse[square])
            entering[rows, case] = _solved(equations, wanted[rows, case] - left)
        return entering

    def _shared(self, free: Marks) -> tuple[Marks, Flows]:
        """Return who is free in most cases, and the inverse of the equations they then have."""
        base: Marks = 2 * np.count_nonzero(free, axis=1) > free.shape[1]
        equations = np.where(base[:, np.newaxis], self._own - self.matrix, self._own)
        try:
            return base, np.linalg.inv(equations)
        except np.linalg.LinAlgError:
            return np.zeros_like(base), self._own

    def _mended(self, flows: Flows, given: Flows, held: Flows, free: Marks) -> tuple[Flows, Flows]:
        """Solve anew, each on its own, the cases that the shared inverse left inexact."""
        received = self.passed_on(flows)
        missed = np.where(free, np.abs(given + received - flows), 0.0).max(axis=0)
        scale = np.maximum(1.0, np.abs(flows).max(axis=0))
        for case in np.flatnonzero(~(missed <= EXACT * scale)):
            rows = np.flatnonzero(free[:, case])
            alone = np.where(free[:, case], 0.0, held[:, case])
            entering = given[rows, case] + self.passed_on(alone)[rows]
            equations = (self._own - self.matrix)[np.ix_(rows, rows)]
            flows[:, case] = alone
            flows[rows, case] = np.linalg.solve(equations, entering)
            received[:, case] = self.passed_on(flows[:, case])
        return flows, received


def _solved(equations: Flows, wanted: Flows) -> Flows:
    """Return a solution; where there is none, no numbers, so that the case is solved anew."""
    try:
        return np.linalg.solve(equations, wanted)
    except np.linalg.LinAlgError:
        return np.full_like(wanted, np.nan)


def least_capped(flow: Flow, given: Flows) -> Flows:
    """Return the least ``x`` with ``x = min(1, given + matrix @ x)``, to which rounds from 0 lead.

    Where nothing that enters can reach, it is 0. Elsewhere the map is concave and what enters
    reaches everyone, so there is one solution only, and Newton's method from above finds it in
    finitely many steps: all are at the cap until it is shown that they cannot be.

    Parameters
    ----------
    flow : of (n, n) >= 0
        What each receives (row) of a unit of another (column).
    given : (n, s) >= 0
        What enters from outside, a column a case.

    Returns
    -------
    (n, s) 0 to 1
        The flows, a column a case.
    """
    blocks = [
        _least_capped(flow, given[:, start : start + _CASES])
        for start in range(0, given.shape[1], _CASES)
    ]
    return np.concatenate(blocks, axis=1) if blocks else given.copy()


def _least_capped(flow: Flow, given: Flows) -> Flows:
    reached = _reached(flow, given > 0)
    flows = reached.astype(np.float64)
    free = np.zeros_like(reached)
    going = np.arange(given.shape[1])
    received = flow.passed_on(flows)
    while True:
        entering = given[:, going] + received
        missed = np.abs(np.minimum(entering, 1.0) - flows[:, going]).max(axis=0, initial=0.0)
        freed = reached[:, going] & (entering < 1.0) & ~free[:, going]
        is_going = (missed > EXACT) & freed.any(axis=0)
        going = going[is_going]
        if not going.size:
            return np.clip(flows, 0.0, 1.0)
        free[:, going] |= freed[:, is_going]
        held = reached[:, going]
        flows[:, going], received = flow.solve(
            given[:, going], held.astype(np.float64), free[:, going], ~held
        )


def _reached(flow: Flow, starts: Marks) -> Marks:
    """Return whom a flow reaches that enters at the starts."""
    reached = starts
    while True:
        wider = reached | (flow.passed_on(reached.astype(np.float64)) > 0)
        if (wider == reached).all():
            return reached
        reached = wider
