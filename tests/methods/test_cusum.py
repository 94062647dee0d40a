"""Charts of failures, against a sequence with every value printed, and as laws."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.charts.cusum import log_likelihood_weights, risk_adjusted_cusum, vlad

PRINTED = 5e-6  # the sequence prints 6 places, of sums over up to 400 cases

cases = st.lists(st.tuples(st.booleans(), st.floats(0.001, 0.999)), min_size=1, max_size=80)
compiling = settings(deadline=None)  # the first call may have to compile
odds = st.floats(0.2, 5).filter(lambda ratio: abs(ratio - 1) > 0.01)


def arrays(rows):
    return (np.array(part) for part in zip(*rows, strict=True))


def sequence(shared):
    with (shared / "oracles" / "cusum_sequence_400.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def test_the_weights_of_the_first_paper_come_out(shared):
    text = (shared / "oracles" / "cusum_expected.json").read_text(encoding="utf-8")
    oracle = json.loads(text)["weights"]

    for ratio, name in ((2.0, "odds_ratio_2"), (0.5, "odds_ratio_half")):
        for score in (0, 50):
            risk = 1 / (1 + np.exp(3.68 - 0.077 * score))
            met = log_likelihood_weights([0, 1], [risk, risk], odds_ratio=ratio)
            printed = oracle[name][f"score{score}"]
            wanted = (printed["survive"], printed["die"])
            assert met == pytest.approx(wanted, abs=oracle["tolerance"])


def test_a_sequence_of_400_cases_comes_out_up_and_down_and_with_restart(shared):
    rows = sequence(shared)
    failed, risk = rows["event"], rows["risk"]

    up = risk_adjusted_cusum(failed, risk)
    down = risk_adjusted_cusum(failed, risk, odds_ratio=0.5)
    restarted = risk_adjusted_cusum(failed, risk, limit=4.5)

    assert up.path == pytest.approx(rows["cusum_up_no_reset"], abs=PRINTED)
    assert down.path == pytest.approx(rows["cusum_down_no_reset"], abs=PRINTED)
    assert restarted.path == pytest.approx(rows["cusum_up_reset_h4.5"], abs=PRINTED)
    assert vlad(failed, risk) == pytest.approx(rows["vlad_expected_minus_observed"], abs=PRINTED)
    assert np.flatnonzero(restarted.alarm).tolist() == [350]
    assert not up.alarm.any()


@given(cases, odds, st.floats(0.05, 6))
@compiling
def test_a_chart_equals_its_recursion(rows, ratio, limit):
    failed, risk = arrays(rows)

    chart = risk_adjusted_cusum(failed, risk, odds_ratio=ratio, limit=limit)

    now = 0.0
    for i, (event, chance) in enumerate(rows):
        gain = np.log(ratio) if event else 0.0
        now = max(0.0, now + gain - np.log(1 - chance + ratio * chance))
        assert chart.path[i] == pytest.approx(now, abs=1e-9)
        if abs(now - limit) > 1e-9:
            assert chart.alarm[i] == (now >= limit)
        now = 0.0 if chart.alarm[i] else now


def test_evidence_that_just_reaches_the_limit_is_an_alarm():
    one = log_likelihood_weights([1], [0.5])[0]

    assert risk_adjusted_cusum([1], [0.5], limit=one).alarm.tolist() == [True]
    assert risk_adjusted_cusum([1], [0.5], limit=one * 1.001).alarm.tolist() == [False]


@given(st.lists(cases, min_size=1, max_size=5), odds, st.randoms(use_true_random=False))
@compiling
def test_providers_that_take_turns_have_the_charts_that_they_have_alone(many, ratio, random):
    turns = [unit for unit, rows in enumerate(many) for _ in rows]
    random.shuffle(turns)
    left = [iter(rows) for rows in many]
    failed, risk = arrays([next(left[unit]) for unit in turns])
    unit = np.array(turns)

    chart = risk_adjusted_cusum(failed, risk, odds_ratio=ratio, limit=1.0, unit=unit)
    shown = vlad(failed, risk, unit=unit)

    for one, rows in enumerate(many):
        alone = risk_adjusted_cusum(*arrays(rows), odds_ratio=ratio, limit=1.0)
        assert chart.path[unit == one].tolist() == alone.path.tolist()
        assert chart.alarm[unit == one].tolist() == alone.alarm.tolist()
        assert shown[unit == one].tolist() == vlad(*arrays(rows)).tolist()


@given(cases, odds)
def test_a_likelihood_ratio_is_1_in_the_mean_under_what_was_expected(rows, ratio):
    risk = np.array([chance for _, chance in rows])
    died = log_likelihood_weights(np.ones(len(rows)), risk, odds_ratio=ratio)
    lived = log_likelihood_weights(np.zeros(len(rows)), risk, odds_ratio=ratio)

    assert risk * np.exp(died) + (1 - risk) * np.exp(lived) == pytest.approx(np.ones(len(rows)))


@given(cases)
@compiling
def test_the_life_adjusted_display_ends_at_expected_less_observed(rows):
    failed, risk = arrays(rows)

    assert vlad(failed, risk)[-1] == pytest.approx(risk.sum() - failed.sum(), abs=1e-9)


def test_a_chart_of_no_cases_is_empty():
    chart = risk_adjusted_cusum([], [], limit=1)

    assert chart.path.size == chart.alarm.size == vlad([], []).size == 0
    assert risk_adjusted_cusum([], [], unit=[]).path.size == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: risk_adjusted_cusum([1], [0.1, 0.2]), r"outcomes of \(1,\) and risks of \(2,\)"),
        (lambda: risk_adjusted_cusum([[1]], [[0.1]]), r"outcomes of \(1, 1\)"),
        (lambda: risk_adjusted_cusum([1, np.nan], [0.1, 0.2]), "not yes or no"),
        (lambda: risk_adjusted_cusum([2], [0.1]), "not yes or no"),
        (lambda: risk_adjusted_cusum([1, 0], [0.1, 0]), "a risk of 0 at case 1"),
        (lambda: risk_adjusted_cusum([1, 0], [1, 0.1]), "a risk of 1 at case 0"),
        (lambda: risk_adjusted_cusum([1, 0], [0.1, 1]), "a risk of 1 at case 1"),
        (lambda: vlad([1, 0], [0.1, np.nan]), "a risk of nan at case 1"),
        (lambda: risk_adjusted_cusum([1], [0.1], odds_ratio=1), "an odds ratio of 1;"),
        (lambda: risk_adjusted_cusum([1], [0.1], odds_ratio=0), "an odds ratio of 0;"),
        (lambda: risk_adjusted_cusum([1], [0.1], odds_ratio=np.nan), "an odds ratio of nan;"),
        (lambda: risk_adjusted_cusum([1], [0.1], odds_ratio=np.inf), "an odds ratio of inf;"),
        (lambda: risk_adjusted_cusum([1], [0.1], limit=0), "a limit of 0;"),
        (lambda: risk_adjusted_cusum([1], [0.1], limit=np.nan), "a limit of nan;"),
        (lambda: risk_adjusted_cusum([1], [0.1], unit=[1]), "outside 0 to 0"),
        (lambda: risk_adjusted_cusum([1], [0.1], unit=[-1]), "outside 0 to 0"),
        (lambda: risk_adjusted_cusum([1], [0.1], unit=[0.5]), "wanted 1 whole numbers"),
        (lambda: risk_adjusted_cusum([1], [0.1], unit=[0, 0]), "wanted 1 whole numbers"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(BadInputError, match=words):
        call()
