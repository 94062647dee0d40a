"""Time what is added to the solver when lots are awarded, on seeded bids.

    python benchmarks/awards.py [BIDS] [LOTS]

The peer is the solver itself: the time inside scipy.optimize.milp on the programme that is built,
against everything else that best_award does (checks of the bids apart, which are done once).
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import numpy as np
from scipy.optimize import linprog, milp

from convener.methods.awards import award_solving, award_ties
from convener.methods.awards.award_problem import AwardProblem, Bid, Limit, MinimumWinners
from convener.methods.awards.awarding import best_award, decide_award

RUNS = 5
MOST_ADDED = 0.30


def seeded_problem(bids: int, lots: int, seed: int = 7) -> AwardProblem:
    """Return lots of differing size with bids on one to four neighbours, and three limits."""
    rng = random.Random(seed)
    names = tuple(f"lot-{number:03}" for number in range(lots))
    sizes = {name: rng.randint(20_000_000, 200_000_000) for name in names}  # pence
    bidders = [f"bidder-{number:03}" for number in range(max(8, bids // 25))]
    keenness = {bidder: rng.uniform(0.92, 1.10) for bidder in bidders}
    offers = []
    for number in range(bids):
        bidder = rng.choice(bidders)
        start, count = rng.randrange(lots), rng.choice((1, 1, 1, 2, 2, 3, 4))
        chosen = tuple(names[(start + step) % lots] for step in range(count))
        rate = keenness[bidder] * rng.uniform(0.97, 1.03) * (1 - 0.02 * (count - 1))
        amount = Decimal(round(sum(sizes[lot] for lot in chosen) * rate)) / 100
        group = (f"group-{rng.randrange(3)}",) if rng.random() < 0.2 else ()
        offers.append(Bid(f"bid-{number:04}", bidder, chosen, amount, exclusive=group))
    owners = {bidder: f"owner-{number // 2:03}" for number, bidder in enumerate(bidders)}
    # A tenth of all value each, or twice an even share where few bid.
    tenth = sum(sizes.values()) // min(10, len(bidders) // 4)
    limits = (
        Limit("bidder", "lots", 4),
        Limit("owner", "value", Decimal(tenth) / 100),
        MinimumWinners("owner", min(12, lots // 4, len(bidders) // 4)),
    )
    return AwardProblem(names, tuple(offers), limits, owners)


class Stopwatch:
    """Adds up the time spent inside a function."""

    def __init__(self, inner: Callable[..., Any]) -> None:
        self.inner, self.seconds, self.calls = inner, 0.0, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever is timed
        start = time.perf_counter()
        try:
            return self.inner(*args, **kwargs)
        finally:
            self.seconds += time.perf_counter() - start
            self.calls += 1


def timed(work: Callable[[], Any]) -> tuple[float, float, int]:
    """Return the median time of all, the time inside the solver in that run, and its calls."""
    taken = []
    for _ in range(RUNS):
        solver, relaxed = Stopwatch(milp), Stopwatch(linprog)
        with (
            patch.object(award_solving, "milp", solver),
            patch.object(award_ties, "linprog", relaxed),
        ):
            start = time.perf_counter()
            work()
            whole = time.perf_counter() - start
        taken.append((whole, solver.seconds + relaxed.seconds, solver.calls + relaxed.calls))
    return statistics.median_low(taken)


def main() -> None:
    """Print what is added to the time of the solver."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("bids", type=int, nargs="?", default=2_000)
    arguments.add_argument("lots", type=int, nargs="?", default=60)
    given = arguments.parse_args()

    start = time.perf_counter()
    problem = seeded_problem(given.bids, given.lots)
    checked = time.perf_counter() - start
    award = best_award(problem)
    print(f"{given.bids:,} bids on {given.lots} lots, median of {RUNS} runs; cost {award.total:,}")
    print(f"making and checking the bids {checked:.3f} s")
    free = replace(problem, constraints=())
    for name, work in (
        ("best_award", lambda: best_award(problem)),
        ("without constraints", lambda: best_award(free)),
        ("decide_award (ties too)", lambda: decide_award(problem, np.random.default_rng(7))),
    ):
        whole, inside, calls = timed(work)
        added = (whole - inside) / inside
        print(f"{name:24} {whole:7.3f} s, of it the solver {inside:7.3f} s in {calls} calls")
        print(f"{'':24} added {added:7.1%} (wanted at most {MOST_ADDED:.0%})")


if __name__ == "__main__":
    main()
