"""Whether circumstances decide an outcome without exception, so that no model of it is finite."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from convener.base.errors import NoSolutionError

Floats = NDArray[np.float64]

ROUND_OFF = 1e-9  # of a column's own size
CONSTANT = "constant"


class SeparationError(NoSolutionError):
    """A circumstance decides the outcome without exception, so no estimate of it is finite."""


def refuse_separation(signed: Floats, level: Floats | None, labels: tuple[str, ...]) -> None:
    """Refuse if a mix of columns points to one side in some cases and to the other in none.

    Parameters
    ----------
    signed : (n, p + 1)
        The columns of cases, turned so that for a separation all would point to one side.
    level : (m, p + 1)
        Those of cases for which the mix must not move at all.
    labels : (p + 1,) words
        Of the columns.

    Raises
    ------
    SeparationError
        If there is such a mix, naming what it is made of.
    """
    size = np.abs(signed if level is None else np.vstack([signed, level])).max(axis=0)
    rows = np.unique(signed / size, axis=0)
    still = None if level is None else np.unique(level / size, axis=0)
    found = linprog(
        -rows.sum(axis=0),
        A_ub=-rows,
        b_ub=np.zeros(rows.shape[0]),
        A_eq=still,
        b_eq=None if still is None else np.zeros(still.shape[0]),
        bounds=(-1, 1),
    )
    if found.status == 0 and -found.fun <= ROUND_OFF * rows.size:
        return
    culprits = [
        label
        for label, weight in zip(labels, found.x, strict=True)
        if abs(weight) > ROUND_OFF and label != CONSTANT
    ]
    message = f"the outcome is decided without exception by {', '.join(culprits)}"
    raise SeparationError(f"{message}: join kinds that are rare, or leave it out")
