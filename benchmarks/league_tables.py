"""Time league tables beside PyMC on the same model, data and machine, in one run.

    python benchmarks/league_tables.py [PROVIDERS] [--draws N] [--runs N]

Both draw from the posterior of one beta-binomial model of seeded providers. Ours fits it, draws,
and makes the rank table and the pairwise chances. PyMC only samples, as it does when nothing is
said: four chains of 1,000 draws after 1,000 of tuning, which is a fifth of our draws, and they
depend on one another. Compiling is reported apart for both.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convener.methods.leagues.comparing import chance_of_being_better, groups
from convener.methods.leagues.effect_league import EffectLeague
from convener.methods.leagues.random_effects import normal_normal
from convener.methods.leagues.ranking import rank_table, ranks
from convener.methods.leagues.rate_league import RateLeague
from convener.methods.leagues.shrinkage import beta_binomial, gamma_poisson, logit_normal

TUNING = 1_000
KEPT = 1_000
CHAINS = 4
Counts = NDArray[np.int64]


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long something took, and what it returned."""
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def median_seconds(work: Callable[[], Any], runs: int) -> float:
    """Return the median time of several runs."""
    return statistics.median(seconds(work)[0] for _ in range(runs))


def league(fit: Callable[[], RateLeague | EffectLeague], draws: int) -> None:
    """Fit, draw, rank and compare."""
    rng = np.random.default_rng(7)
    drawn = ranks(fit().draws(draws, rng=rng), best="low", rng=rng)
    rank_table(drawn)
    groups(chance_of_being_better(drawn))


def peer(events: Counts, cases: Counts) -> tuple[float, float, NDArray[np.float64]]:
    """Return PyMC's seconds to build and compile, its seconds to sample, and its means."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYTENSOR_FLAGS"] = f"base_compiledir={folder}"
        import pymc as pm

        logging.getLogger("pymc").setLevel(logging.ERROR)
        warnings.simplefilter("ignore")
        typical = float(np.median(cases))
        with pm.Model():
            centre = pm.Beta("centre", 0.5, 0.5)
            share = pm.Uniform("share", 0, 1)
            weight = typical * share / (1 - share)
            rate = pm.Beta("rate", centre * weight, (1 - centre) * weight, shape=events.size)
            pm.Binomial("events", n=cases, p=rate, observed=events)
            sample = partial(
                pm.sample,
                chains=CHAINS,
                random_seed=7,
                progressbar=False,
                compute_convergence_checks=False,
            )
            first, _ = seconds(lambda: sample(draws=CHAINS, tune=1))
            taken, trace = seconds(lambda: sample(draws=KEPT, tune=TUNING))
    return first, taken, trace.posterior["rate"].mean(("chain", "draw")).to_numpy()


def main() -> None:
    """Print each model's time, PyMC's, and their ratio."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("providers", type=int, nargs="?", default=150)
    arguments.add_argument("--draws", type=int, default=20_000)
    arguments.add_argument("--runs", type=int, default=7)
    given = arguments.parse_args()
    rng = np.random.default_rng(7)
    cases = rng.integers(30, 2_000, given.providers)
    events = rng.binomial(cases, rng.beta(8, 72, given.providers))
    errors = np.sqrt(0.09 / cases)
    models: dict[str, Callable[[], RateLeague | EffectLeague]] = {
        "beta-binomial": lambda: beta_binomial(events, cases),
        "gamma-Poisson": lambda: gamma_poisson(events, cases / 10),
        "normal": lambda: normal_normal(events / cases, errors),
        "logit-normal": lambda: logit_normal(events, cases),
    }

    print(f"{given.providers} providers, {given.draws:,} draws, median of {given.runs} runs")
    print("fit, draw, rank table, pairwise chances and groups:")
    taken = {}
    for name, fit in models.items():
        first, _ = seconds(partial(league, fit, 10))
        taken[name] = median_seconds(partial(league, fit, given.draws), given.runs)
        print(f"  {name:14} {taken[name]:7.3f} s   (first call {first:.1f} s)")

    first, theirs, means = peer(events, cases)
    apart = np.abs(beta_binomial(events, cases).mean / means - 1).max()
    more = given.draws / KEPT / CHAINS
    faster = theirs / taken["beta-binomial"]
    print(f"the same beta-binomial, {CHAINS} chains of {KEPT:,} after {TUNING:,}, only sampled:")
    print(f"  {'PyMC':14} {theirs:7.3f} s   (first call {first:.1f} s)")
    print(f"  posterior means differ by {apart:.1%} at most")
    print(f"ours is {faster:.0f} times faster, with {more:g} times the draws")


if __name__ == "__main__":
    main()
