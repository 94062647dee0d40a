"""What is added to early estimates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.money.optimism_bias import (
    BOUNDS_SINCE,
    CORRECTIONS,
    GRADES_SINCE,
    UPPER_BOUNDS,
    correction,
    optimism_bias,
)


@given(st.floats(0, 3), st.floats(0, 1))
def test_mitigation_takes_from_the_bound_and_no_more(upper, mitigated):
    assert 0 <= optimism_bias(upper, mitigated) <= upper
    assert optimism_bias(upper) == upper
    assert optimism_bias(upper, 1) == 0


def test_half_the_causes_dealt_with_halve_the_bound():
    assert optimism_bias(0.41, 0.5) == pytest.approx(0.205)


def test_the_bounds_that_were_seen_are_the_two_that_say_so():
    seen = {row.kind: row.share for row in UPPER_BOUNDS if row.is_confirmed}

    assert seen == {"standard building": 0.24, "outsourced running cost": 0.41}
    assert sorted(row.share for row in UPPER_BOUNDS) == [0.24, 0.41, 0.44, 0.51, 0.66, 2.0]


def test_worse_evidence_is_corrected_more():
    assert [row.cost for row in CORRECTIONS] == [0, 0.05, 0.10, 0.15, 0.25, 0.40]
    assert [row.benefit for row in CORRECTIONS] == [0, 0.05, 0.10, 0.15, 0.25, 0.40]
    assert correction(5).cost == 0.25


@pytest.mark.parametrize("grade", [0, 7])
def test_a_grade_that_is_none_is_refused(grade):
    with pytest.raises(BadInputError, match="wanted 1 to 6"):
        correction(grade)


@pytest.mark.parametrize(
    ("upper", "mitigated", "wanted"),
    [(-0.1, 0, "share of 0 or more"), (float("inf"), 0, "0 or more"), (0.4, 1.1, "0 to 1")],
)
def test_shares_that_are_none_are_refused(upper, mitigated, wanted):
    with pytest.raises(BadInputError, match=wanted):
        optimism_bias(upper, mitigated)


def test_the_tables_say_since_when():
    assert date(2003, 4, 1) == BOUNDS_SINCE
    assert date(2014, 4, 1) == GRADES_SINCE
    assert [row.grade for row in CORRECTIONS] == [1, 2, 3, 4, 5, 6]
