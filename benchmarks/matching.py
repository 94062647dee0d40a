"""Time deferred acceptance beside plain Python, on seeded markets of people and places.

    python benchmarks/matching.py [--runs 5]

The peer is the same method as a textbook writes it, with dictionaries and one heap a place: no
package that does this with classes, lots and short lists could be installed. Both take wishes that
were read already; ours also checks them, the peer does not.
"""

from __future__ import annotations

import argparse
import heapq
import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from convener.methods.places.matching import blocking_pairs, deferred_acceptance, draw_lots
from convener.methods.places.ordering import neutral_order

SIZES = ((1_000, 100), (10_000, 500), (100_000, 1_000))
WISHES = 10
CLASSES = 4
Whole = NDArray[np.int64]


def market(people: int, places: int) -> tuple[Whole, Whole, Whole, Whole]:
    """Return wishes that lean towards some places, room for nine in ten, classes and lots."""
    rng = np.random.default_rng(people)
    liked = rng.normal(size=places) + rng.gumbel(size=(people, places))
    choices = np.argsort(-liked, axis=1)[:, :WISHES].astype(np.int64)
    lengths = rng.integers(1, WISHES + 1, size=people)
    choices[np.arange(WISHES) >= lengths[:, None]] = -1
    capacities = np.full(places, people * 9 // (10 * places))
    return choices, capacities, rng.integers(0, CLASSES, choices.shape), draw_lots(people, rng)


def plain(
    wishes: list[list[int]], capacities: list[int], classes: list[list[int]], lots: list[int]
) -> list[int]:
    """Return the place of each person, as a textbook does it."""
    held: list[list[tuple[int, int, int]]] = [[] for _ in capacities]
    asked = [0] * len(wishes)
    waiting = list(range(len(wishes)))
    while waiting:
        person = waiting.pop()
        while asked[person] < len(wishes[person]):
            place = wishes[person][asked[person]]
            line = (-classes[person][asked[person]], -lots[person], person)
            asked[person] += 1
            if len(held[place]) < capacities[place]:
                heapq.heappush(held[place], line)
                break
            sent = heapq.heappushpop(held[place], line)
            if sent[2] != person:
                waiting.append(sent[2])
                break
    place_of = [-1] * len(wishes)
    for place, people in enumerate(held):
        for _, _, person in people:
            place_of[person] = place
    return place_of


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median time of some work."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def time_market(people: int, places: int, runs: int) -> None:
    """Print both times for one market, once they agree."""
    choices, capacities, classes, lots = market(people, places)
    lists = [[place for place in row if place >= 0] for row in choices.tolist()]
    read = (lists, capacities.tolist(), classes.tolist(), lots.tolist())
    met = deferred_acceptance(choices, capacities, lots=lots, priorities=classes)
    if met.place_of.tolist() != plain(*read):
        raise SystemExit("the two do not agree; nothing was timed")

    ours = median_seconds(
        lambda: deferred_acceptance(choices, capacities, lots=lots, priorities=classes), runs
    )
    theirs = median_seconds(lambda: plain(*read), runs)
    proof = median_seconds(
        lambda: blocking_pairs(choices, capacities, met.place_of, lots=lots, priorities=classes),
        runs,
    )
    print(
        f"{people:9,} {places:7,} {met.proposal_count:10,} {ours * 1000:11.2f}"
        f" {theirs * 1000:11.2f} {ours / theirs:7.3f} {proof * 1000:11.2f}"
    )


def main() -> None:
    """Print the table, and how long Numba took to compile."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5)
    runs = arguments.parse_args().runs

    start = time.perf_counter()
    deferred_acceptance([[0]], [1], lots=[0])
    first = time.perf_counter() - start
    print(f"first call (Numba compiles, or reads what it compiled before): {first:.2f} s")
    print(f"median of {runs} runs, in ms; lists of 1 to {WISHES} places, {CLASSES} classes")
    print("   people  places  proposals    convener       plain   ratio   stability")
    for people, places in SIZES:
        time_market(people, places, runs)

    names = [f"provider-{number}" for number in range(10_000)]
    away = np.random.default_rng(1).uniform(0, 50, len(names))
    taken = median_seconds(
        lambda: neutral_order(names, away, edges=[1, 5, 20], rng=np.random.default_rng(2)), runs
    )
    print(f"neutral order of {len(names):,} providers: {taken * 1000:.2f} ms")


if __name__ == "__main__":
    main()
