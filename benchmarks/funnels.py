"""Time the limits of funnels beside plain SciPy versions of the same formulas.

python benchmarks/funnels.py [PROVIDERS]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from convener.methods.charts.funnel import ratio_funnel
from convener.methods.charts.funnel_drawing import Widening
from convener.methods.charts.funnel_limits import binomial_limits, poisson_limits

RUNS = 9
LEVELS = (0.95, 0.998)
TARGET = 0.12
Floats = NDArray[np.float64]


def plain_poisson(mean: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the same exact limits with SciPy's distributions."""
    tail = (1 - level) / 2
    low, high = stats.poisson.ppf(tail, mean), stats.poisson.isf(tail, mean)
    lower = low - (stats.poisson.cdf(low, mean) - tail) / stats.poisson.pmf(low, mean)
    upper = high + (stats.poisson.sf(high - 1, mean) - tail) / stats.poisson.pmf(high, mean)
    return np.maximum(lower, 0) / mean, upper / mean


def plain_interval(mean: Floats, level: float) -> tuple[Floats, Floats]:
    """Return Garwood's interval with SciPy's distributions."""
    tail = (1 - level) / 2
    lower, upper = stats.chi2.ppf(tail, 2 * mean), stats.chi2.isf(tail, 2 * mean + 2)
    return lower / 2 / mean, upper / 2 / mean


def plain_binomial(trials: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the same exact limits with SciPy's distributions."""
    tail, chance = (1 - level) / 2, stats.binom(trials, TARGET)
    low, high = chance.ppf(tail), chance.isf(tail)
    lower = low - (chance.cdf(low) - tail) / chance.pmf(low)
    upper = high + (chance.sf(high - 1) - tail) / chance.pmf(high)
    return np.maximum(lower, 0) / trials, upper / trials


def median_seconds(call: Callable[[], Any]) -> float:
    """Return the median time of a call."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def compared(name: str, ours: Callable[[float], Any], plain: Callable[[float], Any]) -> None:
    """Print one line: both times for both levels, and their ratio, if the two agree."""
    start = time.perf_counter()
    ours(0.9)
    first = time.perf_counter() - start
    for level in LEVELS:
        if not np.allclose(ours(level), plain(level), atol=1e-9):
            raise SystemExit(f"{name}: the two do not agree; nothing was timed")
    fast = median_seconds(lambda: [ours(level) for level in LEVELS])
    slow = median_seconds(lambda: [plain(level) for level in LEVELS])
    row = f"{name:28}{1e3 * fast:9.1f} ms{1e3 * slow:9.1f} ms{fast / slow:8.3f}"
    print(f"{row}{1e3 * first:11.0f} ms")


def main() -> None:
    """Print the times of each kind of limits."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("providers", type=int, nargs="?", default=10_000)
    given = arguments.parse_args()

    rng = np.random.default_rng(7)
    mean = np.exp(rng.uniform(np.log(0.5), np.log(5_000), given.providers))
    trials = np.ceil(mean / TARGET)
    seen = rng.poisson(mean * rng.lognormal(0, 0.2, given.providers))

    print(f"{given.providers:,} providers, limits of 95% and 99.8%, median of {RUNS} runs")
    print(f"{'':28}{'convener':>12}{'SciPy':>12}{'ratio':>8}{'first call':>14}")
    compared(
        "exact Poisson, tail",
        lambda level: poisson_limits(mean, level=level),
        lambda level: plain_poisson(mean, level),
    )
    compared(
        "exact Poisson, interval",
        lambda level: poisson_limits(mean, level=level, form="interval"),
        lambda level: plain_interval(mean, level),
    )
    compared(
        "exact binomial",
        lambda level: binomial_limits(trials, TARGET, level=level),
        lambda level: plain_binomial(trials, level),
    )
    exact = median_seconds(lambda: ratio_funnel(seen, mean))
    wide = median_seconds(lambda: ratio_funnel(seen, mean, scale="log", widen=Widening()))
    print(f"{'whole exact funnel':28}{1e3 * exact:9.1f} ms")
    print(f"{'whole log funnel, widened':28}{1e3 * wide:9.1f} ms")


if __name__ == "__main__":
    main()
