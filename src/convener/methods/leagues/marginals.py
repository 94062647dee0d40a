"""Binomial likelihoods integrated over normal priors of the log odds: quickly, and exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from convener.methods.leagues.log_concave import Densities, cell_integrals, grids

Floats = NDArray[np.float64]

AT_ONCE = 8_000  # densities looked at together: few enough for a processor's cache


def laplace(events: Floats, others: Floats, nodes: Floats) -> Floats:
    """Return nearly the logarithm of the integral of all units' densities at each node.

    It serves to find the nodes that matter, for which :func:`integrals` is then exact.

    Parameters
    ----------
    events, others : (units,) count
        Cases with the event, and without.
    nodes : (nodes, 4)
        As in :mod:`~convener.methods.leagues.log_concave`.

    Returns
    -------
    (nodes,) log likelihood
    """
    total = np.empty(nodes.shape[0])
    step = max(AT_ONCE // events.size, 1)
    for start in range(0, nodes.shape[0], step):
        _, _, c, m = nodes[start : start + step].T[:, :, None]
        densities = Densities(events, others, c, m, is_log=False)
        top = densities.top()
        around = np.log(2 * np.pi / densities.curvature(top)) / 2
        total[start : start + step] = (densities.height(top) + around).sum(axis=1)
    return total


def integrals(events: Floats, others: Floats, nodes: Floats) -> tuple[Floats, Floats, Floats]:
    """Integrate binomial likelihoods over normal priors on the logit scale.

    Parameters
    ----------
    events, others, nodes
        As for :func:`laplace`.

    Returns
    -------
    (nodes,) log likelihood, and two of (units, nodes) rate
        The logarithm of the product of the integrals over all units; and the means of each
        unit's probability and of its square.
    """
    count = nodes.shape[0]
    total = np.empty(count)
    mean, square = np.empty((events.size, count)), np.empty((events.size, count))
    for node, cut in enumerate(grids(events, others, nodes, is_log=False)):
        whole = cut.mass.sum(axis=0)
        total[node] = (cut.highest + np.log(whole)).sum()
        with np.errstate(over="ignore"):
            rate = 1 / (1 + np.exp(-cut.points))
        once = rate * cut.density
        mean[:, node] = cell_integrals(once, cut.points).sum(axis=0) / whole
        square[:, node] = cell_integrals(rate * once, cut.points).sum(axis=0) / whole
    return total, mean, square
