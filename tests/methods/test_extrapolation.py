"""From a random sample to all claims."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, hypergeom

from convener.base.errors import BadInputError
from convener.methods.claims.extrapolation import (
    larger_of,
    lower_bound,
    recover,
    stratified_lower_bound,
)
from convener.methods.claims.sampling import Findings

BOUNDS = ["clopper-pearson", "wilson", "hypergeometric"]
found = st.integers(1, 300).flatmap(
    lambda size: st.integers(1, size).flatmap(
        lambda checked: st.integers(0, checked).map(
            lambda failed: Findings("a", size, checked, failed)
        )
    )
)


def money(*amounts):
    return dict(zip("abcdef", map(Decimal, amounts), strict=False))


@given(found, st.sampled_from(BOUNDS), st.sampled_from([0.6, 0.9, 0.95, 0.99]))
def test_the_bound_lies_between_nothing_and_what_was_seen(row, bound, confidence):
    low = lower_bound(row, confidence=confidence, bound=bound)

    assert 0 <= low <= row.failed / row.checked + 1e-12
    assert low <= lower_bound(row, confidence=confidence - 0.05, bound=bound) + 1e-12


@pytest.mark.parametrize(
    ("checked", "failed", "method"), [(60, 6, "exact"), (263, 81, "exact"), (60, 6, "wilson")]
)
def test_the_bounds_are_those_of_a_peer(checked, failed, method):
    bound = "wilson" if method == "wilson" else "clopper-pearson"
    peer = binomtest(failed, checked).proportion_ci(0.90, method).low

    assert lower_bound(Findings("a", 10**6, checked, failed), bound=bound) == pytest.approx(peer)


def test_the_hypergeometric_bound_is_the_least_that_is_not_too_unlikely():
    row = Findings("a", 80, 60, 6)
    likely = [wrong for wrong in range(6, 27) if hypergeom.sf(5, 80, wrong, 60) > 0.05]

    assert lower_bound(row, bound="hypergeometric") == likely[0] / 80
    assert lower_bound(row, bound="hypergeometric") > lower_bound(row)


def test_a_stratum_checked_whole_has_no_doubt():
    for bound in BOUNDS:
        assert lower_bound(Findings("a", 10, 10, 3), bound=bound) == 0.3
        assert lower_bound(Findings("a", 10, 10, 10), bound=bound) == 1


def test_none_failed_bounds_at_nothing_and_all_failed_below_all():
    for bound in BOUNDS:
        assert lower_bound(Findings("a", 100, 20, 0), bound=bound) == 0
        assert 0.8 < lower_bound(Findings("a", 100, 20, 20), bound=bound) < 1


def test_the_safe_bounds_keep_their_confidence_whatever_the_share():
    """The chance that the bound is above the truth, added up over all that could be found."""
    for wrong in range(0, 101, 4):
        for bound in ("clopper-pearson", "hypergeometric"):
            above = sum(
                hypergeom.pmf(failed, 100, wrong, 30)
                for failed in range(31)
                if lower_bound(Findings("a", 100, 30, failed), bound=bound) > wrong / 100 + 1e-12
            )
            assert above <= 0.05 + 1e-9


def test_one_stratum_has_its_own_bound():
    row = Findings("a", 400, 60, 6)

    assert stratified_lower_bound([row], {"a": 1.0}) == pytest.approx(lower_bound(row))
    assert stratified_lower_bound([], {}) == 0


def test_two_strata_by_hand():
    rows = [Findings("a", 400, 60, 6), Findings("b", 100, 50, 20)]
    lows = [lower_bound(row) for row in rows]
    expected = 0.8 * 0.1 + 0.2 * 0.4 - np.hypot(0.8 * (0.1 - lows[0]), 0.2 * (0.4 - lows[1]))

    met = stratified_lower_bound(rows, {"a": 0.8, "b": 0.2})

    assert met == pytest.approx(expected)
    assert met > 0.8 * lows[0] + 0.2 * lows[1]


@pytest.mark.parametrize(
    "shares",
    [(0.02, 0.02, 0.02), (0.1, 0.3, 0.05), (0.0, 1.0, 0.5), (0.05, 0.0, 0.0), (0.9, 0.8, 0.99)],
)
def test_the_stratified_bound_keeps_its_confidence(shares):
    """Of 4,000 seeded draws the truth is below the bound in hardly more than one in twenty."""
    rng = np.random.default_rng(20260101)
    checked = (30, 40, 60)
    weights = {"a": 0.2, "b": 0.5, "c": 0.3}
    truth = sum(weight * share for weight, share in zip(weights.values(), shares, strict=True))
    bounds = [
        [lower_bound(Findings(name, 10**6, size, failed)) for failed in range(size + 1)]
        for name, size in zip("abc", checked, strict=True)
    ]

    above = 0
    for counts in rng.binomial(checked, shares, size=(4000, 3)):
        seen = counts / checked
        low = np.array([bounds[at][count] for at, count in enumerate(counts)])
        weighed = np.array(list(weights.values()))
        above += weighed @ seen - np.sqrt(((weighed * (seen - low)) ** 2).sum()) > truth + 1e-12

    assert above / 4000 <= 0.06


def test_recovery_in_one_stratum_is_the_bound_times_its_value():
    met = recover([Findings("a", 400, 60, 6)], money("215.00"))

    # 400 claims at £215 are £86,000; Clopper-Pearson's lower bound for 6 of 60 is 4.4453%.
    assert met.amount == Decimal("3822.95")
    assert met.estimate == Decimal("8600.00")
    assert met.strata[0].lower == pytest.approx(0.044453, abs=1e-6)
    assert met.strata[0].is_extrapolated


def test_below_the_minimum_only_what_was_found_is_recovered():
    met = recover([Findings("a", 400, 29, 6)], money("215.00"))

    assert met.amount == Decimal("1290.00")
    assert met.strata[0].lower is None
    assert not met.strata[0].is_extrapolated
    assert recover([Findings("a", 400, 29, 6)], money("215.00"), least_checked=29).amount > 1290


def test_a_small_stratum_checked_whole_recovers_what_was_found():
    met = recover([Findings("a", 8, 8, 2)], money("100.00"))

    assert met.amount == met.estimate == Decimal("200.00")
    assert met.strata[0].is_extrapolated


def test_what_was_found_is_the_least_that_is_recovered():
    met = recover([Findings("a", 70, 60, 2)], money("100.00"))

    assert met.amount == Decimal("200.00")


def test_empty_strata_and_strata_unchecked_recover_nothing():
    met = recover([Findings("a", 0, 0, 0), Findings("b", 50, 0, 0)], money("1.00", "1.00"))

    assert met.amount == 0
    assert [row.estimate for row in met.strata] == [None, None]
    assert recover([], {}).amount == 0


def test_all_passed_recovers_nothing_and_all_failed_nearly_all():
    passed = recover([Findings("a", 100, 40, 0)], money("10.00"))
    failed = recover([Findings("a", 100, 40, 40)], money("10.00"))

    assert passed.amount == passed.estimate == 0
    assert Decimal("900.00") < failed.amount < failed.estimate == Decimal("1000.00")


several = st.lists(found, min_size=1, max_size=5).map(
    lambda rows: [
        Findings(name, row.size, row.checked, row.failed)
        for name, row in zip("abcdef", rows, strict=False)
    ]
)
prices = st.lists(st.integers(0, 10**5), min_size=6, max_size=6).map(
    lambda rows: dict(zip("abcdef", [Decimal(row).scaleb(-2) for row in rows], strict=True))
)


@given(several, prices, st.sampled_from(BOUNDS))
def test_the_parts_add_up_and_none_is_below_what_was_found(rows, given_prices, bound):
    met = recover(rows, given_prices, bound=bound)

    assert sum(row.amount for row in met.strata) == met.amount
    assert met.amount <= met.estimate
    for row, stratum in zip(rows, met.strata, strict=True):
        price = given_prices[row.stratum]
        assert price * row.failed <= stratum.amount <= price * row.size
        if not stratum.is_extrapolated:
            assert stratum.amount == price * row.failed


def test_the_larger_of_what_was_found_and_what_is_extrapolated_is_recovered():
    met = recover([Findings("a", 400, 60, 6)], money("215.00"))

    assert larger_of(met, Decimal("2150.00"), Decimal("1290.00")) == met.amount
    assert larger_of(met, Decimal("4300.00"), Decimal("1290.00")) == Decimal("5590.00")
    with pytest.raises(BadInputError, match="below zero"):
        larger_of(met, Decimal(-1), Decimal(0))


def test_a_lower_confidence_recovers_more():
    rows = [Findings("a", 400, 60, 6), Findings("b", 100, 50, 20)]

    sure, surer = (recover(rows, money("10", "10"), confidence=c).amount for c in (0.9, 0.99))

    assert sure > surer


@pytest.mark.parametrize(
    ("rows", "given_prices", "more", "wanted"),
    [
        ([Findings("a", 9, 9, 1)] * 2, money("1"), {}, "each stratum once"),
        ([Findings("b", 9, 9, 1)], money("1"), {}, "b has no price"),
        ([Findings("a", 9, 9, 1)], money("-1"), {}, "a has no price of 0 or more"),
        ([Findings("a", 9, 9, 1)], money("0.001"), {}, "whole pence"),
        ([Findings("a", 9, 9, 1)], money("1"), {"least_checked": 0}, "wanted 1 or more"),
        ([Findings("a", 9, 9, 1)], money("1"), {"confidence": 1}, "confidence of 1"),
        ([Findings("a", 9, 9, 1)], money("1"), {"confidence": 0}, "confidence of 0"),
        ([Findings("a", 90, 40, 1)], money("1"), {"bound": "wald"}, "the bound 'wald'"),
    ],
)
def test_what_cannot_be_recovered_is_refused(rows, given_prices, more, wanted):
    with pytest.raises(BadInputError, match=wanted):
        recover(rows, given_prices, **more)


def test_a_bound_of_nothing_checked_is_refused():
    with pytest.raises(BadInputError, match="nothing was checked in a"):
        lower_bound(Findings("a", 5, 0, 0))


def test_wilsons_bound_wants_more_than_an_even_chance():
    with pytest.raises(BadInputError, match="above one half"):
        lower_bound(Findings("a", 90, 40, 1), confidence=0.5, bound="wilson")


def test_a_weight_that_is_missing_is_refused():
    for weights in ({}, {"a": -1.0}, {"a": float("nan")}):
        with pytest.raises(BadInputError, match="no weight"):
            stratified_lower_bound([Findings("a", 9, 5, 1)], weights)


def test_wilsons_bound_keeps_its_confidence_on_average_only():
    """Near it on average over shares; at some shares below, which is why it is not the default."""
    chances = []
    for share in np.linspace(0.05, 0.95, 91):
        above = [
            failed
            for failed in range(41)
            if lower_bound(Findings("a", 10**6, 40, failed), bound="wilson") > share
        ]
        chances.append(binom.pmf(above, 40, share).sum())

    assert np.mean(chances) == pytest.approx(0.05, abs=0.015)
    assert max(chances) > 0.05


@pytest.mark.parametrize("counts", [(80, 60, 6), (50, 20, 5), (200, 30, 3), (300, 40, 25)])
def test_one_wrong_claim_fewer_would_be_too_unlikely(counts):
    size, checked, failed = counts

    wrong = round(size * lower_bound(Findings("a", *counts), bound="hypergeometric"))

    assert hypergeom.sf(failed - 1, size, wrong, checked) > 0.05
    assert wrong == failed or hypergeom.sf(failed - 1, size, wrong - 1, checked) <= 0.05


def test_thirty_checked_are_enough_and_one_alone_that_is_all():
    met = recover([Findings("a", 400, 30, 6), Findings("b", 1, 1, 1)], money("1.00", "1.00"))

    assert [row.is_extrapolated for row in met.strata] == [True, True]
    assert [row.estimate for row in met.strata] == [0.2, 1.0]
    assert recover([Findings("a", 9, 1, 0)], money("1"), least_checked=1).strata[0].lower == 0


def test_the_sum_falls_to_strata_by_what_they_are_estimated_to_owe_beyond_what_was_found():
    rows = [Findings("a", 400, 40, 4), Findings("b", 200, 100, 10)]

    met = recover(rows, money("10.00", "10.00"))

    # Found: £40 and £100. Estimated beyond that: £360 and £100.
    beyond = met.amount - 140
    assert abs(met.strata[0].amount - 40 - beyond * 360 / 460) <= Decimal("0.01")
    assert abs(met.strata[1].amount - 100 - beyond * 100 / 460) <= Decimal("0.01")


def test_nothing_found_by_risk_leaves_the_sum():
    met = recover([Findings("a", 400, 60, 6)], money("215.00"))

    assert larger_of(met, Decimal(0), Decimal(0)) == met.amount


def test_wilsons_bound_holds_down_to_an_even_chance():
    low = lower_bound(Findings("a", 400, 60, 6), confidence=0.55, bound="wilson")

    assert 0.09 < low < 0.1


def test_what_is_just_as_unlikely_as_may_be_is_too_unlikely():
    """Were one of four wrong, the one that was checked would be it in a quarter of all draws."""
    met = lower_bound(Findings("a", 4, 1, 1), confidence=0.75, bound="hypergeometric")

    assert met == 2 / 4


@given(st.integers(31, 3000), st.integers(30, 200), st.data(), st.integers(1, 10**8).map(Decimal))
def test_a_whole_number_of_claims_is_recovered_at_its_price_to_the_penny(
    size, checked, data, pence
):
    checked = min(checked, size)
    row = Findings("a", size, checked, data.draw(st.integers(1, checked)))
    price = pence.scaleb(-2)

    met = recover([row], {"a": price}, bound="hypergeometric")

    wrong = size * lower_bound(row, bound="hypergeometric")
    assume(wrong == pytest.approx(round(wrong), abs=1e-9))
    assert met.amount == round(wrong) * price


def test_an_estimate_of_whole_claims_is_their_price():
    # 47 is a factor of 2,679: 13 of 47 failed, so that 741 of all are wrong.
    met = recover([Findings("a", 2679, 47, 13)], money("7367.09"))

    assert met.estimate == 741 * Decimal("7367.09")


def test_strata_of_too_few_add_what_was_found_to_the_estimate():
    rows = [Findings("a", 400, 40, 4), Findings("b", 200, 10, 3)]

    met = recover(rows, money("10.00", "7.00"))

    assert met.estimate == 400 + 21


def test_no_bound_is_above_what_was_seen():
    """That 108 of 113 are wrong is too unlikely, and 109 are more than the 108.96 estimated."""
    assert hypergeom.sf(107, 113, 108, 112) < 0.05

    assert lower_bound(Findings("a", 113, 112, 108), bound="hypergeometric") == 108 / 112
