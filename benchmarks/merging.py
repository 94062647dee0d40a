"""Time the compiling of releases beside ocdsmerge, on seeded processes of several releases.

    python benchmarks/merging.py [PROCESSES] [--schema RELEASE_SCHEMA.json]

The peer needs the official release schema, which is not in this repository.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ocdsmerge import Merger
from seeded_lines import release

from convener.data.ocds.merging import merge_releases

RUNS = 5
RELEASES_EACH = 4
Releases = list[dict[str, Any]]


def process(rng: random.Random, number: int) -> Releases:
    """Return the releases of one process: a full one, and updates that repeat most of it."""
    first = release(rng, number)
    updates = []
    for day in range(1, RELEASES_EACH):
        update = json.loads(json.dumps(first))
        update |= {"id": f"{number}-{day + 1}", "date": f"2025-01-{day:02d}T00:00:00Z"}
        update["tender"]["title"] = f"Amended {day}"
        updates.append(update)
    return [first, *updates]


def median_seconds(compile_one: Callable[[Releases], Any], feed: list[Releases]) -> float:
    """Return the median time of compiling every process of a feed."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        for releases in feed:
            compile_one(releases)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Print both times, and their ratio."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("processes", type=int, nargs="?", default=1_000)
    arguments.add_argument("--schema", type=Path, required=True)
    given = arguments.parse_args()

    rng = random.Random(7)
    feed = [process(rng, number) for number in range(given.processes)]
    peer = Merger(json.loads(given.schema.read_text(encoding="utf-8")))
    if any(peer.create_compiled_release(one) != merge_releases(one) for one in feed[:100]):
        raise SystemExit("the two do not agree; nothing was timed")

    ours = median_seconds(merge_releases, feed)
    theirs = median_seconds(peer.create_compiled_release, feed)
    count = given.processes * RELEASES_EACH
    print(f"{count:,} releases of {given.processes:,} processes, median of {RUNS} runs")
    print(f"convener   {ours:8.3f} s  {count / ours:10,.0f} releases a second")
    print(f"ocdsmerge  {theirs:8.3f} s  {count / theirs:10,.0f} releases a second")
    print(f"ratio      {ours / theirs:8.3f}")


if __name__ == "__main__":
    main()
