"""Mid-p chances, against their definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from convener.methods.charts.mid_p import binomial_mid_p, normal_score, poisson_mid_p


def one(value):
    return np.array([float(value)])


@given(st.integers(0, 400), st.floats(0.01, 400))
def test_poisson_chances_are_the_tail_with_half_the_count_itself(seen, mean):
    lower, upper = poisson_mid_p(one(seen), one(mean))

    half = stats.poisson.pmf(seen, mean) / 2
    assert upper[0] == pytest.approx(stats.poisson.sf(seen, mean) + half, rel=1e-8, abs=1e-300)
    assert lower[0] == pytest.approx(1 - upper[0], abs=1e-12)


@given(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.001, 0.999),
)
def test_binomial_chances_are_the_tail_with_half_the_count_itself(pair, target):
    seen, trials = pair

    lower, upper = binomial_mid_p(one(seen), one(trials), target)

    half = stats.binom.pmf(seen, trials, target) / 2
    tail = stats.binom.sf(seen, trials, target) + half
    assert upper[0] == pytest.approx(tail, rel=1e-7, abs=1e-250)
    assert lower[0] == pytest.approx(1 - upper[0], abs=1e-12)


def test_scores_are_signed_and_exact_far_out():
    score = normal_score((np.array([1e-200, 0.5, 1.0]), np.array([1.0, 0.5, 1e-200])))

    assert score[0] == pytest.approx(-30.2, abs=0.1)
    assert score[1] == 0
    assert score[2] == -score[0]


def test_what_is_not_known_stays_so():
    assert np.isnan(normal_score(poisson_mid_p(one(np.nan), one(np.nan)))).all()
    assert np.isnan(normal_score(binomial_mid_p(one(np.nan), one(3), 0.5))).all()
