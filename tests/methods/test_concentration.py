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


@pytest.mark.parametrize("rest", ["one", "many"])
def test_more_than_the_whole_market_is_refused(rest):
    with pytest.raises(BadInputError, match=r"sum to 1\.8, more than the whole market"):
        shares_of([0.9, 0.9], rest=rest)


def test_what_is_said_of_the_rest_is_one_of_three_words():
    with pytest.raises(BadInputError, match="the rest was 'all'"):
        shares_of([0.5, 0.5], rest="all")


def test_sizes_too_great_to_be_added_are_refused():
    with pytest.raises(BadInputError, match="finite"):
        shares_of([1e308, 1e308], rest="scale")


def test_what_each_choice_makes_of_the_rest():
    assert shares_of([0.3, 0.2], rest="scale") == pytest.approx([0.6, 0.4])
    assert shares_of([0.3, 0.2], rest="one") == pytest.approx([0.3, 0.2, 0.5])
    assert shares_of([0.3, 0.2], rest="many") == pytest.approx([0.3, 0.2])


@pytest.mark.parametrize("rest", [None, "scale", "one", "many"])
def test_shares_that_sum_to_one_need_no_choice_and_none_changes_them(rest):
    met = shares_of([0.7, 0.3 + 5e-7], rest=rest)

    assert met == pytest.approx([0.7, 0.3], abs=1e-6)
    assert met.sum() == pytest.approx(1, abs=1e-12)


def test_a_millionth_is_what_rounding_may_leave_and_no_more():
    with pytest.raises(BadInputError, match="say what the rest is"):
        shares_of([0.7, 0.3 + 2e-6])


def test_the_rest_may_be_among_the_largest_and_may_merge():
    assert concentration_ratio([0.3, 0.2], 1, rest="one") == pytest.approx(0.5)
    assert concentration_ratio([0.3, 0.2], 1, rest="many") == pytest.approx(0.3)
    assert effective_number([0.3, 0.2], rest="many") == pytest.approx(1 / 0.13)
    assert merger_change([0.3, 0.2], 0, 2, rest="one") == pytest.approx(3000)
    assert normalised_hhi([0.3, 0.2], rest="one") == pytest.approx((0.38 - 1 / 3) / (2 / 3))


def test_a_lone_provider_has_the_whole_market():
    assert hhi([7], rest="scale") == 10_000
    assert effective_number([7], rest="scale") == 1
    assert normalised_hhi([7], rest="scale") == 1
    assert concentration_ratio([7], 4, rest="scale") == 1


def test_a_provider_of_nothing_counts_only_where_inequality_is_asked_for():
    assert hhi([5, 5, 0], rest="scale") == pytest.approx(5000)
    assert effective_number([5, 5, 0], rest="scale") == pytest.approx(2)
    assert normalised_hhi([5, 5, 0], rest="scale") == pytest.approx(0.25)


@pytest.mark.parametrize("pair", [(1, 1), (0, 2), (-1, 0), (2, 0)])
def test_only_two_different_providers_of_the_market_can_merge(pair):
    with pytest.raises(BadInputError, match="two different of 2 providers"):
        merger_change([0.5, 0.5], *pair)


def test_all_together_never_have_more_than_the_whole_market():
    # Their shares, rounded, sum to a little more.
    assert concentration_ratio([9, 7, 13, 1], 4, rest="scale") == 1


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
