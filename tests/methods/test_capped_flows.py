"""Capped flows, against each case solved on its own, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from convener.methods.networks.capped_flows import Flow, least_capped

amounts = st.one_of(st.just(0.0), st.floats(0.01, 2.0))


class UnmendedFlow(Flow):
    """Keeps what the shared inverse gave, so that a mend cannot hide a fault in it."""

    def _mended(self, flows, given, held, free):
        return flows, self.passed_on(flows)


@st.composite
def cases(draw):
    size, count = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    matrix = draw(hnp.arrays(float, (size, size), elements=amounts))
    matrix *= 0.9 / np.maximum(1.0, matrix.sum(axis=1, keepdims=True))
    enters, held = (draw(hnp.arrays(float, (size, count), elements=amounts)) for _ in range(2))
    free, idle = (draw(hnp.arrays(bool, (size, count))) for _ in range(2))
    reached = draw(hnp.arrays(bool, size))
    matrix[~reached] = 0
    idle &= ~reached[:, np.newaxis]
    return matrix, np.where(idle, 0, enters), np.where(idle, 0, held), free & ~idle, idle


def solved_alone(matrix, enters, held, free):
    flows = np.where(free, 0.0, held)
    for case, rows in enumerate(free.T):
        own = (np.eye(len(matrix)) - matrix)[np.ix_(rows, rows)]
        flows[rows, case] = np.linalg.solve(own, (enters[:, case] + matrix @ flows[:, case])[rows])
    return flows


@given(cases())
def test_cases_that_share_an_inverse_come_to_what_each_comes_to_alone(drawn):
    matrix, enters, held, free, idle = drawn

    flows, received = UnmendedFlow(matrix).solve(enters, held, free, idle)

    assert flows == pytest.approx(solved_alone(matrix, enters, held, free), abs=1e-9)
    assert received == pytest.approx(matrix @ flows, abs=1e-9)


@given(cases(), st.sampled_from([np.nan, 1e-6]))
def test_a_case_that_came_out_inexact_is_solved_anew(drawn, error):
    matrix, enters, held, free, _ = drawn
    wanted = solved_alone(matrix, enters, held, free)

    flows, received = Flow(matrix)._mended(wanted + error * free, enters, held, free)

    assert flows == pytest.approx(wanted, abs=1e-11)
    assert received == pytest.approx(matrix @ wanted, abs=1e-10)


def test_a_case_that_the_shared_equations_cannot_solve_is_solved_on_its_own():
    # Together the two would feed each other without end, so the equations of most have no inverse.
    flow = Flow(np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    enters = np.array([[0.0, 0.0, 0.5], [0.0, 0.0, 0.0], [0.2, 0.4, 0.0]])
    free = np.array([[True, True, False], [True, True, True], [True, True, True]])
    idle = np.array([[True, True, False], [True, True, False], [False, False, True]])

    flows, received = flow.solve(enters, np.where(free, 0.0, 1.0), free & ~idle, idle)

    assert flows == pytest.approx(np.array([[0, 0, 1], [0, 0, 1], [0.2, 0.4, 0]]))
    assert received == pytest.approx(flow.matrix @ flows)


@st.composite
def networks(draw):
    size, count = draw(st.integers(1, 6)), draw(st.integers(0, 4))
    matrix = draw(hnp.arrays(float, (size, size), elements=amounts))
    enters = draw(hnp.arrays(float, (size, count), elements=st.sampled_from([0, 0, 0.01, 0.4, 1])))
    return matrix, enters


@given(networks())
def test_the_least_flows_are_those_to_which_rounds_from_nothing_lead(network):
    matrix, enters = network

    flows = least_capped(Flow(matrix), enters)

    assert flows == pytest.approx(np.minimum(1, enters + matrix @ flows), abs=1e-9)
    below = np.zeros_like(flows)
    for _ in range(500):
        below = np.minimum(1, enters + matrix @ below)
    assert (below <= flows + 1e-9).all()
    assert ((flows > 0) == (below > 0)).all()


def test_flows_through_few_links_are_those_through_a_full_table():
    rng = np.random.default_rng(1)
    matrix = np.where(rng.random((60, 60)) < 0.03, rng.random((60, 60)), 0.0)
    enters = np.where(rng.random((60, 9)) < 0.1, 0.3, 0.0)

    flow = Flow(matrix)

    assert not isinstance(flow._passing, np.ndarray)
    met = least_capped(flow, enters)
    flow._passing = matrix
    assert met == pytest.approx(least_capped(flow, enters), abs=1e-12)


def test_a_singular_ring_that_is_not_reached_does_no_harm():
    flow = Flow(np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))

    met = least_capped(flow, np.array([[0.0], [0.0], [0.5]]))

    assert met[:, 0] == pytest.approx([0, 0, 0.5])


def test_more_cases_than_are_held_at_once_are_all_answered():
    enters = np.linspace(0, 1, 2500) * np.array([[1.0], [0.0]])

    met = least_capped(Flow(np.array([[0, 0], [0.5, 0]])), enters)

    assert met[1] == pytest.approx(met[0] / 2)
