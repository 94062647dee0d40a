"""Time drawing a committed sample beside NumPy's, allocating it, and bounding what it found.

    python benchmarks/sampling.py

NumPy's draw is quicker by nature: it needs neither the names of the claims nor a hash of each, and
nobody without NumPy can repeat it. The ratio is what being open to anyone costs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from decimal import Decimal

import numpy as np

from convener.methods.claims.allocation import allocate
from convener.methods.claims.extrapolation import recover
from convener.methods.claims.sampling import Findings, draw

RUNS = 5
SEED = bytes(range(32))


def median_seconds(work: Callable[[], object]) -> float:
    """Return the median time of some work."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Print the times."""
    rng = np.random.default_rng(7)
    strata = [f"stratum {at:02}" for at in range(50)]
    frame = {f"claim {at:06}": strata[at * at % 50] for at in range(100_000)}
    sizes = dict.fromkeys(strata, 0)
    for name in frame.values():
        sizes[name] += 1
    sizes = {name: size for name, size in sizes.items() if size}
    allocation = allocate(sizes, 5_000, minimum=30)
    found = [
        Findings(name, sizes[name], checked, checked // 10) for name, checked in allocation.items()
    ]
    prices = dict.fromkeys(sizes, Decimal("215.00"))

    ours = median_seconds(lambda: draw(frame, allocation, seed=SEED))
    peer = median_seconds(
        lambda: [rng.choice(sizes[name], allocation[name], replace=False) for name in sizes]
    )
    print(f"100,000 claims in {len(sizes)} strata, 5,000 drawn, median of {RUNS} runs")
    print(f"drawn by hash      {ours:9.4f} s")
    print(f"drawn by NumPy     {peer:9.4f} s  ratio {ours / peer:.0f}")
    print(
        f"allocated          {median_seconds(lambda: allocate(sizes, 5_000, minimum=30)):9.4f} s"
    )
    print(f"recovery worked out{median_seconds(lambda: recover(found, prices)):9.4f} s")


if __name__ == "__main__":
    main()
