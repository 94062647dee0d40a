"""Sequential tests, against Shipman's yearly figures, Wald's bounds, and as laws."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.charts.cusum import log_likelihood_weights
from convener.methods.charts.sprt import (
    bernoulli_sprt,
    first_crossing,
    poisson_sprt,
    wald_thresholds,
)

errors = st.floats(1e-6, 0.4)


def shipman(shared):
    with (shared / "oracles" / "data_shipman_yearly.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years = [row["Year"] for row in rows]
    observed, expected = (
        [float(row[f"Women65plus{end}"]) for row in rows] for end in ("Obs", "Exp")
    )
    return years, observed, expected


def test_the_evidence_on_shipman_comes_out(shared):
    text = (shared / "oracles" / "sprt_shipman_expected.json").read_text(encoding="utf-8")
    oracle = json.loads(text)
    women = oracle["women"]
    years, observed, expected = shipman(shared)

    for chance, threshold in oracle["thresholds"].items():
        error = float(chance)
        test = poisson_sprt(observed, expected, false_alarm=error, missed=error)

        assert test.upper == pytest.approx(threshold, abs=oracle["tolerance"])
        assert test.lower == pytest.approx(-threshold, abs=oracle["tolerance"])
        assert years[test.alarm_at] == str(women["first_crossing"][chance])
        assert test.cleared_at is None
        for year in ("1979", "1981", "1984", "1985"):
            path = test.path[years.index(year)]
            assert path == pytest.approx(women[year], abs=oracle["tolerance"])


@given(errors, errors)
def test_thresholds_mirror_when_the_errors_are_swapped(false_alarm, missed):
    lower, upper = wald_thresholds(false_alarm=false_alarm, missed=missed)
    other_lower, other_upper = wald_thresholds(false_alarm=missed, missed=false_alarm)

    assert lower < 0 < upper
    assert (lower, upper) == pytest.approx((-other_upper, -other_lower))
    assert np.exp(upper) == pytest.approx((1 - missed) / false_alarm)


def test_the_chances_of_error_hold():
    rng = np.random.default_rng(11)
    risk = rng.uniform(0.05, 0.3, 2_000)
    doubled = 2 * risk / (1 + risk)

    false = sum(
        bernoulli_sprt(rng.random(2_000) < risk, risk, false_alarm=0.1, missed=0.1).alarm_at
        is not None
        for _ in range(400)
    )
    missed = sum(
        bernoulli_sprt(rng.random(2_000) < doubled, risk, false_alarm=0.1, missed=0.1).cleared_at
        is not None
        for _ in range(400)
    )

    # Wald's bound is 0.1 / 0.9 each; 400 trials have a standard error of 0.016.
    assert 0.02 < false / 400 < 0.16
    assert 0.02 < missed / 400 < 0.16


def test_a_test_of_cases_adds_up_their_weights():
    failed, risk = [1, 0, 1, 1], [0.2, 0.3, 0.1, 0.5]

    test = bernoulli_sprt(failed, risk, odds_ratio=3)

    weights = log_likelihood_weights(failed, risk, odds_ratio=3)
    assert test.path == pytest.approx(np.cumsum(weights))


def test_a_test_may_look_for_a_lower_rate():
    # ln 0.5 for each event seen, and half of those that were due.
    test = poisson_sprt([1, 0], [2.0, 8.0], rate_ratio=0.5)

    assert test.path == pytest.approx([np.log(0.5) + 1, np.log(0.5) + 5])


def test_a_test_errs_once_in_a_hundred_either_way_if_nothing_else_is_said():
    for test in (poisson_sprt([1], [1.0]), bernoulli_sprt([1], [0.5])):
        assert (test.lower, test.upper) == pytest.approx((-np.log(99), np.log(99)))


def test_the_first_threshold_decides():
    rises = poisson_sprt([9, 0], [1.0, 40.0])
    falls = poisson_sprt([0, 60], [10.0, 1.0])

    assert (rises.alarm_at, rises.cleared_at) == (0, None)
    assert (falls.alarm_at, falls.cleared_at) == (None, 0)


def test_a_period_without_expectation_or_events_says_nothing():
    assert poisson_sprt([0], [0]).path.tolist() == [0]
    assert poisson_sprt([], []).alarm_at is None


def test_a_crossing_is_at_or_above_the_threshold():
    assert first_crossing([0.0, 1.0, 2.0], 1.0) == 1
    assert first_crossing([0.0, 1.0], 1.5) is None
    assert first_crossing([], 1) is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: wald_thresholds(false_alarm=0, missed=0.1), "chances of error of 0 and 0.1"),
        (lambda: wald_thresholds(false_alarm=0.1, missed=0), "chances of error of 0.1 and 0"),
        (lambda: wald_thresholds(false_alarm=0.5, missed=0.5), "a sum below 1"),
        (lambda: poisson_sprt([1, 2], [1]), "2 observed and 1 expected"),
        (lambda: poisson_sprt([1], [np.nan]), "missing or infinite"),
        (lambda: poisson_sprt([np.nan], [1]), "missing or infinite"),
        (lambda: poisson_sprt([-1], [1]), "negative or not whole"),
        (lambda: poisson_sprt([1], [-1]), "negative or not whole"),
        (lambda: poisson_sprt([0.5], [1]), "negative or not whole"),
        (lambda: poisson_sprt([1], [0]), "events where none were expected"),
        (lambda: poisson_sprt([1], [1], rate_ratio=1), "a rate ratio of 1;"),
        (lambda: poisson_sprt([1], [1], rate_ratio=-2), "a rate ratio of -2;"),
        (lambda: poisson_sprt([1], [1], rate_ratio=0), "a rate ratio of 0;"),
        (lambda: poisson_sprt([1], [1], rate_ratio=np.inf), "a rate ratio of inf;"),
        (lambda: bernoulli_sprt([1], [1.0]), "a risk of 1"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(BadInputError, match=words):
        call()
