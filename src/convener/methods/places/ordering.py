"""Neutral order: providers near each other come in an order that chance alone decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError


class OrderingError(BadInputError):
    """The providers, distances or bands of an order cannot be what was given."""


@dataclass(frozen=True)
class NeutralOrder:
    """Positions of the providers as they are to be shown, and the band of each.

    ``bands`` runs along ``order``: 0 is the nearest band, ``unknown_band`` holds those whose
    distance nobody knows.
    """

    order: NDArray[np.int64]
    bands: NDArray[np.int64]
    unknown_band: int


def neutral_order(
    identifiers: Sequence[str],
    distances: ArrayLike,
    *,
    edges: ArrayLike,
    rng: np.random.Generator,
) -> NeutralOrder:
    """Return an order of providers that favours nobody within a band of distance.

    Every provider of a band is first equally often over seeds. The same seed gives the same order,
    in whatever order the providers were read.

    Parameters
    ----------
    identifiers : (n,) text, each once
        What a provider is known by, so that the order of reading plays no part.
    distances : (n,) distance, >= 0, or NaN where it is not known
        From the person to the provider, in any unit. Within a band it plays no part.
    edges : (k,) distance, > 0, rising
        The far edge of each band, in the same unit. A distance on an edge is in the nearer band;
        those beyond the last edge are a band too, and those not known come after it in one of
        their own. None: one band for all that are known.
    rng : generator
        From a seed that is recorded beside the list that was shown.

    Returns
    -------
    NeutralOrder
        Positions, nearest band first.

    Raises
    ------
    OrderingError
        If the lengths differ, an identifier comes twice, a distance is negative or infinite, or
        the edges do not rise from above zero.

    References
    ----------
    Knuth (1997), The Art of Computer Programming 2, section 3.4.2, algorithm P: every order of a
    band is equally likely. Ho and Imai (2008), "Estimating causal effects of ballot order from a
    randomized natural experiment", Public Opinion Quarterly 72(2): being first draws choices,
    and a lottery makes that fair.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> shown = neutral_order(["a", "b", "c"], [4.0, 0.5, np.nan], edges=[1, 5], rng=rng)
    >>> shown.order.tolist(), shown.bands.tolist()
    ([1, 0, 2], [0, 1, 3])
    """
    limits = _edges(edges)
    away = _distances(distances, identifiers)
    unknown = limits.size + 1
    band = np.where(np.isnan(away), unknown, np.searchsorted(limits, away, side="left"))
    by_name = np.array(
        sorted(range(len(identifiers)), key=identifiers.__getitem__), dtype=np.int64
    )
    mixed = rng.permutation(by_name)
    order = mixed[np.argsort(band[mixed], kind="stable")]
    return NeutralOrder(order, band[order].astype(np.int64), unknown)


def _edges(edges: ArrayLike) -> NDArray[np.float64]:
    limits = np.asarray(edges, dtype=np.float64).ravel()
    if not (np.isfinite(limits).all() and (np.diff(limits, prepend=0.0) > 0).all()):
        raise OrderingError(
            f"met the edges {limits.tolist()}; wanted edges that rise from above 0"
        )
    return limits


def _distances(distances: ArrayLike, identifiers: Sequence[str]) -> NDArray[np.float64]:
    away = np.asarray(distances, dtype=np.float64).ravel()
    if away.size != len(identifiers):
        message = f"met {away.size} distances of {len(identifiers)} providers; wanted one of each"
        raise OrderingError(message)
    if len(set(identifiers)) != len(identifiers):
        raise OrderingError("an identifier comes twice; wanted each provider once")
    if np.isinf(away).any() or (away < 0).any():
        raise OrderingError("a distance is at least 0 and finite; NaN where it is not known")
    return away
