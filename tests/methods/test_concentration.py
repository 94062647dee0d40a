"""Concentration, against published examples, and as laws."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.concentration import (
    concentration_ratio,
    effective_number,
    hhi,
    merger_change,
    normalised_hhi,
    shares_of,
)

sizes = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40)


def test_the_oracles_agree(shared):
    oracle = json.loads((shared / "oracles" / "concentration.json").read_text(encoding="utf-8"))

    for case in oracle["cases"]:
        shares = case["shares"]
        assert hhi(shares, rest="scale") == pytest.approx(case["hhi"], abs=1e-4)
        if "effective_number" in case:
            met = effective_number(shares, rest="scale")
            assert met == pytest.approx(case["effective_number"], abs=1e-4)
        if "normalised_hhi" in case:
            met = normalised_hhi(shares, rest="scale")
            assert met == pytest.approx(case["normalised_hhi"], abs=1e-4)
        for largest in (1, 2):
            if f"cr{largest}" in case:
                met = 100 * concentration_ratio(shares, largest, rest="scale")
                assert met == pytest.approx(case[f"cr{largest}"], abs=1e-4)
        order = np.argsort(shares)
        for name, *pair in (
            ("merge_two_smallest", *order[:2]),
            ("merge_two_largest", *order[-2:]),
        ):
            if name in case:
                met = case["hhi"] + merger_change(shares, *pair, rest="scale")
                assert met == pytest.approx(case[name], abs=1e-4)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([7, 5, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1], 837.5),
        ([1, 1], 5000.0),
        ([1, 1, 1], 3333.3),
        ([6, 5, 3, 2, 2, 1, 1, 1], 1836.7),
        ([2, 2, 2], 3333.3),
        ([3, 2, 2], 3469.4),
        ([5, 5, 4], 3367.3),
    ],
)
def test_published_counts_give_their_published_index(counts, expected):
    assert hhi(counts, rest="scale") == pytest.approx(expected, abs=0.05)


def test_shares_that_do_not_sum_to_one_force_a_choice():
    with pytest.raises(BadInputError, match="say what the rest is"):
        hhi([0.3, 0.2])

    assert hhi([0.3, 0.2], rest="scale") == pytest.approx(5200)
    assert hhi([0.3, 0.2], rest="one") == pytest.approx(3800)
    assert hhi([0.3, 0.2], rest="many") == pytest.approx(1300)


@pytest.mark.parametrize("bad", [[], [-1, 2], [0, 0], [float("nan")], [float("inf"), 1]])
def test_shares_that_cannot_be_are_refused(bad):
    with pytest.raises(BadInputError):
        shares_of(bad, rest="scale")


def test_more_than_the_whole_market_is_refused():
    with pytest.raises(BadInputError, match="more than the whole market"):
        shares_of([0.9, 0.9], rest="many")


def test_two_of_the_same_provider_cannot_merge():
    with pytest.raises(BadInputError, match="two different"):
        merger_change([0.5, 0.5], 1, 1)


def test_a_ratio_of_nobody_is_refused():
    with pytest.raises(BadInputError, match="1 provider at least"):
        concentration_ratio([0.5, 0.5], 0)


def test_a_normalised_index_needs_the_number_of_providers():
    with pytest.raises(BadInputError, match="how many"):
        normalised_hhi([0.2, 0.2], rest="many")


@given(sizes)
def test_the_index_lies_between_equal_providers_and_one(values):
    assert 10_000 / len(values) - 1e-6 <= hhi(values, rest="scale") <= 10_000 + 1e-6
    assert 1 - 1e-9 <= effective_number(values, rest="scale") <= len(values) + 1e-6
    assert 0 <= normalised_hhi(values, rest="scale") <= 1 + 1e-9


@given(sizes, st.floats(0.1, 1000))
def test_the_unit_of_size_does_not_matter(values, factor):
    scaled = [value * factor for value in values]

    assert hhi(scaled, rest="scale") == pytest.approx(hhi(values, rest="scale"), rel=1e-9)


@given(st.lists(st.floats(0.01, 1e6), min_size=2, max_size=40))
def test_a_merger_raises_the_index_by_what_is_said(values):
    merged = [values[0] + values[1], *values[2:]]

    change = merger_change(values, 0, 1, rest="scale")

    risen = hhi(merged, rest="scale") - hhi(values, rest="scale")
    assert change == pytest.approx(risen, rel=1e-6, abs=1e-6)


@given(sizes)
def test_ratios_grow_to_the_whole(values):
    ratios = [concentration_ratio(values, n, rest="scale") for n in range(1, len(values) + 1)]

    assert ratios == sorted(ratios)
    assert ratios[-1] == pytest.approx(1)
