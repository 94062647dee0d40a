"""Time rates of return beside pyxirr and numpy.roots, and the paying of outcomes.

    python benchmarks/cashflows.py

pyxirr gives one rate and does not say whether there are others; numpy.roots gives all, of yearly
flows only. Ours gives all, of any dates, and asks pyxirr where the signs allow one rate alone.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pyxirr
from numpy.typing import NDArray

from convener.methods.money.cashflows import irr, xirr
from convener.methods.money.outcome_payments import Cap, Outcome, Price, Taper, pay_outcomes
from convener.methods.money.waterfall import Flow, Tier, distribute

RUNS = 5
START = date(2020, 1, 1)
Values = NDArray[np.float64]


def median_seconds(work: Callable[[], object]) -> float:
    """Return the median time of some work."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def bond(rng: np.random.Generator, count: int) -> tuple[Values, NDArray[np.datetime64]]:
    """Return flows of a bond: money in, then money back, on scattered days."""
    days = np.sort(rng.choice(20 * count, count, replace=False))
    amounts = rng.uniform(1e3, 1e5, count) * np.where(np.arange(count) < count // 3, -1, 1)
    return amounts, np.datetime64(START, "D") + days


def all_by_roots(flows: Values) -> Values:
    """Return every rate above -1 as numpy.roots finds them."""
    roots = np.roots(flows)
    real = roots[np.abs(roots.imag) < 1e-9].real
    return np.sort(real[real > 0] - 1)


def print_rates(rng: np.random.Generator) -> None:
    """Print the time of one rate and of all rates, ours and the peers'."""
    print(f"median of {RUNS} runs                            ours ms  peer ms  ratio")
    bonds = [bond(rng, 8) for _ in range(1_000)]
    long = bond(rng, 1_000)
    turning = [rng.normal(size=40) for _ in range(20)]
    for flows in turning:
        if not np.allclose(irr(flows).rates, all_by_roots(flows), atol=1e-6):
            raise SystemExit("the two do not agree; nothing was timed")
    rows: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        (
            "1,000 bonds of 8 flows, pyxirr",
            lambda: [xirr(*each) for each in bonds],
            lambda: [pyxirr.xirr(dates, amounts) for amounts, dates in bonds],
        ),
        ("one of 1,000 flows, pyxirr", lambda: xirr(*long), lambda: pyxirr.xirr(long[1], long[0])),
        (
            "20 of 40 years turning often, numpy.roots",
            lambda: [irr(flows) for flows in turning],
            lambda: [all_by_roots(flows) for flows in turning],
        ),
    ]
    for name, ours, peer in rows:
        first, second = 1e3 * median_seconds(ours), 1e3 * median_seconds(peer)
        print(f"{name:43} {first:9.2f} {second:8.2f} {first / second:6.1f}")


def print_payments(rng: np.random.Generator) -> None:
    """Print how fast outcomes are paid and money is shared out."""
    outcomes = [
        Outcome(
            f"{at}", f"p{at // 4}", "job", f"c{at % 6}", START, START + timedelta(days=int(day))
        )
        for at, day in enumerate(rng.integers(0, 2_000, 100_000))
    ]
    caps = [
        Cap("person", ("person",), amount=Decimal(250)),
        Cap("year", ("financial-year",), amount=Decimal(900_000)),
        Cap("contract", (), amount=Decimal(4_000_000)),
    ]
    taper = Taper("volume", "job", ((0, Decimal(0)), (500, Decimal(1)), (9_000, Decimal("0.5"))))
    card = [Price("job", START, Decimal("99.95"))]
    taken = median_seconds(lambda: pay_outcomes(outcomes, card, tapers=[taper], caps=caps))
    print(f"100,000 outcomes paid under a taper and three caps {taken:6.2f} s")

    put_in = [Flow(START + timedelta(days=90 * at), Decimal(100_000), "a") for at in range(20)]
    back = [Flow(START + timedelta(days=400 + 30 * at), Decimal(25_000)) for at in range(120)]
    tiers = [
        Tier("capital", {"a": 1}, ("a", Decimal(0))),
        Tier("return", {"a": 1}, ("a", Decimal("0.06"))),
        Tier("rest", {"a": 1, "payer": 3}),
    ]
    taken = 1e3 * median_seconds(lambda: distribute(tiers, put_in, back))
    print(f"140 flows of a bond through three tiers            {taken:6.2f} ms")


def main() -> None:
    """Print the times."""
    rng = np.random.default_rng(7)
    print_rates(rng)
    print_payments(rng)


if __name__ == "__main__":
    main()
