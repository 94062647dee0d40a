"""Contagion, against published examples and slower ways to the same answer, and as laws."""

from __future__ import annotations

import csv
import json

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from convener.base.errors import BadInputError
from convener.methods.networks.contagion import (
    additional_stress,
    debtrank,
    single_hit_debtrank,
    threshold_cascade,
    write_down,
)

SPREADS = (debtrank, single_hit_debtrank, threshold_cascade)


@pytest.fixture
def three(shared):
    oracle = json.loads((shared / "oracles" / "contagion_small.json").read_text(encoding="utf-8"))
    return oracle["three_nodes"]


@pytest.fixture
def net125(shared):
    with (shared / "oracles" / "data_net125_nodes.csv").open(encoding="utf-8") as lines:
        nodes = list(csv.DictReader(lines, skipinitialspace=True))
    with (shared / "oracles" / "data_net125_edges.csv").open(encoding="utf-8") as lines:
        edges = list(csv.DictReader(lines, skipinitialspace=True))
    place = {row["id"]: number for number, row in enumerate(nodes)}
    exposure = np.zeros((len(nodes), len(nodes)))
    for row in edges:
        exposure[place[row["holder"]], place[row["issuer"]]] += float(row["exposure"])
    buffer = np.array([float(row["buffer"]) for row in nodes])
    weights = np.array([float(row["weight"]) for row in nodes])
    return exposure, buffer, weights


@pytest.mark.parametrize(
    ("spread", "name"),
    [
        (debtrank, "debtrank_cyclic_additional_stress"),
        (single_hit_debtrank, "debtrank_single_hit_additional_stress"),
        (threshold_cascade, "threshold_cascade_additional_stress"),
    ],
)
def test_the_oracles_agree_on_each_way_to_spread(three, spread, name):
    met = spread(three["exposure"], three["buffer"])

    assert additional_stress(met, three["weights"]) == pytest.approx(three[name], abs=1e-9)


def test_the_oracles_agree_on_failures_and_what_is_written_down(three):
    met = debtrank(three["exposure"], three["buffer"])

    assert list(met.additional_failures) == three["additional_failures_cyclic"]
    assert write_down(met, three["exposure"]) == pytest.approx(three["write_down_cyclic"])
    own = met.shocks @ np.array(three["weights"]) / sum(three["weights"])
    assert own == pytest.approx(three["original_stress"], abs=1e-9)


def test_the_oracles_agree_on_a_shock_to_all(three):
    met = debtrank(three["exposure"], three["buffer"], [0.1, 0.1, 0.1])

    [lost] = additional_stress(met, three["weights"])
    assert lost == pytest.approx(three["uniform_10pct_shock_additional_stress"], abs=1e-9)


def rounds_from_below(exposure, buffer, shocks, *, close=1e-14, most=200_000):
    """The same formula as its authors wrote it: each round passes on what the last one lost."""
    leverage = exposure / buffer[:, np.newaxis]
    before, stress = np.zeros_like(shocks), shocks
    for _ in range(most):
        passed = (stress - before) @ leverage.T
        before, stress = stress, np.minimum(1.0, stress + passed)
        if np.abs(stress - before).max() < close:
            return stress
    raise AssertionError("the rounds did not end")


def test_every_single_failure_of_125_ends_where_thousands_of_rounds_lead(net125):
    exposure, buffer, _ = net125
    shocks = np.eye(len(buffer))[::25]

    met = debtrank(exposure, buffer, shocks)

    assert np.abs(met.stress - rounds_from_below(exposure, buffer, shocks)).max() < 1e-9


def test_the_ways_to_spread_stand_in_order_on_125(net125):
    exposure, buffer, weights = net125

    cyclic, once, whole = (additional_stress(one(exposure, buffer), weights) for one in SPREADS)

    assert (cyclic >= once - 1e-12).all()
    assert (once >= whole - 1e-12).all()
    assert cyclic.sum() > once.sum() > whole.sum() > 0


def test_a_cascade_of_125_fails_whom_a_walk_of_the_graph_fails(net125):
    exposure, buffer, _ = net125
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(buffer)))
    graph.add_weighted_edges_from(
        (issuer, holder, exposure[holder, issuer]) for holder, issuer in np.argwhere(exposure)
    )

    met = threshold_cascade(exposure, buffer)

    for first, has_failed in enumerate(met.has_failed):
        failed, lost, due = {first}, dict.fromkeys(graph, 0.0), [first]
        while due:
            for _, holder, amount in graph.out_edges(due.pop(), data="weight"):
                lost[holder] += amount
                if holder not in failed and lost[holder] >= buffer[holder]:
                    failed.add(holder)
                    due.append(holder)
        assert set(np.flatnonzero(has_failed)) == failed


amounts = st.one_of(st.just(0.0), st.floats(0.01, 5.0))


@st.composite
def networks(draw):
    count = draw(st.integers(1, 7))
    exposure = draw(hnp.arrays(float, (count, count), elements=amounts))
    np.fill_diagonal(exposure, 0)
    buffer = draw(hnp.arrays(float, count, elements=st.floats(0.1, 10.0)))
    shock = draw(hnp.arrays(float, count, elements=st.one_of(st.just(0.0), st.floats(0.01, 1.0))))
    return exposure, buffer, shock


@given(networks())
def test_the_end_satisfies_its_equation_and_is_no_more_than_rounds_reach(network):
    exposure, buffer, shock = network

    [stress] = debtrank(exposure, buffer, shock).stress

    leverage = exposure / buffer[:, np.newaxis]
    assert stress == pytest.approx(np.minimum(1, shock + leverage @ stress), abs=1e-9)
    below = shock
    for _ in range(500):
        below = np.minimum(1, shock + leverage @ below)
    assert (below <= stress + 1e-9).all()
    assert ((stress > 0) == (below > 0)).all()


@pytest.mark.parametrize("spread", [debtrank, threshold_cascade])
@given(network=networks(), more=st.floats(0, 1))
def test_a_bigger_shock_never_lowers_the_loss(spread, network, more):
    exposure, buffer, shock = network
    bigger = shock + more * (1 - shock)

    met = spread(exposure, buffer, np.stack([shock, bigger]))

    assert (met.stress[1] >= met.stress[0] - 1e-9).all()


@pytest.mark.parametrize("spread", SPREADS)
@given(network=networks(), seed=st.integers(0, 99))
def test_new_labels_change_nothing(spread, network, seed):
    exposure, buffer, shock = network
    order = np.random.default_rng(seed).permutation(len(buffer))

    met = spread(exposure[np.ix_(order, order)], buffer[order], shock[order])

    assert met.stress[0] == pytest.approx(
        spread(exposure, buffer, shock).stress[0][order], abs=1e-9
    )


@pytest.mark.parametrize("spread", SPREADS)
@given(network=networks())
def test_distress_lies_between_the_shock_and_the_whole_buffer(spread, network):
    exposure, buffer, shock = network

    met = spread(exposure, buffer, shock)

    assert (met.stress >= shock - 1e-12).all()
    assert (met.stress <= 1).all()


@pytest.mark.parametrize("spread", SPREADS)
@given(network=networks())
def test_a_batch_gives_what_each_shock_gives_alone(spread, network):
    exposure, buffer, _ = network

    met = spread(exposure, buffer)

    for shock, stress in zip(met.shocks, met.stress, strict=True):
        alone = spread(exposure, buffer, shock).stress[0]
        assert stress == pytest.approx(alone, abs=1e-9)


@given(networks(), st.floats(0.1, 100))
def test_the_currency_does_not_matter(network, rate):
    exposure, buffer, shock = network

    met = debtrank(exposure * rate, buffer * rate, shock)

    assert met.stress == pytest.approx(debtrank(exposure, buffer, shock).stress, abs=1e-9)


def test_a_small_second_shock_may_lower_what_a_single_hit_tells():
    # a loses all, b half of that, c what b lost. Shocked a little itself, b speaks too early.
    exposure, buffer = [[0, 0, 0], [1, 0, 0], [0, 2, 0]], [1.0, 2.0, 2.0]

    alone, both = single_hit_debtrank(exposure, buffer, [[1, 0, 0], [1, 0.1, 0]]).stress

    assert alone[2] == pytest.approx(0.5)
    assert both[2] == pytest.approx(0.1)


def test_claims_in_a_ring_feed_the_loss_to_the_end():
    # Each passes on 0.99 of what it loses, and gets 0.99 of that back.
    met = debtrank([[0, 0.99], [0.99, 0]], [1, 1], [0.001, 0])

    assert met.stress[0] == pytest.approx([0.001 / (1 - 0.99**2), 0.00099 / (1 - 0.99**2)])


def test_claims_that_more_than_feed_themselves_end_at_the_cap():
    met = debtrank([[0, 2], [2, 0]], [1, 1], [1e-6, 0])

    assert met.stress[0] == pytest.approx([1, 1])


def test_a_ring_that_no_shock_reaches_stays_whole():
    exposure = np.zeros((4, 4))
    exposure[2, 3] = exposure[3, 2] = 1.0

    met = debtrank(exposure, [1, 1, 1, 1], [1, 0, 0, 0])

    assert met.stress[0] == pytest.approx([1, 0, 0, 0])


def test_who_lost_just_its_buffer_has_failed():
    met = threshold_cascade([[0, 0, 0], [0.3, 0, 0], [0, 5, 0]], [1, 0.3, 5], [1, 0, 0])

    assert list(met.additional_failures) == [2]


def test_a_member_alone_infects_nobody():
    met = debtrank([[0]], [1])

    assert met.stress.tolist() == [[1]]
    assert list(met.additional_failures) == [0]


def test_no_shock_moves_nothing():
    for spread in SPREADS:
        assert not spread([[0, 5], [5, 0]], [1, 1], [0, 0]).stress.any()


def test_no_shocks_at_all_are_no_rows():
    assert debtrank([[0, 1], [1, 0]], [1, 1], np.zeros((0, 2))).stress.shape == (0, 2)


@pytest.mark.parametrize(
    ("exposure", "buffer", "shocks", "message"),
    [
        ([[0, 1]], [1], None, r"shape \(1, 2\); wanted one row and column a member"),
        ([[0, -1], [0, 0]], [1, 1], None, "finite and not negative"),
        ([[0, np.nan], [0, 0]], [1, 1], None, "finite and not negative"),
        ([[1, 0], [0, 0]], [1, 1], None, "on itself"),
        ([[0, 1], [0, 0]], [1], None, r"buffers of shape \(1,\); wanted 2"),
        ([[0, 1], [0, 0]], [1, 0], None, "above zero; shock whoever has none left"),
        ([[0, 1], [0, 0]], [1, np.inf], None, "finite and above zero"),
        ([[0, 1], [0, 0]], [1, 1], [1, 0, 0], r"shocks of shape \(1, 3\); wanted 2"),
        ([[0, 1], [0, 0]], [1, 1], [[[1, 0]]], "wanted 2 in each row"),
        ([[0, 1], [0, 0]], [1, 1], [1.5, 0], "0 to 1"),
        ([[0, 1], [0, 0]], [1, 1], [np.nan, 0], "0 to 1"),
    ],
)
def test_networks_that_cannot_be_are_refused(exposure, buffer, shocks, message):
    with pytest.raises(BadInputError, match=message):
        debtrank(exposure, buffer, shocks)


def test_weights_may_be_any_sizes_since_they_are_scaled():
    met = debtrank([[0, 0], [1, 0]], [1, 2], [1, 0])

    for weights in ([0.2, 0.3], [2, 3], [200, 300]):
        assert additional_stress(met, weights) == pytest.approx([0.6 * 0.5])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1], "wanted 2, finite"),
        ([1, -1], "not negative"),
        ([1, np.nan], "finite"),
        ([0, 0], "above zero"),
    ],
)
def test_weights_that_cannot_be_are_refused(weights, message):
    met = debtrank([[0, 1], [1, 0]], [1, 1])

    with pytest.raises(BadInputError, match=message):
        additional_stress(met, weights)


def test_claims_of_another_network_are_refused():
    met = debtrank([[0, 1], [1, 0]], [1, 1])

    with pytest.raises(BadInputError, match="claims among 1, after shocks to 2"):
        write_down(met, [[0]])
