"""Estimates drawn to their mean, against published examples, at the edges, and as laws."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.leagues.random_effects import dersimonian_laird, james_stein, normal_normal
from convener.methods.leagues.ranking import expected_ranks, rank_table, ranks

# Rubin (1981), Journal of Educational Statistics 6(4), table 1.
EFFECTS = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
ERRORS = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])


@pytest.fixture(scope="module")
def schools(shared):
    return json.loads((shared / "oracles" / "league_schools8.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def baseball(shared):
    return json.loads((shared / "oracles" / "league_baseball18.json").read_text(encoding="utf-8"))


def test_the_variance_of_eight_schools_by_moments_is_the_published(schools):
    expected = schools["dersimonian_laird"]
    allowed = schools["tolerance"]["closed_form"]

    variance, mean, error, misfit = dersimonian_laird(schools["y"], schools["se"])

    assert variance == expected["tau2"]
    assert mean == pytest.approx(expected["mu"], abs=allowed)
    assert error == pytest.approx(expected["se"], abs=allowed)
    assert misfit == pytest.approx(expected["Q"], abs=allowed)


def test_the_posterior_of_eight_schools_is_the_published(schools):
    expected, allowed = schools["full_bayes_flat_tau"], schools["tolerance"]["post_mean"]

    league = normal_normal(schools["y"], schools["se"], prior="flat")

    hyper = league.hyper
    assert league.mean == pytest.approx(expected["post_mean"], abs=allowed)
    assert league.sd == pytest.approx(expected["post_sd"], abs=allowed)
    cut = league.quantiles([0.025, 0.25, 0.5, 0.75, 0.975])
    assert cut == pytest.approx(np.array(expected["q"]), abs=allowed)
    assert hyper.mean(hyper.centre) == pytest.approx(expected["mu_mean"], abs=1e-3)
    assert hyper.median(hyper.spread) == pytest.approx(expected["tau_median"], abs=0.02)
    assert hyper.mean(hyper.spread) == pytest.approx(expected["tau_mean"], abs=0.02)


def test_no_ranking_of_eight_schools_is_supported(schools):
    expected, allowed = schools["full_bayes_flat_tau"], schools["tolerance"]
    league = normal_normal(schools["y"], schools["se"], prior="flat")
    rng = np.random.default_rng(8)

    table = rank_table(ranks(league.draws(200_000, rng=rng), best="high", rng=rng))

    assert table.mean == pytest.approx(expected["mean_rank"], abs=allowed["mean_rank"])
    assert table.best.value == pytest.approx(expected["p_best"], abs=allowed["p_best"])
    assert table.low.tolist() == expected["rank_lo"]
    assert table.high.tolist() == expected["rank_hi"]


def test_the_expected_ranks_of_raw_estimates_are_the_published(schools):
    met = expected_ranks(schools["y"], schools["se"], best="high")

    wanted = schools["expected_rank_from_raw_estimates"]
    assert met == pytest.approx(wanted, abs=schools["tolerance"]["closed_form"])


def test_batting_averages_are_drawn_as_published(baseball):
    expected = baseball["james_stein"]
    first = np.array(baseball["first45"])
    centre = first.mean()

    drawn, kept = james_stein(first, centre * (1 - centre) / baseball["n"])

    assert centre == pytest.approx(expected["grand_mean"], abs=baseball["tolerance"])
    assert kept == pytest.approx(expected["c"], abs=baseball["tolerance"])
    assert drawn == pytest.approx(expected["estimates"], abs=baseball["tolerance"])
    rest = np.array(baseball["rest_of_season"])
    raw_miss, miss = ((first - rest) ** 2).sum(), ((drawn - rest) ** 2).sum()
    assert raw_miss == pytest.approx(expected["sse_raw"], abs=baseball["tolerance"])
    assert miss == pytest.approx(expected["sse_james_stein"], abs=baseball["tolerance"])


def test_thirty_one_hospitals_are_drawn_together(shared):
    path = shared / "oracles" / "data_ny31_hospitals.csv"
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    score, error = (np.array([float(row[name]) for row in rows]) for name in ("y", "se"))

    league = normal_normal(score, error)
    rng = np.random.default_rng(31)
    table = rank_table(ranks(league.draws(20_000, rng=rng), best="high", rng=rng))

    assert len(rows) == 31
    assert np.ptp(league.mean) < np.ptp(score) / 2
    small = error.argmax()
    assert league.shrinkage[small] == league.shrinkage.max()
    assert table.high[small] - table.low[small] >= 25
    assert table.mean.sum() == pytest.approx(31 * 32 / 2)


@pytest.mark.parametrize("prior", ["flat", "shrinkage"])
def test_draws_quantiles_and_moments_agree(prior):
    league = normal_normal(EFFECTS, ERRORS, prior=prior)

    draws = league.draws(100_000, rng=np.random.default_rng(2))

    assert draws.mean(axis=0) == pytest.approx(league.mean, abs=0.1)
    assert draws.std(axis=0) == pytest.approx(league.sd, rel=0.02)
    assert (draws <= league.quantiles(0.1)[:, 0]).mean(axis=0) == pytest.approx(0.1, abs=0.005)


def test_the_uniform_shrinkage_prior_is_what_a_plain_sum_says():
    typical = 1 / (1 / ERRORS**2).mean()
    share = (np.arange(20_000) + 0.5) / 20_000
    total = ERRORS[:, None] ** 2 + typical * (1 - share) / share
    precision = (1 / total).sum(axis=0)
    centre = (EFFECTS[:, None] / total).sum(axis=0) / precision
    misfit = ((EFFECTS[:, None] - centre) ** 2 / total).sum(axis=0)
    weight = np.exp(-(np.log(total).sum(axis=0) + np.log(precision) + misfit) / 2)
    weight /= weight.sum()
    part = ERRORS[:, None] ** 2 / total
    means = (part * centre + (1 - part) * EFFECTS[:, None]) @ weight

    league = normal_normal(EFFECTS, ERRORS)

    assert league.mean == pytest.approx(means, abs=2e-3)
    assert league.shrinkage == pytest.approx(part @ weight, abs=1e-4)


def test_one_estimate_stays_as_it_is():
    league = normal_normal([3.0], [2.0])

    assert league.mean[0] == pytest.approx(3)
    assert league.sd[0] == pytest.approx(2)
    assert league.interval()[0] == pytest.approx([3 - 1.96 * 2, 3 + 1.96 * 2], abs=1e-3)
    assert dersimonian_laird([3.0], [2.0]) == (0.0, 3.0, 2.0, 0.0)


def test_equal_estimates_stay_where_they_are_and_grow_surer():
    league = normal_normal([5.0] * 12, [1.0] * 12)

    assert league.mean == pytest.approx(np.full(12, 5.0))
    assert (league.sd < 0.7).all()
    assert dersimonian_laird([5.0] * 12, [1.0] * 12)[0] == 0


def test_estimates_far_apart_keep_their_own():
    far = np.array([0.0, 1_000.0, 2_000.0, 5_000.0])

    league = normal_normal(far, np.ones(4))

    assert league.mean == pytest.approx(far, abs=0.01)
    assert league.sd == pytest.approx(np.ones(4), abs=1e-3)


def test_the_variance_by_moments_grows_with_the_estimates():
    variance, mean, error, misfit = dersimonian_laird([0.0, 4.0, 8.0], [1.0, 1.0, 1.0])

    assert misfit == pytest.approx(32)
    assert variance == pytest.approx((32 - 2) / (3 - 1))
    assert mean == pytest.approx(4)
    assert error == pytest.approx(np.sqrt(16 / 3))


def test_two_estimates_have_a_variance_by_moments_and_one_has_none():
    variance, mean, error, misfit = dersimonian_laird([0.0, 4.0], [1.0, 1.0])

    assert (variance, mean, error, misfit) == pytest.approx((7, 2, 2, 8))
    assert dersimonian_laird([4.0], [2.0]) == pytest.approx((0, 4, 2, 0))


def test_an_estimate_that_is_not_known_has_no_score_and_moves_nobody():
    whole = normal_normal([*EFFECTS, np.nan, 4], [*ERRORS, 3, np.nan])
    alone = normal_normal(EFFECTS, ERRORS)

    assert whole.scored.tolist() == [True] * 8 + [False, False]
    assert whole.mean[:8] == pytest.approx(alone.mean)
    for values in (whole.raw, whole.mean, whole.sd, whole.shrinkage, whole.interval()):
        assert np.isnan(values[8:]).all()
    drawn = whole.draws(7, rng=np.random.default_rng(1))
    assert np.isnan(drawn[:, 8:]).all()
    assert np.isfinite(drawn[:, :8]).all()


def test_no_estimate_crosses_the_mean():
    drawn, kept = james_stein([1.0, 2.0, 3.0, 4.0], 1_000.0)

    assert kept == 0
    assert drawn == pytest.approx(np.full(4, 2.5))
    assert james_stein([2.0] * 5, 1.0)[1] == 0


@pytest.mark.parametrize(
    ("estimates", "errors", "said"),
    [
        ([1, 2], [1], "wanted as many"),
        ([[1]], [[1]], "wanted as many"),
        ([1], [0], "above zero"),
        ([1], [-1], "above zero"),
        ([np.inf], [1], "finite"),
        ([1], [np.inf], "finite"),
        ([np.nan], [1], "nobody has an estimate"),
        ([], [], "nobody has an estimate"),
    ],
)
@pytest.mark.parametrize("method", [normal_normal, dersimonian_laird])
def test_estimates_that_cannot_be_are_refused(method, estimates, errors, said):
    with pytest.raises(BadInputError, match=said):
        method(estimates, errors)


def test_a_flat_prior_needs_three_and_a_prior_is_known():
    league = normal_normal([0, 1, 4], [1, 1, 1], prior="flat")
    assert league.mean == pytest.approx(league.raw + league.shrinkage * (5 / 3 - league.raw))
    with pytest.raises(BadInputError, match="met 2 estimates"):
        normal_normal([1, 2], [1, 1], prior="flat")
    with pytest.raises(BadInputError, match="met the prior 'wild'"):
        normal_normal([1, 2], [1, 1], prior="wild")


@pytest.mark.parametrize("level", [0, 1, np.nan])
def test_a_quantile_lies_within(level):
    with pytest.raises(BadInputError, match="between 0 and 1"):
        normal_normal([1], [3]).quantiles(level)


@pytest.mark.parametrize(
    ("estimates", "variance", "said"),
    [
        ([1, 2, 3], 1, "met 3 estimates; wanted 4"),
        ([[1, 2], [3, 4]], 1, "wanted 4"),
        ([1, 2, 3, np.nan], 1, "finite"),
        ([1, 2, 3, 4], 0, "above zero"),
        ([1, 2, 3, 4], np.nan, "above zero"),
    ],
)
def test_what_cannot_be_drawn_to_its_mean_is_refused(estimates, variance, said):
    with pytest.raises(BadInputError, match=said):
        james_stein(estimates, variance)


effects = st.lists(
    st.tuples(st.floats(-50, 50), st.floats(0.1, 20)), min_size=1, max_size=15, unique=True
)


@settings(max_examples=40, deadline=None)
@given(effects, st.floats(-100, 100), st.floats(0.01, 100))
def test_the_unit_and_the_zero_of_effects_do_not_matter(pairs, shift, scale):
    value, error = (np.array(side) for side in zip(*pairs, strict=True))

    league = normal_normal(value, error)
    moved = normal_normal(scale * value + shift, scale * error)

    allowed = 1e-6 * scale * (1 + np.abs(value).max()) + 1e-7
    assert moved.mean == pytest.approx(scale * league.mean + shift, abs=allowed)
    assert moved.sd == pytest.approx(scale * league.sd, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(effects)
def test_estimates_are_drawn_inward_and_grow_no_less_sure(pairs):
    value, error = (np.array(side) for side in zip(*pairs, strict=True))

    league = normal_normal(value, error)

    slack = 1e-6 * (1 + np.abs(value).max())
    assert (league.mean >= value.min() - slack).all()
    assert (league.mean <= value.max() + slack).all()
    assert ((league.shrinkage >= 0) & (league.shrinkage <= 1)).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=4, max_size=20), st.floats(0.01, 100))
def test_drawing_to_the_mean_keeps_the_mean_and_the_order(values, variance):
    drawn, kept = james_stein(values, variance)

    assert 0 <= kept < 1
    assert drawn.mean() == pytest.approx(np.mean(values), abs=1e-9)
    order = np.argsort(values, kind="stable")
    assert (np.diff(drawn[order]) >= -1e-9).all()
