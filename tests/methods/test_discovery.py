"""False discovery, against the paper's own example and SciPy, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from convener.base.errors import BadInputError
from convener.methods.charts.discovery import false_discovery

# Benjamini and Hochberg (1995), section 4: fifteen end points of a trial.
FIFTEEN = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
]

chances = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def test_the_example_of_the_paper_comes_out():
    assert np.flatnonzero(false_discovery(FIFTEEN).found).tolist() == [0, 1, 2, 3]


@given(chances)
def test_adjusted_chances_are_those_of_scipy(values):
    for dependent, method in ((False, "bh"), (True, "by")):
        met = false_discovery(values, dependent=dependent).adjusted
        assert met == pytest.approx(stats.false_discovery_control(values, method=method))


@given(chances, st.floats(0.01, 0.99))
def test_who_is_found_is_whom_the_step_up_rule_finds(values, rate):
    ordered = np.sort(values)
    places = np.arange(1, len(values) + 1)
    passing = np.flatnonzero(ordered <= places * rate / len(values))
    bound = ordered[passing[-1]] if passing.size else -1

    found = false_discovery(values, rate=rate).found

    margin = np.abs(false_discovery(values).adjusted - rate) > 1e-9
    assert (found == (np.array(values) <= bound))[margin].all()


@given(chances)
def test_who_is_not_known_keeps_its_place_and_changes_nobody(values):
    plain, holed = false_discovery(values), false_discovery([np.nan, *values])

    assert np.isnan(holed.adjusted[0])
    assert not holed.found[0]
    assert holed.adjusted[1:].tolist() == plain.adjusted.tolist()


@given(chances)
def test_the_stricter_rule_finds_no_more(values):
    assert (false_discovery(values, dependent=True).found <= false_discovery(values).found).all()


def test_one_provider_is_judged_by_its_own_chance():
    assert false_discovery([0.05]).found.tolist() == [True]
    assert false_discovery([0.051]).found.tolist() == [False]


def test_nobody_is_found_among_nobody():
    assert false_discovery([]).found.size == 0


def test_few_of_those_found_are_false():
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(200):
        score = rng.normal(np.where(np.arange(500) < 50, 3.5, 0.0))
        found = false_discovery(stats.norm.sf(score), rate=0.1).found
        shares.append(found[50:].sum() / max(found.sum(), 1))

    assert np.mean(shares) == pytest.approx(0.09, abs=0.015)  # 0.1 times the 450 of 500


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: false_discovery([1.1]), "outside 0 to 1"),
        (lambda: false_discovery([-0.1]), "outside 0 to 1"),
        (lambda: false_discovery([0.1], rate=0), "a rate of 0;"),
        (lambda: false_discovery([0.1], rate=1), "a rate of 1;"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(BadInputError, match=words):
        call()
