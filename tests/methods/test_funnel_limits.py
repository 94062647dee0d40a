"""Exact limits of funnels, against printed values, the definition of a tail, and as laws."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from convener.base.errors import BadInputError
from convener.methods.charts.funnel_limits import (
    _count_above,
    _count_below,
    binomial_limits,
    poisson_limits,
)

LEVELS = (0.95, 0.998)
levels = st.sampled_from(LEVELS)
compiling = settings(deadline=None)  # the first call may have to compile


def read(shared, name):
    return json.loads((shared / "oracles" / name).read_text(encoding="utf-8"))


def test_the_exact_poisson_limits_of_six_providers_come_out(shared):
    oracle = read(shared, "funnel_six_providers.json")
    expected = [row[2] for row in oracle["input"]]

    for level, name in ((0.95, "95"), (0.998, "998")):
        lower, upper = poisson_limits(expected, level=level, form="interval")
        printed = oracle["poisson_exact"]
        assert lower == pytest.approx(printed[f"lower{name}"], abs=oracle["tolerance"])
        assert upper == pytest.approx(printed[f"upper{name}"], abs=oracle["tolerance"])


def test_garwoods_interval_of_ten_events_comes_out():
    # The interval for a mean of which 10 events were seen is 4.795 to 18.390 in any table.
    lower, upper = poisson_limits([10], level=0.95, form="interval")

    assert (10 * lower[0], 10 * upper[0]) == pytest.approx((4.795, 18.390), abs=5e-4)


@given(st.floats(0.01, 3000), levels)
@compiling
def test_a_count_lies_outside_exactly_where_its_tail_is_too_small(mean, level):
    tail = (1 - level) / 2
    lower, upper = (float(limit[0]) * mean for limit in poisson_limits([mean], level=level))
    count = np.arange(0, int(mean + 12 * np.sqrt(mean) + 20))
    clear = 1e-9  # a tail within rounding of the level may fall on either side

    below = count[count < lower - clear]
    above = count[count > upper + clear]

    assert (stats.poisson.cdf(below, mean) < tail).all()
    assert (stats.poisson.sf(above - 1, mean) < tail).all()
    inside = count[(count >= lower + clear) & (count <= upper - clear)]
    assert (stats.poisson.cdf(inside, mean) >= tail * (1 - clear)).all()
    assert (stats.poisson.sf(inside - 1, mean) >= tail * (1 - clear)).all()


@given(st.integers(1, 4000), st.floats(0.001, 0.999), levels)
@compiling
def test_a_proportion_lies_outside_exactly_where_its_tail_is_too_small(trials, target, level):
    tail = (1 - level) / 2
    lower, upper = (float(x[0]) * trials for x in binomial_limits([trials], target, level=level))
    count = np.arange(0, trials + 1)
    clear = 1e-9

    below, above = count[count < lower - clear], count[count > upper + clear]

    assert (stats.binom.cdf(below, trials, target) < tail).all()
    assert (stats.binom.sf(above - 1, trials, target) < tail).all()
    inside = count[(count >= lower + clear) & (count <= upper - clear)]
    assert (stats.binom.cdf(inside, trials, target) >= tail * (1 - clear)).all()
    assert (stats.binom.sf(inside - 1, trials, target) >= tail * (1 - clear)).all()


def test_between_whole_counts_a_limit_is_the_interpolation_of_its_source():
    # By hand: of a mean of 5, P(X <= 1) = 0.040428 and P(X <= 0) = 0.006738, so the lower
    # 95% limit lies (0.040428 - 0.025) / 0.033690 below one event.
    lower, _ = poisson_limits([5.0], level=0.95)

    assert 5 * lower[0] == pytest.approx(1 - (0.0404277 - 0.025) / 0.0336897, abs=1e-5)


def interpolated(chance, tail):
    """The limits by SciPy's quantiles, by the interpolation of their source."""
    low, high = chance.ppf(tail), chance.isf(tail)
    lower = low - (chance.cdf(low) - tail) / chance.pmf(low)
    upper = high + (chance.sf(high - 1) - tail) / chance.pmf(high)
    return max(0.0, lower), upper


@given(st.floats(0.01, 3000), levels)
@compiling
def test_limits_of_counts_are_interpolated_between_quantiles(mean, level):
    lower, upper = poisson_limits([mean], level=level)

    wanted = interpolated(stats.poisson(mean), (1 - level) / 2)
    assert (lower[0] * mean, upper[0] * mean) == pytest.approx(wanted, rel=1e-6, abs=1e-6)


@given(st.integers(1, 4000), st.floats(0.001, 0.999), levels)
@compiling
def test_limits_of_proportions_are_interpolated_between_quantiles(trials, target, level):
    lower, upper = binomial_limits([trials], target, level=level)

    below, above = interpolated(stats.binom(trials, target), (1 - level) / 2)
    wanted = below, min(trials, above)  # a limit is never above all
    assert (lower[0] * trials, upper[0] * trials) == pytest.approx(wanted, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("start", [0, 3, 8, 12, 20, 31])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.998])
@pytest.mark.parametrize(
    ("chance", "a", "b"),
    # The next chance is a / (count + 1) of one of Poisson, and (trials - count) / (count + 1)
    # of the odds of one of trials.
    [(stats.poisson(12.5), 12.5, 0.0), (stats.binom(40, 0.3), 40 * 0.3 / 0.7, 0.3 / 0.7)],
)
def test_a_walk_from_any_count_ends_at_the_limit(chance, a, b, level, start):
    tail = (1 - level) / 2
    way = np.array([[start], [chance.pmf(start)], [a], [b]], dtype=float)

    lower = _count_below(way[0], np.array([chance.cdf(start)]), *way[1:], tail)
    upper = _count_above(way[0], np.array([chance.sf(start - 1)]), *way[1:], tail)

    wanted = interpolated(chance, tail)
    assert (lower[0], upper[0]) == pytest.approx(wanted, rel=1e-7)


@given(st.integers(1, 4000), st.floats(0.001, 0.999), levels)
@compiling
def test_the_limits_of_failures_mirror_those_of_successes(trials, target, level):
    lower, upper = binomial_limits([trials], target, level=level)
    mirrored_lower, mirrored_upper = binomial_limits([trials], 1 - target, level=level)

    assert lower == pytest.approx(1 - mirrored_upper, abs=1e-9)
    assert upper == pytest.approx(1 - mirrored_lower, abs=1e-9)


def test_limits_narrow_as_providers_grow():
    lower, upper = poisson_limits(np.geomspace(8, 5e5, 60))

    assert (np.diff(lower) > 0).all()
    assert (np.diff(upper) < 0).all()


def test_a_rare_event_among_many_trials_is_a_poisson_one():
    count = binomial_limits([2_000_000], 1e-5)
    mean = poisson_limits([20.0])

    assert count[0] / 1e-5 == pytest.approx(mean[0], abs=1e-3)
    assert count[1] / 1e-5 == pytest.approx(mean[1], abs=1e-3)


def test_no_event_is_no_outlier_where_it_is_likely_enough():
    lower, _ = poisson_limits([6.0, 7.0])  # P(0) is 0.0025 and 0.0009

    assert lower[0] == 0
    assert lower[1] > 0


def test_nothing_expected_and_nothing_known_have_no_limits():
    for limit in (*poisson_limits([0, np.nan, 3]), *binomial_limits([0, np.nan, 3], 0.5)):
        assert np.isnan(limit).tolist() == [True, True, False]


def test_no_providers_have_no_limits():
    assert poisson_limits([])[0].size == 0
    assert binomial_limits([], 0.5)[1].size == 0


@pytest.mark.parametrize("target", [0, 1])
def test_where_chance_has_no_room_the_limits_are_the_target(target):
    lower, upper = binomial_limits([10, 20], target)

    assert lower.tolist() == upper.tolist() == [target, target]


def test_very_large_counts_have_limits():
    lower, upper = poisson_limits([1e12])

    assert 1 - lower[0] == pytest.approx(3.0902e-6, rel=1e-3)
    assert upper[0] - 1 == pytest.approx(3.0902e-6, rel=1e-3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: poisson_limits([-1]), "expected events below 0"),
        (lambda: poisson_limits([np.inf]), "above 1e"),
        (lambda: poisson_limits([1], level=1), "met a level of 1;"),
        (lambda: poisson_limits([1], level=0), "met a level of 0;"),
        (lambda: poisson_limits([1], form="byar"), 'met the form "byar"'),
        (lambda: binomial_limits([1.5], 0.5), "trials that are not whole"),
        (lambda: binomial_limits([-1], 0.5), "trials below 0"),
        (lambda: binomial_limits([1], 1.5), r"met a target of 1\.5"),
        (lambda: binomial_limits([1], -0.1), r"met a target of -0\.1"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(BadInputError, match=words):
        call()
