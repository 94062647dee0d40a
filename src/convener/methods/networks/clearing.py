"""Clearing: what each can pay when those that owe it money may not be able to pay in full."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from convener.base.errors import BadInputError
from convener.methods.networks.capped_flows import Flow, Flows, Marks, least_capped

ROUNDING = 1e-10  # who lacks less than this share of its debts is not in default
ROUNDS = 8


class LiabilitiesError(BadInputError):
    """What members owe cannot be what was given."""


@dataclass(frozen=True)
class Clearing:
    """What each pays, has left and loses: (n,), or (s, n) for s cases."""

    payments: Flows
    equity: Flows
    default_costs: Flows
    has_defaulted: Marks


@dataclass(frozen=True)
class _System:
    """Debts as a flow of payments, one column a case."""

    owed: Flows
    assets: Flows
    flow: Flow
    alpha: float
    beta: float

    def received(self, payments: Flows) -> Flows:
        return self.flow.passed_on(payments)

    def is_short(self, received: Flows) -> Marks:
        short: Marks = self.assets + received < self.owed * (1 - ROUNDING)
        return short


def clear(
    liabilities: ArrayLike,
    external_assets: ArrayLike,
    *,
    external_liabilities: ArrayLike | None = None,
    alpha: float = 1.0,
    beta: float = 1.0,
    least: bool = False,
) -> Clearing:
    """Return payments that settle all debts as far as each can pay, in proportion.

    Who cannot pay in full defaults: what it has goes to its creditors in proportion to what it
    owes them. Default may cost: then only the share ``alpha`` of its own assets and ``beta`` of
    what it receives reach anyone.

    Parameters
    ----------
    liabilities : (n, n) amounts, >= 0, none to itself
        What a member (row) owes another (column).
    external_assets : (n,) or (s, n) amounts, >= 0
        What each has beside what the others owe it; several rows are several cases.
    external_liabilities : (n,) amounts, >= 0; without: nothing
        What each owes beyond the network, with the same rank as its other debts.
    alpha : share, 0 to 1
        What default leaves of a member's external assets.
    beta : share, 0 to 1
        What default leaves of what a member receives from others.
    least : whether to return the least payments that settle, not the greatest
        The two differ where failure feeds itself: by default costs, or by debts in a ring that
        no money enters.

    Returns
    -------
    Clearing
        Payments, what is left to the owners, what default cost, and who defaulted.

    Raises
    ------
    LiabilitiesError
        If the shapes do not fit, an amount is negative or not finite, a member owes itself, or
        alpha or beta is not a share.

    References
    ----------
    Eisenberg and Noe (2001), "Systemic risk in financial systems", Management Science 47(2),
    section 3.1. Rogers and Veraart (2013), "Failure and rescue in an interbank network",
    Management Science 59(4), section 3.
    """
    debts, beyond = _debts(liabilities, external_liabilities)
    assets = _assets(external_assets, debts.shape[0])
    if not (0 <= alpha <= 1 and 0 <= beta <= 1):
        raise LiabilitiesError(f"met alpha {alpha:g} and beta {beta:g}; wanted shares, 0 to 1")
    owed = debts.sum(axis=1) + beyond
    shares = np.divide(debts.T, owed, out=np.zeros_like(debts), where=owed > 0)
    columns = np.atleast_2d(assets).T
    system = _System(owed[:, np.newaxis], columns, Flow(shares), alpha, beta)
    payments = _least(system) if least else _greatest(system)
    return _settled(system, payments, assets.shape)


def _greatest(system: _System) -> Flows:
    """Return the greatest clearing payments, by the algorithm of fictitious defaults.

    All pay in full; who then cannot has defaulted, and pays what it can while the others pay in
    full; until nobody more defaults. Those who default so default under any clearing payments.
    """
    flow = Flow(system.beta * system.flow.matrix)
    payments = _paid_after_rounds(system)
    defaulted = np.zeros(payments.shape, dtype=np.bool_)
    while True:
        more = system.is_short(system.received(payments)) & ~defaulted
        going = np.flatnonzero(more.any(axis=0))
        if not going.size:
            return np.clip(payments, 0.0, system.owed)
        defaulted |= more
        free = defaulted[:, going]
        held = np.broadcast_to(system.owed, free.shape)
        given = system.alpha * system.assets[:, going]
        payments[:, going], _ = flow.solve(given, held, free, np.zeros_like(free))


def _paid_after_rounds(system: _System) -> Flows:
    """Return payments after a few rounds from full payment, each paying what it can by then.

    They are never below the greatest clearing payments, and cheap: most who default are seen to,
    so that the equations need solving once or twice.
    """
    payments: Flows = np.broadcast_to(system.owed, system.assets.shape).copy()
    for _ in range(ROUNDS):
        received = system.received(payments)
        left = system.alpha * system.assets + system.beta * received
        payments = np.where(system.is_short(received), left, system.owed)
    return payments


def _least(system: _System) -> Flows:
    """Return the least clearing payments.

    Nobody is taken to be solvent. All pay what default leaves them, which is the least that they
    can; who then has enough is solvent, and pays in full; until nobody more is. Those who are
    solvent so are solvent under any clearing payments.
    """
    owed = system.owed
    has_debts = owed > 0
    scale = np.where(has_debts, owed, 1.0)
    relative = Flow(system.beta * system.flow.matrix * scale.T / scale)
    solvent = np.broadcast_to(~has_debts, system.assets.shape)
    while True:
        given = np.where(solvent, 1.0, system.alpha * system.assets / scale)
        payments = owed * least_capped(relative, given)
        more = ~system.is_short(system.received(payments)) & ~solvent
        if not more.any():
            return payments
        solvent = solvent | more


def _settled(system: _System, payments: Flows, shape: tuple[int, ...]) -> Clearing:
    has_defaulted = payments < system.owed * (1 - ROUNDING)
    received = system.received(payments)
    lost = (1 - system.alpha) * system.assets + (1 - system.beta) * received
    left = np.maximum(system.assets + received - payments, 0.0)
    return Clearing(
        payments=payments.T.reshape(shape),
        equity=np.where(has_defaulted, 0.0, left).T.reshape(shape),
        default_costs=np.where(has_defaulted, lost, 0.0).T.reshape(shape),
        has_defaulted=has_defaulted.T.reshape(shape),
    )


def _debts(liabilities: ArrayLike, external: ArrayLike | None) -> tuple[Flows, Flows]:
    debts = np.asarray(liabilities, dtype=np.float64)
    if debts.ndim != 2 or debts.shape[0] != debts.shape[1]:  # noqa: PLR2004 -- a square
        message = f"met liabilities of shape {debts.shape}; wanted one row and column a member"
        raise LiabilitiesError(message)
    count = debts.shape[0]
    beyond = np.zeros(count) if external is None else np.asarray(external, dtype=np.float64)
    if beyond.shape != (count,):
        message = f"met external liabilities of shape {beyond.shape}; wanted {count}"
        raise LiabilitiesError(message)
    for amounts in (debts, beyond):
        if not (np.isfinite(amounts).all() and (amounts >= 0).all()):
            raise LiabilitiesError("a liability is finite and not negative")
    if debts.diagonal().any():
        raise LiabilitiesError("nobody owes itself")
    return debts, beyond


def _assets(external_assets: ArrayLike, count: int) -> Flows:
    assets = np.asarray(external_assets, dtype=np.float64)
    if assets.ndim not in {1, 2} or assets.shape[-1] != count:
        message = f"met external assets of shape {assets.shape}; wanted {count} in each row"
        raise LiabilitiesError(message)
    if not (np.isfinite(assets).all() and (assets >= 0).all()):
        raise LiabilitiesError("assets are finite and not negative")
    return assets
