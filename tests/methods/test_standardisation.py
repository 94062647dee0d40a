"""Observed against expected, summed by provider, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from convener.base.errors import BadInputError
from convener.methods.leagues.standardisation import standardise


def test_observed_and_expected_are_summed_by_provider():
    result = standardise(
        [0, 0, 1, 1, 1, 3], [1, 0, 1, 1, 0, np.nan], [0.5, 0.5, 0.1, 0.2, 0.1, 0.3], providers=4
    )

    assert result.cases.tolist() == [2, 3, 0, 0]
    assert result.observed.tolist() == [1, 2, 0, 0]
    assert result.expected == pytest.approx([1, 0.4, 0, 0])
    assert result.ratio[:2] == pytest.approx([1, 5])
    for values in (result.ratio, result.low, result.high):
        assert np.isnan(values[2:]).all()


def test_the_interval_of_a_ratio_is_the_exact_one():
    # Ten events: 4.795 to 18.390, as tables of the Poisson distribution have it.
    result = standardise([0, 1, 2], [10, 0, 1], [10, 10, 10], providers=3)

    assert result.low == pytest.approx([0.4795, 0, 0.00253], abs=1e-4)
    assert result.low[1] == 0
    assert result.high == pytest.approx([1.8390, 0.36889, 0.55716], abs=1e-4)
    narrow = standardise([0], [10], [10], providers=1, level=0.5)
    assert result.low[0] < narrow.low[0] < 1 < narrow.high[0] < result.high[0]


@pytest.mark.parametrize(
    ("provider", "observed", "expected", "providers", "said"),
    [
        ([0], [1, 2], [1], 1, "one of each for every case"),
        ([0], [1], [1], 0, "met 0 providers"),
        ([1], [1], [1], 1, "positions from 0 to 0"),
        ([-1], [1], [1], 1, "positions from 0 to 0"),
        ([0.5], [1], [1], 1, "positions from 0 to 0"),
        ([0], [-1], [1], 1, "not negative"),
        ([0], [1], [-1], 1, "not negative"),
        ([0], [1], [np.inf], 1, "finite"),
        ([0, 1], [0, 1], [1, 0], 2, "provider 1 has 1 events and none expected"),
    ],
)
def test_sums_that_cannot_be_are_refused(provider, observed, expected, providers, said):
    with pytest.raises(BadInputError, match=said):
        standardise(provider, observed, expected, providers=providers)


@pytest.mark.parametrize("level", [0, 1])
def test_a_level_lies_within(level):
    with pytest.raises(BadInputError, match=f"a level of {level}"):
        standardise([0], [1], [1], providers=1, level=level)
