"""Funnels, against published data, and as laws."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.charts.funnel import proportion_funnel, ratio_funnel
from convener.methods.charts.funnel_drawing import Widening
from convener.methods.charts.funnel_limits import poisson_limits
from convener.methods.charts.mid_p import binomial_mid_p

Z_998 = 3.0902323061678132
WINSORISED = Widening(trim="winsorise")

ratios = st.lists(st.tuples(st.integers(1, 400), st.floats(1, 400)), min_size=2, max_size=40)
shares = st.lists(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=40,
).filter(lambda rows: 0 < sum(row[0] for row in rows) < sum(row[1] for row in rows))


def read(shared, name):
    with (shared / "oracles" / name).open(encoding="utf-8", newline="") as file:
        return json.load(file) if name.endswith(".json") else list(csv.DictReader(file))


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


def test_six_providers_on_the_log_scale_come_out(shared):
    oracle = read(shared, "funnel_six_providers.json")
    expected, tolerance = oracle["log_method"], oracle["tolerance"]
    observed, means = ([row[place] for row in oracle["input"]] for place in (1, 2))

    plain = ratio_funnel(observed, means, scale="log")
    wide = ratio_funnel(observed, means, scale="log", widen=Widening())

    assert plain.score == pytest.approx(expected["z"], abs=tolerance)
    assert wide.spread.phi == pytest.approx(expected["phi"], abs=tolerance)
    assert wide.spread.tau2 == pytest.approx(expected["tau2"], abs=tolerance)
    assert wide.spread.kept == expected["n_used"]
    assert wide.limits[1].upper == pytest.approx(expected["od_upper_998"], abs=tolerance)
    assert wide.limits[1].lower == pytest.approx(expected["od_lower_998"], abs=tolerance)


def test_length_of_stay_of_54_providers_comes_out(shared):
    oracle = read(shared, "funnel_los_expected.json")
    rows = read(shared, "funnel_los_54_providers.csv")
    observed, means = column(rows, "numerator"), column(rows, "denominator")

    plain = ratio_funnel(observed, means, scale="log")
    wide = ratio_funnel(observed, means, scale="log", widen=Widening())

    tolerance = oracle["tolerance"]
    assert wide.value == pytest.approx(column(rows, "ratio"), abs=tolerance)
    assert plain.score == pytest.approx(column(rows, "uz"), abs=tolerance)
    assert wide.spread.kept == oracle["n_used"]
    assert wide.spread.phi == pytest.approx(oracle["phi"], abs=tolerance)
    assert wide.spread.tau2 == pytest.approx(oracle["tau2"], abs=tolerance)
    for limits, name in zip(wide.limits, ("95", "998"), strict=True):
        assert limits.lower == pytest.approx(column(rows, f"odll{name}"), abs=tolerance)
        assert limits.upper == pytest.approx(column(rows, f"odul{name}"), abs=tolerance)
        outside = oracle[f"outside_{name}"]
        assert wide.outside(limits.level).sum() == outside["overdispersion_adjusted"]
        lower, upper = poisson_limits(means, level=limits.level, form="interval")
        assert lower == pytest.approx(column(rows, f"ll{name}"), abs=tolerance)
        assert upper == pytest.approx(column(rows, f"ul{name}"), abs=tolerance)
        beyond = (wide.value < lower) | (wide.value > upper)
        assert beyond.sum() == outside["unadjusted_exact_poisson"]


def test_heart_units_of_1991_to_1995_come_out(shared):
    oracle = read(shared, "funnel_heart_1991_expected.json")
    rows = read(shared, "data_heart_surgery_1991_1995.csv")
    deaths, operations = column(rows, "Deaths"), column(rows, "Operations")
    by_name = {row["hospital"]: row for row in oracle["rows"]}
    expected = [by_name[row["Hospital"]] for row in rows]

    plain = proportion_funnel(deaths, operations, scale="plain")
    arcsine = proportion_funnel(deaths, operations, scale="arcsine")
    wide = proportion_funnel(deaths, operations, scale="arcsine", widen=WINSORISED)
    _, upper = binomial_mid_p(deaths, operations, plain.target)

    near = oracle["tolerance"]
    assert plain.target == pytest.approx(oracle["target"], abs=1e-12)
    assert plain.score == pytest.approx(column(expected, "z_naive"), abs=near)
    assert arcsine.score == pytest.approx(column(expected, "z_arcsine"), abs=near)
    assert wide.score == pytest.approx(column(expected, "z_overdispersed"), abs=near)
    assert upper == pytest.approx(column(expected, "mid_p_upper"), rel=5e-4)
    assert wide.spread.phi == pytest.approx(oracle["phi"], abs=1e-9)
    assert wide.spread.tau2 == pytest.approx(oracle["tau2"], abs=1e-12)
    assert wide.limits[1].lower == pytest.approx(column(expected, "od_lower998"), abs=near)
    assert wide.limits[1].upper == pytest.approx(column(expected, "od_upper998"), abs=near)
    assert [row["Hospital"] for row, out in zip(rows, wide.above(), strict=True) if out] == [
        "Bristol"
    ]


def test_heart_units_twenty_years_later_show_one_better_than_chance(shared):
    rows = read(shared, "data_heart_surgery_2012_2015.csv")

    funnel = proportion_funnel(column(rows, "Deaths"), column(rows, "Operations"))

    assert not funnel.above().any()
    better = [row["Hospital"] for row, out in zip(rows, funnel.below(), strict=True) if out]
    assert better == ["London - Great Ormond Street"]


def test_of_379_districts_of_bowel_cancer_chance_explains_all_but_glasgow(shared):
    rows = read(shared, "data_bowel_cancer_districts.csv")
    deaths, people = column(rows, "n"), column(rows, "d")
    expected = people * deaths.sum() / people.sum()

    plain = ratio_funnel(deaths, expected)
    wide = ratio_funnel(deaths, expected, scale="sqrt", widen=WINSORISED)

    outside = [row["District"] for row, out in zip(rows, plain.outside(), strict=True) if out]
    assert outside == ["Glasgow City"]
    assert plain.outside(0.95).sum() == 31
    assert wide.spread.kept == 379
    assert wide.spread.tau2 == 0


def test_square_root_limits_are_turned_back_into_ratios():
    funnel = ratio_funnel([30, 2], [25, 1], scale="sqrt")

    # On the scale the limits are 1 +- 3.09 / (2 * 5); squared they are ratios.
    assert funnel.limits[1].upper[0] == pytest.approx((1 + Z_998 / 10) ** 2)
    assert funnel.limits[1].lower[0] == pytest.approx((1 - Z_998 / 10) ** 2)
    assert funnel.limits[1].lower[1] == 0  # below 0 on the scale, and squares hide a sign


def test_arcsine_limits_stay_proportions():
    funnel = proportion_funnel([1, 2, 500], [3, 2, 1000])

    assert (funnel.limits[1].lower >= 0).all()
    wide = proportion_funnel([1, 2, 500], [3, 2, 1000], scale="arcsine")
    assert wide.limits[1].lower[1] == 0
    assert wide.limits[1].upper[1] == 1


def test_plain_limits_of_a_proportion_stay_proportions():
    funnel = proportion_funnel([1, 3, 500], [2, 4, 1000], scale="plain")

    assert funnel.limits[1].lower[:2].tolist() == [0, 0]
    assert funnel.limits[1].upper[:2].tolist() == [1, 1]
    reach = Z_998 * np.sqrt(funnel.target * (1 - funnel.target) / 1000)
    assert funnel.limits[1].lower[2] == pytest.approx(funnel.target - reach)
    assert funnel.limits[1].upper[2] == pytest.approx(funnel.target + reach)


def test_a_common_factor_widens_limits_by_its_root():
    seen, mean = [10, 40, 90, 20], [20, 30, 60, 30]
    plain = ratio_funnel(seen, mean, scale="sqrt")

    wide = ratio_funnel(
        seen, mean, scale="sqrt", widen=Widening(model="multiplicative", trim="none")
    )

    assert wide.spread.phi > 1
    assert wide.score == pytest.approx(plain.score / np.sqrt(wide.spread.phi))
    reach = np.sqrt(wide.limits[1].upper) - 1
    assert reach == pytest.approx(np.sqrt(wide.spread.phi) * (np.sqrt(plain.limits[1].upper) - 1))


def test_a_common_factor_never_narrows_limits():
    seen, mean = [20, 30, 60], [20, 30, 60]

    wide = ratio_funnel(seen, mean, scale="sqrt", widen=Widening(model="multiplicative"))

    assert wide.spread.phi < 1
    assert wide.limits[1].upper == pytest.approx((1 + Z_998 / 2 / np.sqrt(mean)) ** 2)


def test_a_target_shifts_what_is_expected_of_all():
    shifted = ratio_funnel([30, 45], [20, 30], target=1.5)
    same = ratio_funnel([30, 45], [30, 45])

    assert shifted.score == pytest.approx(same.score)
    assert shifted.limits[0].upper == pytest.approx(1.5 * same.limits[0].upper)
    assert shifted.limits[0].lower == pytest.approx(1.5 * same.limits[0].lower)
    for scale in ("log", "sqrt", "plain"):
        shifted = ratio_funnel([33, 45], [20, 30], target=1.5, scale=scale)
        same = ratio_funnel([33, 45], [30, 45], scale=scale)
        assert shifted.score == pytest.approx(same.score)
        assert shifted.limits[1].lower == pytest.approx(1.5 * same.limits[1].lower)


def test_no_event_on_the_log_scale_is_half_an_event_and_drawn_at_none():
    funnel = ratio_funnel([0, 0, 0, 7], [1.0, 4.0, 20.0, 8.0], scale="log")

    assert funnel.value.tolist() == [0, 0, 0, 0.875]
    assert funnel.score[0] == pytest.approx(np.log(0.5))
    # Of 4 the lower limit is 0.85 events: none is below it, as half of one is.
    assert funnel.below().tolist() == [False, True, True, False]
    assert funnel.limits[1].lower[0] == 0
    assert 4 * funnel.limits[1].lower[1] == pytest.approx(4 * np.exp(-Z_998 / 2))


@given(ratios, st.sampled_from(["log", "sqrt", "plain"]))
def test_who_scores_beyond_a_level_lies_outside_its_limits(rows, scale):
    seen, mean = (np.array(part) for part in zip(*rows, strict=True))

    funnel = ratio_funnel(seen, mean, scale=scale, widen=Widening(trim="none"))

    clear = np.abs(np.abs(funnel.score) - Z_998) > 1e-9
    assert (funnel.outside() == (np.abs(funnel.score) > Z_998))[clear].all()
    assert (funnel.above() <= (funnel.score > 0)).all()


@given(shares)
def test_who_scores_beyond_a_level_lies_outside_the_limits_of_a_proportion(rows):
    seen, trials = (np.array(part) for part in zip(*rows, strict=True))

    funnel = proportion_funnel(seen, trials, scale="arcsine", widen=WINSORISED)

    clear = np.abs(np.abs(funnel.score) - Z_998) > 1e-9
    assert (funnel.outside() == (np.abs(funnel.score) > Z_998))[clear].all()


@given(ratios, st.randoms(use_true_random=False))
def test_the_order_of_providers_does_not_matter(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    seen, mean = (np.array(part) for part in zip(*rows, strict=True))

    one = ratio_funnel(seen, mean, scale="log", widen=Widening(trim="none"))
    other = ratio_funnel(seen[order], mean[order], scale="log", widen=Widening(trim="none"))

    assert other.score == pytest.approx(one.score[order])


@given(ratios)
def test_who_is_not_known_keeps_its_place_and_changes_nobody(rows):
    seen, mean = (list(part) for part in zip(*rows, strict=True))
    plain = ratio_funnel(seen, mean, scale="sqrt", widen=WINSORISED)

    for gap in ((np.nan, 10.0), (3, np.nan), (0, 0)):
        holed = ratio_funnel([gap[0], *seen], [gap[1], *mean], scale="sqrt", widen=WINSORISED)
        assert np.isnan([holed.value[0], holed.score[0], holed.limits[0].upper[0]]).all()
        assert not holed.outside()[0]
        assert holed.score[1:] == pytest.approx(plain.score)
        assert holed.spread == plain.spread


def test_a_provider_without_trials_is_left_out_of_the_target():
    funnel = proportion_funnel([0, 5, np.nan], [0, 10, 90])

    assert funnel.target == 0.5
    assert np.isnan(funnel.value).tolist() == [True, False, True]


def test_a_provider_of_one_trial_has_a_value():
    funnel = proportion_funnel([1, 5], [1, 11])

    assert funnel.value[0] == 1
    assert funnel.target == 0.5
    assert funnel.limits[0].upper[0] == 1


def test_where_all_must_succeed_one_failure_is_outside():
    funnel = proportion_funnel([10, 9], [10, 10], target=1)

    assert funnel.below().tolist() == [False, True]


def test_one_provider_is_compared_with_a_target_that_is_given():
    funnel = proportion_funnel([9], [10], target=0.1)

    assert funnel.above().tolist() == [True]


def test_one_provider_without_a_target_is_like_itself():
    assert not proportion_funnel([9], [10]).outside().any()


def test_no_events_anywhere_show_no_outlier():
    funnel = proportion_funnel([0, 0], [10, 2000])

    assert funnel.target == 0
    assert not funnel.outside().any()


def test_no_providers_make_an_empty_funnel():
    assert ratio_funnel([], []).outside().tolist() == []


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ratio_funnel([1, 2], [1]), "2 observed events and 1 expected events"),
        (lambda: ratio_funnel([1], [0]), "events where none were expected"),
        (lambda: ratio_funnel([-1], [1]), "observed events below 0"),
        (lambda: ratio_funnel([1.5], [1]), "observed events that are not whole"),
        (lambda: ratio_funnel([1], [1], target=0), "met a target of 0;"),
        (lambda: ratio_funnel([1], [1], scale="arcsine"), 'met the scale "arcsine"'),
        (lambda: ratio_funnel([1], [1], widen=Widening()), "exact limits hold chance alone"),
        (lambda: ratio_funnel([1], [1], scale="log", levels=[1.5]), "met a level of 1.5"),
        (lambda: ratio_funnel([1], [1], scale="log", widen=Widening()), "met 1 providers"),
        (
            lambda: ratio_funnel([1, 1], [1, 1], scale="log", widen=Widening(model="both")),
            'met the model "both"',
        ),
        (lambda: ratio_funnel([1], [1]).outside(0.9), "met the level 0.9"),
        (lambda: proportion_funnel([3], [2]), "more events than trials"),
        (lambda: proportion_funnel([1], [2.5]), "trials that are not whole"),
        (lambda: proportion_funnel([1, 1], [2]), "2 events and 1 trials"),
        (lambda: proportion_funnel([0], [0]), "no trials at all"),
        (lambda: proportion_funnel([], []), "no trials at all"),
        (lambda: proportion_funnel([1], [2], target=1.2), r"met a target of 1\.2"),
        (
            lambda: proportion_funnel([1], [2], target=1.2, scale="arcsine"),
            r"met a target of 1\.2; wanted a proportion",
        ),
        (lambda: proportion_funnel([1], [2], widen=Widening()), "exact limits"),
        (lambda: proportion_funnel([1], [2], scale="log"), 'met the scale "log"'),
        (lambda: proportion_funnel([0], [2], scale="arcsine"), 'wanted the scale "exact"'),
        (lambda: proportion_funnel([2], [2], scale="arcsine"), 'wanted the scale "exact"'),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(BadInputError, match=words):
        call()
