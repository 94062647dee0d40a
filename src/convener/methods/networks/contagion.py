"""Contagion: how distress spreads from those that stop to those that hold claims on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convener.base.errors import BadInputError
from convener.methods.networks.capped_flows import Flow, Flows, Marks, least_capped

FAILED = 1 - 1e-9  # who has lost so much of its buffer has lost it all


class NetworkError(BadInputError):
    """A network of claims cannot be what was given."""


@dataclass(frozen=True)
class Contagion:
    """What shocks came to: one row a shock, one column a member of the network."""

    shocks: Flows
    stress: Flows

    @property
    def has_failed(self) -> Marks:
        """Return who has no buffer left in the end, the shocked ones included."""
        failed: Marks = self.stress >= FAILED
        return failed

    @property
    def additional_failures(self) -> NDArray[np.int64]:
        """Return how many failed whom the shock itself had left standing, one number a shock."""
        return (self.has_failed & (self.shocks < FAILED)).sum(axis=1)


def debtrank(exposure: ArrayLike, buffer: ArrayLike, shocks: ArrayLike | None = None) -> Contagion:
    """Return the distress after shocks where every loss is passed on, however small.

    Distress is the share of its buffer that a member has lost. Each further part lost is passed
    to all who hold claims on it, round after round and round loops too, until nothing changes.
    The end is found exactly, by equations: rounds would need thousands where claims nearly feed
    themselves.

    Parameters
    ----------
    exposure : (n, n) amounts, >= 0, none on itself
        What a member (row) would lose if another (column) failed.
    buffer : (n,) amounts, > 0
        What each can lose before it fails.
    shocks : (s, n) or (n,) distress at the start, 0 to 1; without: each member fails in turn
        One row a shock. All are carried in one batch.

    Returns
    -------
    Contagion
        The shocks, and the distress in the end: (s, n), 0 to 1.

    Raises
    ------
    NetworkError
        If the shapes do not fit, an amount is negative or not finite, a buffer is not above
        zero, a member holds a claim on itself, or a shock is not within 0 and 1.

    References
    ----------
    Bardoscia, Battiston, Caccioli and Caldarelli (2015), "DebtRank: a microscopic foundation for
    shock propagation", PLoS ONE 10(6), e0130406, equation 5.
    """
    flow, started = _network(exposure, buffer, shocks)
    return Contagion(started, least_capped(flow, started.T).T)


def single_hit_debtrank(
    exposure: ArrayLike, buffer: ArrayLike, shocks: ArrayLike | None = None
) -> Contagion:
    """Return the distress after shocks where each passes on its first distress only.

    The first form of DebtRank: it never counts round a loop, and so tells too little where
    losses come in several steps. A second, small shock may even lower its answer, because whoever
    it touches then speaks too early.

    Parameters
    ----------
    exposure, buffer, shocks
        As for :func:`debtrank`.

    Returns
    -------
    Contagion
        As for :func:`debtrank`.

    Raises
    ------
    NetworkError
        As for :func:`debtrank`.

    References
    ----------
    Battiston, Puliga, Kaushik, Tasca and Caldarelli (2012), "DebtRank: too central to fail?",
    Scientific Reports 2, 541, methods.
    """
    flow, started = _network(exposure, buffer, shocks)
    return _spread(flow, started, lambda stress: stress, lambda stress: stress > 0)


def threshold_cascade(
    exposure: ArrayLike, buffer: ArrayLike, shocks: ArrayLike | None = None
) -> Contagion:
    """Return the distress after shocks where only who has failed passes losses on, and whole.

    Parameters
    ----------
    exposure, buffer, shocks
        As for :func:`debtrank`.

    Returns
    -------
    Contagion
        As for :func:`debtrank`. Who has not failed keeps what it lost as distress below 1.

    Raises
    ------
    NetworkError
        As for :func:`debtrank`.

    References
    ----------
    Furfine (2003), "Interbank exposures: quantifying the risk of contagion", Journal of Money,
    Credit and Banking 35(1), section 2.
    """
    flow, started = _network(exposure, buffer, shocks)
    return _spread(flow, started, np.ones_like, lambda stress: stress >= FAILED)


def additional_stress(contagion: Contagion, weights: ArrayLike) -> Flows:
    """Return what share of the network's weight was lost beyond the shocks themselves.

    Parameters
    ----------
    contagion : s shocks of n members
        What :func:`debtrank` or another of its kind returned.
    weights : (n,) sizes, >= 0, not all zero
        How much each member counts: its assets, contracts or people served. Scaled to sum to 1.

    Returns
    -------
    (s,) share, 0 to 1
        The weighted distress in the end, less that at the start.

    Raises
    ------
    NetworkError
        If there is not one finite weight a member, one is negative, or all are zero.

    References
    ----------
    Battiston et al. (2012), as for :func:`single_hit_debtrank`.
    """
    sizes = np.asarray(weights, dtype=np.float64)
    members = contagion.stress.shape[1]
    if sizes.shape != (members,) or not np.isfinite(sizes).all() or (sizes < 0).any():
        message = f"met weights of shape {sizes.shape}; wanted {members}, finite and not negative"
        raise NetworkError(message)
    if sizes.sum() <= 0:
        raise NetworkError("one weight at least is above zero")
    lost: Flows = (contagion.stress - contagion.shocks) @ (sizes / sizes.sum())
    return lost


def write_down(contagion: Contagion, exposure: ArrayLike) -> Flows:
    """Return what all claims together lose, if a claim loses what share its debtor has lost.

    Parameters
    ----------
    contagion : s shocks of n members
        What :func:`debtrank` or another of its kind returned.
    exposure : (n, n) amounts, >= 0
        As for :func:`debtrank`.

    Returns
    -------
    (s,) amount, >= 0
        Not capped at the buffers of those who hold the claims.

    Raises
    ------
    NetworkError
        As for :func:`debtrank`.
    """
    claims = _claims(exposure)
    if claims.shape[0] != contagion.stress.shape[1]:
        message = (
            f"met claims among {claims.shape[0]}, after shocks to {contagion.stress.shape[1]}"
        )
        raise NetworkError(message)
    lost: Flows = contagion.stress @ claims.sum(axis=0)
    return lost


def _spread(
    flow: Flow,
    shocks: Flows,
    sent_by: Callable[[Flows], Flows],
    is_sending: Callable[[Flows], Marks],
) -> Contagion:
    """Go round until nobody sends: each sends once, as soon as it does at all."""
    stress = shocks.T
    sending = is_sending(stress)
    has_sent = sending
    while sending.any():
        arrived = flow.passed_on(np.where(sending, sent_by(stress), 0.0))
        stress = np.minimum(stress + arrived, 1.0)
        sending = is_sending(stress) & ~has_sent
        has_sent = has_sent | sending
    return Contagion(shocks, stress.T)


def _network(
    exposure: ArrayLike, buffer: ArrayLike, shocks: ArrayLike | None
) -> tuple[Flow, Flows]:
    """Return the leverage of each on each, ready to spread distress, and the shocks by row."""
    claims = _claims(exposure)
    count = claims.shape[0]
    buffers = np.asarray(buffer, dtype=np.float64)
    if buffers.shape != (count,):
        raise NetworkError(f"met buffers of shape {buffers.shape}; wanted {count}, one a member")
    if not (np.isfinite(buffers).all() and (buffers > 0).all()):
        raise NetworkError("a buffer is finite and above zero; shock whoever has none left")
    started = np.eye(count) if shocks is None else np.atleast_2d(np.asarray(shocks, np.float64))
    if started.ndim != 2 or started.shape[1] != count:  # noqa: PLR2004 -- rows and columns
        raise NetworkError(f"met shocks of shape {started.shape}; wanted {count} in each row")
    if not ((started >= 0) & (started <= 1)).all():
        raise NetworkError("a shock is the share of its buffer that a member loses, 0 to 1")
    return Flow(claims / buffers[:, np.newaxis]), started


def _claims(exposure: ArrayLike) -> Flows:
    claims = np.asarray(exposure, dtype=np.float64)
    if claims.ndim != 2 or claims.shape[0] != claims.shape[1]:  # noqa: PLR2004 -- a square
        message = f"met exposures of shape {claims.shape}; wanted one row and column a member"
        raise NetworkError(message)
    if not (np.isfinite(claims).all() and (claims >= 0).all()):
        raise NetworkError("an exposure is finite and not negative")
    if claims.diagonal().any():
        raise NetworkError("nobody holds a claim on itself")
    return claims
