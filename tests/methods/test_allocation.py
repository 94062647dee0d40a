"""How many claims to check in each stratum."""

from __future__ import annotations

from itertools import product
from math import inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from convener.base.errors import BadInputError, NoSolutionError
from convener.methods.claims.allocation import allocate, discovery_size, sample_size

strata = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), min_size=1)


def variance(sizes, spread, given_out):
    return sum(
        sizes[name] ** 2 * spread[name] ** 2 * (1 / given_out[name] - 1 / sizes[name])
        if given_out[name]
        else (inf if sizes[name] else 0)
        for name in sizes
    )


@given(strata, st.data())
def test_the_allocation_adds_up_within_every_stratum(sizes, data):
    least = sum(map(bool, sizes.values()))
    total = data.draw(st.integers(least, sum(sizes.values())))

    met = allocate(sizes, total)

    assert sum(met.values()) == total
    for name, size in sizes.items():
        assert min(1, size) <= met[name] <= size


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 8), min_size=1),
    st.lists(st.floats(0.01, 3), min_size=3, max_size=3),
    st.data(),
)
def test_no_other_allocation_has_a_smaller_variance(sizes, spreads, data):
    total = data.draw(st.integers(len(sizes), sum(sizes.values())))
    spread = dict(zip("abc", spreads, strict=True))
    spread = {name: spread[name] for name in sizes}

    met = allocate(sizes, total, spread=spread)

    best = min(
        variance(sizes, spread, dict(zip(sizes, counts, strict=True)))
        for counts in product(*(range(1, size + 1) for size in sizes.values()))
        if sum(counts) == total
    )
    assert variance(sizes, spread, met) == pytest.approx(best, rel=1e-9, abs=1e-9)


def test_an_allocation_in_proportion_is_met_where_it_is_whole():
    assert allocate({"a": 100, "b": 300, "c": 600}, 10) == {"a": 1, "b": 3, "c": 6}


def test_neyman_checks_more_where_claims_vary_more():
    # Shares of the sample as N S: 100 x 0.5, 100 x 0.1 give 5 to 1.
    met = allocate({"a": 100, "b": 100}, 60, spread={"a": 0.5, "b": 0.1})

    assert met == {"a": 50, "b": 10}


def test_a_stratum_smaller_than_its_allocation_is_checked_whole_and_the_rest_goes_on():
    assert allocate({"a": 5, "b": 100}, 60, spread={"a": 10, "b": 0.1}) == {"a": 5, "b": 55}
    assert allocate({"a": 3, "b": 100}, 20, minimum=10) == {"a": 3, "b": 17}


def test_strata_that_do_not_vary_have_their_minimum_and_then_what_is_left():
    assert allocate({"a": 10, "b": 30}, 12, spread={"a": 1, "b": 0}) == {"a": 10, "b": 2}
    assert allocate({"a": 10, "b": 30}, 8, spread={"a": 0, "b": 0}) == {"a": 2, "b": 6}


def test_a_new_provider_is_checked_more():
    assert allocate({"new": 100, "old": 100}, 50, minimum={"new": 40, "old": 1}) == {
        "new": 40,
        "old": 10,
    }


def test_equal_strata_share_by_name():
    assert allocate({"b": 10, "a": 10}, 3) == {"b": 1, "a": 2}


def test_empty_strata_and_no_strata_are_checked_not_at_all():
    assert allocate({"a": 0, "b": 4}, 3) == {"a": 0, "b": 3}
    assert allocate({}, 0) == {}
    assert allocate({"a": 0}, 0) == {"a": 0}
    assert allocate({"a": 2, "b": 3}, 5) == {"a": 2, "b": 3}


def test_too_few_for_the_minimums_has_no_answer():
    with pytest.raises(NoSolutionError, match="the minimums are 6"):
        allocate({"a": 3, "b": 3}, 5, minimum=3)


@pytest.mark.parametrize(
    ("sizes", "total", "more", "wanted"),
    [
        ({"a": 3}, 4, {}, "4 claims to check of 3"),
        ({"a": 3}, -1, {}, "-1 claims"),
        ({"a": -1, "b": 5}, 1, {}, "no stratum below zero"),
        ({"a": 3}, 1, {"minimum": 0}, "wanted 1 or more"),
        ({"a": 3}, 1, {"minimum": {"b": 1}}, "no other"),
        ({"a": 3}, 1, {"spread": {"b": 1}}, "one for each"),
        ({"a": 3}, 1, {"spread": {"a": -1}}, "0 or more"),
        ({"a": 3}, 1, {"spread": {"a": float("nan")}}, "0 or more"),
    ],
)
def test_an_allocation_that_cannot_be_is_refused(sizes, total, more, wanted):
    with pytest.raises(BadInputError, match=wanted):
        allocate(sizes, total, **more)


# By hand: 1.96 squared, times share times rest, over precision squared; then corrected for size.
@pytest.mark.parametrize(
    ("population", "precision", "share", "size"),
    [
        (1_000, 0.05, 0.5, 278),
        (10_000, 0.05, 0.5, 370),
        (10**9, 0.05, 0.5, 385),
        (500, 0.05, 0.1, 109),
        (10, 0.01, 0.5, 10),
        (1, 0.05, 0.5, 1),
        (0, 0.05, 0.5, 0),
        (100, 0.05, 0, 1),
        (100, 0.05, 1, 1),
        (10, 0.3, 0.5, 6),
        (40, 0.2, 0.5, 16),
    ],
)
def test_a_wanted_precision_asks_for_so_many(population, precision, share, size):
    assert sample_size(population, precision, share=share) == size


@given(st.integers(0, 10**6), st.floats(0.001, 0.5), st.floats(0, 1))
def test_never_more_than_all_and_most_for_one_half(population, precision, share):
    met = sample_size(population, precision, share=share)

    assert 0 <= met <= population
    assert met <= sample_size(population, precision)
    assert met <= sample_size(population, precision, share=share, confidence=0.99)


@given(st.integers(1, 300), st.data())
def test_the_least_that_meets_a_wrong_claim_is_found(population, data):
    wrong = data.draw(st.integers(1, population))

    met = discovery_size(population, wrong)

    assert 1 - hypergeom.pmf(0, population, wrong, met) >= 0.95 - 1e-12
    assume(met > 1)
    assert 1 - hypergeom.pmf(0, population, wrong, met - 1) < 0.95 + 1e-12


def test_59_meet_one_wrong_in_twenty():
    assert discovery_size(10**6, 50_000) == 59
    assert discovery_size(10, 10) == 1
    assert discovery_size(1, 1) == 1


def test_one_wrong_claim_is_met_only_where_nearly_all_are_checked():
    assert discovery_size(10, 1) == 10
    assert discovery_size(100, 1) == 95
    assert discovery_size(4, 1, confidence=0.75) == 3


@pytest.mark.parametrize("value", [0, 1, -0.1, float("nan")])
def test_a_precision_or_confidence_that_is_none_is_refused(value):
    with pytest.raises(BadInputError, match="precision"):
        sample_size(10, value)
    with pytest.raises(BadInputError, match="confidence"):
        sample_size(10, 0.1, confidence=value)
    with pytest.raises(BadInputError, match="confidence"):
        discovery_size(10, 1, confidence=value)


def test_populations_that_cannot_be_are_refused():
    with pytest.raises(BadInputError, match="-1 claims"):
        sample_size(-1, 0.1)
    with pytest.raises(BadInputError, match="share of 2"):
        sample_size(10, 0.1, share=2)
    with pytest.raises(BadInputError, match="11 wrong of 10"):
        discovery_size(10, 11)
    with pytest.raises(BadInputError, match="0 wrong"):
        discovery_size(10, 0)


def test_the_next_claim_goes_where_variance_falls_most():
    # After 1 and 2: 50 / sqrt(1 x 2) = 35.4 is above 84 / sqrt(2 x 3) = 34.3.
    assert allocate({"a": 50, "b": 84}, 4) == {"a": 2, "b": 2}


def test_a_stratum_whole_by_its_minimum_gets_no_more():
    met = allocate({"a": 5, "b": 100}, 60, spread={"a": 10, "b": 0.1}, minimum=5)

    assert met == {"a": 5, "b": 55}
