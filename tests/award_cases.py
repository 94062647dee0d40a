"""Awards by trying every set of bids, and small random problems to try them on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import numpy as np
from hypothesis import HealthCheck
from hypothesis import strategies as st

from convener.methods.awards.award_problem import AwardProblem, Bid, Limit, MinimumWinners

OFTEN_NONE = [HealthCheck.filter_too_much]  # so many small problems have no award at all


def seeded(seed=1):
    return np.random.Generator(np.random.PCG64(seed))


def bid(name, bidder, lots, amount=None, **more):
    """A bid on lots named by one letter each."""
    amount = None if amount is None else Decimal(amount)
    return Bid(name, bidder, tuple(lots), amount, **more)


def problem_of(instance):
    """One of the oracle's instances."""
    bids = tuple(
        Bid(f"{number:03}", str(bidder), tuple(map(str, lots)), Decimal(price))
        for number, (bidder, lots, price) in enumerate(instance["bids"])
    )
    limit = Limit("bidder", "lots", instance["lot_limit"])
    return AwardProblem(tuple(map(str, range(instance["lots"]))), bids, (limit,))


def oracle(shared):
    text = (shared / "oracles" / "award_instances.json").read_text(encoding="utf-8")
    return json.loads(text)


@dataclass(frozen=True)
class Best:
    """What trying every set found: the best total, and every award that has it."""

    total: Decimal
    lots: int
    awards: list[frozenset[str]]

    @property
    def always(self):
        return frozenset.intersection(*self.awards)

    @property
    def contested(self):
        return frozenset.union(*self.awards) - self.always


def best_by_trying(problem):
    """Try every set of bids; none where no set is allowed."""
    found = []
    for wins in product((False, True), repeat=len(problem.bids)):
        won = [one for one, win in zip(problem.bids, wins, strict=True) if win]
        if is_allowed(problem, won):
            found.append((_rank(problem, won), frozenset(one.name for one in won)))
    if not found:
        return None
    lowest = min(rank for rank, _ in found)
    total = lowest[1] if problem.aim == "cost" else -lowest[1]
    return Best(total, -lowest[0], [names for rank, names in found if rank == lowest])


def _rank(problem, won):
    lots = sum(len(one.lots) for one in won) if problem.gaps == "fewest" else 0
    if problem.aim == "cost":
        return -lots, sum((one.amount for one in won), Decimal(0))
    return -lots, -sum((one.score for one in won), Decimal(0))


def is_allowed(problem, won):
    lots = [lot for one in won for lot in one.lots]
    if len(set(lots)) < len(lots) or (problem.gaps == "refused" and len(lots) < len(problem.lots)):
        return False
    groups = [(one.bidder, group) for one in won for group in set(one.exclusive)]
    return len(set(groups)) == len(groups) and all(
        _meets(problem, won, constraint) for constraint in problem.constraints
    )


def _meets(problem, won, constraint):
    held = {}
    for one in won:
        holder = one.bidder
        if constraint.by == "owner":
            holder = problem.owners.get(one.bidder, one.bidder)
        by_value = isinstance(constraint, Limit) and constraint.of == "value"
        held.setdefault(holder, []).append(problem.amount(one) if by_value else len(one.lots))
    if isinstance(constraint, MinimumWinners):
        return len(held) >= constraint.at_least
    return all(
        sum(parts) <= constraint.at_most
        for holder, parts in held.items()
        if constraint.only in (None, holder)
    )


@st.composite
def problems(draw, *, gaps=None, aim=None):
    """Few lots and bids, with prices so near each other that awards tie or differ by a penny."""
    aim = aim or draw(st.sampled_from(["cost", "score"]))
    gaps = gaps or draw(st.sampled_from(["refused", "fewest", *(["allowed"] * (aim == "score"))]))
    lots = "abcd"[: draw(st.integers(1, 4))]
    pence = draw(st.sampled_from([5, 40, 10**6, 10**11]))
    bids = draw(
        st.lists(
            st.builds(
                bid,
                name=st.just(""),
                bidder=st.sampled_from("PQRS"),
                lots=st.lists(st.sampled_from(lots), min_size=1, max_size=3, unique=True),
                amount=st.integers(-3, 3),
                score=st.integers(0, 4).map(Decimal),
                exclusive=st.sampled_from([(), (), ("x",), ("x", "y")]),
            ),
            max_size=9,
        )
    )
    bids = tuple(
        bid(
            f"bid{number}",
            one.bidder,
            one.lots,
            (pence * len(one.lots) + one.amount).scaleb(-2),
            score=one.score,
            exclusive=one.exclusive,
        )
        for number, one in enumerate(bids)
    )
    owners = {"P": "owner", "Q": "owner"} if draw(st.booleans()) else {}
    holders = st.sampled_from(["bidder", "owner"])
    value = st.integers(1, 3).flatmap(lambda n: st.integers(-2, 2).map(lambda d: n * pence + d))
    constraints = draw(
        st.lists(
            st.one_of(
                st.builds(Limit, holders, st.just("lots"), st.integers(0, 3)),
                st.builds(
                    Limit, holders, st.just("value"), value.map(lambda v: Decimal(v).scaleb(-2))
                ),
                st.builds(MinimumWinners, holders, st.integers(1, 3)),
            ),
            max_size=3,
            unique=True,
        )
    )
    if bids and draw(st.booleans()):
        named = draw(st.sampled_from(bids)).bidder
        constraints.append(Limit("bidder", "lots", draw(st.integers(0, 2)), only=named))
    return AwardProblem(tuple(lots), bids, tuple(constraints), owners, aim, gaps)
