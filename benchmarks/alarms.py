"""Time alarm charts, run lengths and limits beside plain NumPy versions of the same formulas.

python benchmarks/alarms.py [PROVIDERS] [CASES]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convener.methods.charts.cusum import risk_adjusted_cusum, vlad
from convener.methods.charts.run_length import (
    average_run_length,
    limit_for_false_alarms,
    limit_for_run_length,
)

RUNS = 5
LIMIT = 4.5
MIX = np.linspace(0.01, 0.4, 60)  # risks of sixty scores, the higher the rarer
OFTEN = np.exp(-np.arange(60) / 12)
Floats = NDArray[np.float64]


def plain_charts(failed: NDArray[np.bool_], risk: Floats) -> Floats:
    """Return the same charts, a case of every provider at a time."""
    weight: Floats = np.log(2) * failed - np.log(1 + risk)
    path = np.empty_like(weight)
    now = np.zeros(weight.shape[0])
    for case in range(weight.shape[1]):
        now = np.maximum(now + weight[:, case], 0)
        path[:, case] = now
        now = np.where(now >= LIMIT, 0.0, now)
    return path


def plain_run(limit: float, cells: int = 800) -> float:
    """Return the run length by the dense matrix of the same chain, on one grid."""
    width = limit / (cells - 0.5)
    matrix, often = np.zeros((cells, cells)), OFTEN / OFTEN.sum()
    here = np.arange(cells)
    for risk, share in zip(MIX, often, strict=True):
        for chance, move in ((1 - risk, 0.0), (risk, np.log(2))):
            place = np.maximum((move - np.log(1 + risk)) / width + here, 0)
            cell = np.floor(place).astype(int)
            for to, part in ((cell, 1 - (place - cell)), (cell + 1, place - cell)):
                inside = to < cells
                np.add.at(matrix, (here[inside], to[inside]), (share * chance * part)[inside])
    return float(np.linalg.solve(np.eye(cells) - matrix, np.ones(cells))[0])


def plain_limit(run_length: float) -> float:
    """Return the limit for a run length by halving."""
    low, high = 0.1, 10.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if plain_run(middle) < run_length else (low, middle)
    return low


def timed(call: Callable[[], Any], runs: int = RUNS) -> float:
    """Return the median time of a call."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def line(name: str, ours: float, plain: float | None = None) -> None:
    """Print one line of the table."""
    beside = f"{plain:10.4f} s{ours / plain:9.3f}" if plain else ""
    print(f"{name:44}{ours:10.4f} s{beside}")


def main() -> None:
    """Print the times of charts, runs and limits."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("providers", type=int, nargs="?", default=1_000)
    arguments.add_argument("cases", type=int, nargs="?", default=2_000)
    given = arguments.parse_args()

    rng = np.random.default_rng(7)
    shape = (given.providers, given.cases)
    risk = rng.choice(MIX, size=shape, p=OFTEN / OFTEN.sum())
    failed = rng.random(shape) < risk
    unit = np.repeat(np.arange(given.providers), given.cases)
    flat = failed.ravel(), risk.ravel()

    first = timed(lambda: risk_adjusted_cusum([0], [0.1], limit=LIMIT), 1)
    first += timed(lambda: vlad([0], [0.1]), 1)
    chart = risk_adjusted_cusum(*flat, limit=LIMIT, unit=unit)
    if not np.allclose(chart.path.reshape(shape), plain_charts(failed, risk)):
        raise SystemExit("the charts do not agree; nothing was timed")
    run = average_run_length(LIMIT, MIX, frequency=OFTEN)
    if abs(run / plain_run(LIMIT) - 1) > 0.01:
        raise SystemExit("the run lengths do not agree; nothing was timed")

    print(f"{given.providers:,} providers x {given.cases:,} cases, median of {RUNS} runs")
    print(f"{'':44}{'convener':>12}{'NumPy':>12}{'ratio':>9}")
    line(
        "CUSUM with restart",
        timed(lambda: risk_adjusted_cusum(*flat, limit=LIMIT, unit=unit)),
        timed(lambda: plain_charts(failed, risk)),
    )
    line("VLAD", timed(lambda: vlad(*flat, unit=unit)))
    line(
        f"average run length at {LIMIT} ({run:,.0f} cases)",
        timed(lambda: average_run_length(LIMIT, MIX, frequency=OFTEN)),
        timed(lambda: plain_run(LIMIT), 3),
    )
    line(
        "limit for a run of 5,000 cases",
        timed(lambda: limit_for_run_length(5_000, MIX, frequency=OFTEN)),
        timed(lambda: plain_limit(5_000), 1),
    )
    line(
        "limit for 1% false alarms in 2,000 cases",
        timed(lambda: limit_for_false_alarms(0.01, 2_000, MIX, frequency=OFTEN)),
    )
    print(f"compiling, or reading what was compiled: {first:.2f} s, once")


if __name__ == "__main__":
    main()
