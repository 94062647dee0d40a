"""Time every single failure of a network in one batch, beside plain versions of the same formula.

    python benchmarks/contagion.py [--nodes NODES.csv --edges EDGES.csv]

Peers: distress beside the rounds that its authors wrote, in plain NumPy, until they are as exact;
payments beside plain rounds in NumPy; cascades and service stress beside a walk of a networkx
graph. Without the two files (id, buffer; holder, issuer, exposure) the 125 are seeded. Nothing
here is compiled. The answers must agree before anything is timed. Where all shocks would keep the
peer for minutes it takes a few of them, and its time is that of all in proportion.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from convener.methods.networks.clearing import clear
from convener.methods.networks.contagion import debtrank, single_hit_debtrank, threshold_cascade
from convener.methods.networks.stress import service_stress

RUNS = 5
CLOSE = 1e-9
PEER_SHOCKS = 25
SPARE, STRAIN = 0.1, 0.5
Amounts = NDArray[np.float64]


def seeded_network(rng: np.random.Generator, size: int, claims_each: int) -> tuple[Amounts, ...]:
    """Return claims and buffers of a network whose losses nearly feed themselves."""
    exposure = rng.lognormal(0, 1, (size, size)) * (rng.random((size, size)) < claims_each / size)
    np.fill_diagonal(exposure, 0)
    buffer = rng.lognormal(0, 0.5, size)
    largest = float(np.abs(np.linalg.eigvals(exposure / buffer[:, np.newaxis])).max())
    return exposure, buffer * largest / 0.99


def read_network(nodes: Path, edges: Path) -> tuple[Amounts, ...]:
    """Return claims and buffers as two files give them."""
    with nodes.open(encoding="utf-8") as lines:
        buffers = {row["id"]: float(row["buffer"]) for row in csv.DictReader(lines)}
    place = {name: number for number, name in enumerate(buffers)}
    exposure = np.zeros((len(place), len(place)))
    with edges.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            exposure[place[row["holder"]], place[row["issuer"]]] += float(row["exposure"])
    return exposure, np.array(list(buffers.values()))


def rounds_of_distress(exposure: Amounts, buffer: Amounts, shocks: Amounts) -> Amounts:
    """Return the distress after passing on each round's losses until hardly any are left."""
    leverage = exposure / buffer[:, np.newaxis]
    stress, gained = shocks, shocks
    while gained.max() > CLOSE * 1e-3:
        after = np.minimum(1.0, stress + gained @ leverage.T)
        stress, gained = after, after - stress
    return stress


def rounds_of_payment(debts: Amounts, beyond: Amounts, cases: Amounts) -> Amounts:
    """Return payments after each has paid what it could, round by round, from full payment."""
    owed = debts.sum(axis=1) + beyond
    shares = debts / np.where(owed > 0, owed, 1)[:, np.newaxis]
    paid = np.broadcast_to(owed, cases.shape)
    while True:
        after = np.minimum(owed, cases + paid @ shares)
        if np.abs(after - paid).max() < CLOSE * 1e-3:
            return after
        paid = after


def walk_of_failures(exposure: Amounts, buffer: Amounts) -> list[set[int]]:
    """Return who fails with each, by walking a graph of claims."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(buffer)))
    holders, issuers = np.nonzero(exposure)
    amounts = exposure[holders, issuers].tolist()
    graph.add_weighted_edges_from(zip(issuers.tolist(), holders.tolist(), amounts, strict=True))
    found = []
    for first in graph:
        failed, lost, due = {first}, dict.fromkeys(graph, 0.0), [first]
        while due:
            for _, holder, amount in graph.out_edges(due.pop(), data="weight"):
                lost[holder] += amount
                if holder not in failed and lost[holder] >= buffer[holder]:
                    failed.add(holder)
                    due.append(holder)
        found.append(failed)
    return found


def walk_of_stops(served: Amounts) -> list[float]:
    """Return how many each stop leaves unserved, by walking a graph of providers and areas."""
    graph = nx.Graph()
    for provider, area in np.argwhere(served).tolist():
        graph.add_edge(("p", provider), ("a", area), people=float(served[provider, area]))
    areas = [name for name in graph if name[0] == "a"]
    whole = dict(graph.degree(weight="people"))
    return [_walk_of_stop(graph, areas, whole, ("p", first)) for first in range(len(served))]


def _walk_of_stop(
    graph: nx.Graph, areas: list[tuple[str, int]], whole: dict[object, float], first: object
) -> float:
    gone = {first}
    while True:
        unserved = 0.0
        pressure: dict[object, float] = {}
        for area in areas:
            there = {one: edge["people"] for one, edge in graph[area].items()}
            displaced = sum(people for one, people in there.items() if one in gone)
            staying = whole[area] - displaced
            left = max(0.0, displaced - SPARE * staying)
            unserved += left
            for one, people in there.items() if left else ():
                if one not in gone:
                    pressure[one] = pressure.get(one, 0.0) + left * people / staying / whole[one]
        more = {one for one, pressed in pressure.items() if pressed > STRAIN + 1e-9}
        if not more:
            return unserved
        gone |= more


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median time of some work."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def report(
    name: str,
    ours: Callable[[], object],
    theirs: Callable[[], object] | None,
    *,
    runs: int,
    times: float = 1.0,
) -> None:
    """Print one line: our time, the peer's for as much work, and their ratio."""
    own = median_seconds(ours, runs)
    if theirs is None:
        print(f"{name:46} {own:8.4f}")
        return
    other = median_seconds(theirs, 1) * times
    print(f"{name:46} {own:8.4f} {other:8.3f} {own / other:7.3f}")


def time_network(exposure: Amounts, buffer: Amounts, *, runs: int) -> None:
    """Time distress and cascades, every single failure in one batch."""
    size = len(buffer)
    some = np.eye(size)[:: max(1, size // PEER_SHOCKS)]
    slow = rounds_of_distress(exposure, buffer, some)
    if np.abs(debtrank(exposure, buffer, some).stress - slow).max() > CLOSE:
        raise SystemExit("distress does not agree; nothing was timed")
    cascade = threshold_cascade(exposure, buffer).has_failed
    if [set(np.flatnonzero(row).tolist()) for row in cascade] != walk_of_failures(
        exposure, buffer
    ):
        raise SystemExit("cascades do not agree; nothing was timed")
    given = (exposure, buffer)
    peer = partial(rounds_of_distress, *given, some)
    each = np.count_nonzero(exposure) / size
    name = f"{size:,} nodes, {each:.0f} claims each"
    ours = partial(debtrank, *given)
    report(f"{name}: DebtRank", ours, peer, runs=runs, times=size / len(some))
    report(f"{name}: single hit", partial(single_hit_debtrank, *given), None, runs=runs)
    walk = partial(walk_of_failures, *given)
    report(f"{name}: cascade", partial(threshold_cascade, *given), walk, runs=runs)


def time_clearing(rng: np.random.Generator, size: int, debts_each: int, *, runs: int) -> None:
    """Time payments where each member in turn loses what it has outside the network."""
    debts, _ = seeded_network(rng, size, debts_each)
    beyond = debts.sum() / size * rng.lognormal(0, 0.5, size) * 0.5
    assets = beyond * rng.lognormal(0.3, 0.6, size)
    cases = np.where(np.eye(size, dtype=np.bool_), 0.0, assets)
    ours = partial(clear, debts, cases, external_liabilities=beyond)
    met = ours()
    scale = float(debts.sum(axis=1).max())
    if np.abs(met.payments - rounds_of_payment(debts, beyond, cases)).max() > CLOSE * scale:
        raise SystemExit("payments do not agree; nothing was timed")
    share = met.has_defaulted.mean()
    peer = partial(rounds_of_payment, debts, beyond, cases)
    report(f"{size:,} nodes: clearing, {share:.0%} default", ours, peer, runs=runs)
    costly = partial(ours, alpha=0.8, beta=0.8)
    share = costly().has_defaulted.mean()
    report(f"{size:,} nodes: with default costs, {share:.0%} default", costly, None, runs=runs)


def time_stress(rng: np.random.Generator, size: int, areas: int, *, runs: int) -> None:
    """Time service stress, every single stop in one batch."""
    is_there = rng.random((size, areas)) < 4 / areas
    is_there[np.arange(size), rng.integers(0, areas, size)] = True
    served = np.round(rng.lognormal(2, 1.2, (size, areas)) + 1) * is_there
    ours = partial(service_stress, served, SPARE, strain=STRAIN)
    peer = partial(walk_of_stops, served)
    if np.abs(ours().unserved.sum(axis=1) - peer()).max() > 1e-6:
        raise SystemExit("stresses do not agree; nothing was timed")
    rounds = int(ours().stopped_in.max())
    name = f"{size:,} providers, {areas} areas: stress, {rounds} rounds"
    report(name, ours, peer, runs=runs)


def main() -> None:
    """Print each time beside its peer's."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--nodes", type=Path)
    arguments.add_argument("--edges", type=Path)
    asked = arguments.parse_args()

    rng = np.random.default_rng(7)
    is_real = asked.nodes and asked.edges
    small = read_network(asked.nodes, asked.edges) if is_real else seeded_network(rng, 125, 2)
    print(f"every single failure in one batch, median of {RUNS} runs (peers, and 1,000: one run)")
    print(f"{'':46} {'ours s':>8} {'peer s':>8} {'ratio':>7}")
    time_network(*small, runs=RUNS)
    time_clearing(rng, 125, 6, runs=RUNS)
    time_stress(rng, 125, 30, runs=RUNS)
    time_network(*seeded_network(rng, 1_000, 4), runs=1)
    time_network(*seeded_network(rng, 1_000, 1_000), runs=1)
    time_clearing(rng, 1_000, 10, runs=1)
    time_stress(rng, 1_000, 150, runs=1)


if __name__ == "__main__":
    main()
