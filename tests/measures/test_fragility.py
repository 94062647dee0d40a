"""What would stop with whom: the SQL says what the methods say of the same small market."""

from __future__ import annotations

import numpy as np
import pytest

from convener.measures.measure import find_measure
from convener.measures.question import Question
from convener.measures.run import measure
from convener.methods.networks.contagion import threshold_cascade
from convener.methods.networks.stress import service_stress


def _asked(connection, name, **choices):
    [row] = measure(connection, Question((name,), **{"by": (), **choices}))
    return row


def _provision(served):
    return [
        {
            "service": "Homes",
            "provider_name": f"Owner {owner}",
            "quantity": int(size),
            "unit": "places",
            "area": f"Area {place}",
            "observed_on": "2022-03-31",
        }
        for owner, sizes in enumerate(served)
        for place, size in enumerate(sizes)
        if size
    ]


def _some_market(seed):
    rng = np.random.default_rng(seed)
    served = rng.integers(1, 60, (8, 4)) * (rng.random((8, 4)) < 0.45)
    served[0, 0] += 1
    return served


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("spare", "strain"), [(0.1, 0.5), (0.3, 0.2), (0.0, 1.0), (0.1, 0.05)])
def test_rounds_in_sql_are_the_rounds_of_the_method(market_of, seed, spare, strain):
    served = _some_market(seed)

    row = _asked(
        market_of({"provision": _provision(served)}),
        "n-minus-1-in-rounds",
        assume={"spare": spare, "strain": strain},
    )

    served = served[served.any(axis=1)]
    stress = service_stress(served, spare, strain=strain, rounds=2)
    lost = stress.unserved.sum(axis=1)
    assert row.value == pytest.approx(lost.max() / served.sum(), abs=1e-9)
    likely = np.isclose(lost, lost.max())
    told = (row.group["followers"], pytest.approx(row.group["at_first"] * served.sum()))
    assert told in zip(stress.followers[likely], stress.path[0][likely], strict=True)


def test_the_small_markets_do_fail_in_rounds():
    followers = [
        service_stress(_some_market(seed), 0.1, strain=0.5, rounds=2).stopped_in.max()
        for seed in range(6)
    ]

    assert {1, 2} <= set(followers)


def test_without_anyone_who_follows_it_is_n_minus_1(market_of):
    connection = market_of({"provision": _provision(_some_market(3))})

    plain = _asked(connection, "n-minus-1")
    rounds = _asked(connection, "n-minus-1-in-rounds", assume={"strain": 1000.0})

    assert rounds.value == pytest.approx(plain.value)
    assert rounds.group["at_first"] == pytest.approx(plain.value)
    assert (rounds.count, rounds.coverage) == (plain.count, plain.coverage)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("half", [0.3, 0.5, 0.7])
def test_buyers_in_sql_fail_whom_the_cascade_fails(market_of, seed, half):
    rng = np.random.default_rng(seed)
    sold = rng.integers(1, 90, (7, 4)) * (rng.random((7, 4)) < 0.6)
    sold[0] += 1
    things = [
        {"providers": f"P{provider}", "amount": int(amount), "buyer": f"B{buyer}"}
        for provider, amounts in enumerate(sold)
        for buyer, amount in enumerate(amounts)
        if amount
    ]

    row = _asked(market_of({"things": things}), "buyer-contagion", assume={"half": half})

    sold = sold[sold.any(axis=1)]
    providers, buyers = sold.shape
    exposure = np.zeros((providers + buyers, providers + buyers))
    exposure[:providers, providers:] = sold
    buffer = np.concatenate([half * sold.sum(axis=1), np.ones(buyers)])
    met = threshold_cascade(exposure, buffer, np.eye(providers + buyers)[providers:])
    has_failed = met.has_failed[:, :providers]
    others = has_failed @ sold.sum(axis=1) - (has_failed * sold.T).sum(axis=1)
    shares = others / (sold.sum() - sold.sum(axis=0))
    assert row.value == pytest.approx(shares.max(), abs=1e-9)
    assert row.count == buyers


def test_what_each_assumes_stands_in_its_header():
    assert find_measure("n-minus-1-in-rounds").assumes == {"spare": 0.1, "strain": 0.5}
    assert find_measure("buyer-contagion").assumes == {"half": 0.5}
