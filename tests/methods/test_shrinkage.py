"""Shrunken rates, against a published example and plain integration, at edges, and as laws."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc, betaln, expit, gammainc, gammaln

from convener.base.errors import BadInputError
from convener.methods.leagues.ranking import rank_table, ranks
from convener.methods.leagues.rate_league import falls_on
from convener.methods.leagues.shrinkage import beta_binomial, gamma_poisson, logit_normal

EVENTS = np.array([0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24])
CASES = np.array([47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360])
MODELS = (beta_binomial, gamma_poisson)


@pytest.fixture(scope="module")
def surgical(shared):
    path = shared / "oracles" / "league_surgical12.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def surgical_league(surgical):
    hospitals = surgical["hospitals"]
    return logit_normal([h["deaths"] for h in hospitals], [h["n"] for h in hospitals])


def test_the_centre_and_spread_of_twelve_hospitals_are_the_published(surgical, surgical_league):
    hyper = surgical_league.hyper
    rate = expit(hyper.centre)

    assert hyper.mean(hyper.centre) == pytest.approx(surgical["mu"][0], abs=2e-4)
    assert hyper.sd(hyper.centre) == pytest.approx(surgical["mu"][1], abs=2e-4)
    assert hyper.mean(hyper.spread) == pytest.approx(surgical["sigma"][0], abs=2e-4)
    assert hyper.sd(hyper.spread) == pytest.approx(surgical["sigma"][1], abs=2e-4)
    assert hyper.mean(rate) == pytest.approx(surgical["pop_mean"][0], abs=1e-4)
    assert hyper.sd(rate) == pytest.approx(surgical["pop_mean"][1], abs=1e-4)


def test_the_shrunken_rates_of_twelve_hospitals_are_the_published(surgical, surgical_league):
    allowed = surgical["tolerance"]
    cut = surgical_league.quantiles([0.025, 0.5, 0.975])

    for place, hospital in enumerate(surgical["hospitals"]):
        mean, sd = surgical_league.mean[place], surgical_league.sd[place]
        assert mean == pytest.approx(hospital["post_mean"], abs=allowed["post_mean"])
        assert sd == pytest.approx(hospital["post_sd"], abs=allowed["post_sd"])
        published = [hospital["q025"], hospital["median"], hospital["q975"]]
        assert cut[place] == pytest.approx(published, abs=allowed["quantile"])
    assert surgical_league.interval() == pytest.approx(cut[:, [0, 2]])


def test_the_ranks_of_twelve_hospitals_are_the_published(surgical, surgical_league):
    allowed = surgical["tolerance"]
    rng = np.random.default_rng(12)

    drawn = ranks(surgical_league.draws(200_000, rng=rng), best="low", rng=rng)
    table = rank_table(drawn)

    for place, hospital in enumerate(surgical["hospitals"]):
        assert table.mean[place] == pytest.approx(hospital["mean_rank"], abs=allowed["mean_rank"])
        for met, name in (
            (table.low, "rank_lo"),
            (table.median, "rank_med"),
            (table.high, "rank_hi"),
        ):
            assert met[place] == pytest.approx(hospital[name], abs=allowed["rank_interval"])
        for chance, name in ((table.best, "p_best"), (table.worst, "p_worst")):
            assert chance.value[place] == pytest.approx(hospital[name], abs=allowed["probability"])


def _plain_beta_binomial(events, cases, points=400):
    """Sum over a plain grid of the rate and of the shrinkage of a median provider."""
    middle = (np.arange(points) + 0.5) / points
    share, angle = np.meshgrid(middle, middle, indexing="ij")
    centre = np.sin(angle * np.pi / 2) ** 2  # even in the angle is Jeffreys' prior
    weight = np.median(cases) * share / (1 - share)
    alpha, beta = weight * centre, weight * (1 - centre)
    height = sum(
        betaln(alpha + y, beta + n - y) - betaln(alpha, beta)
        for y, n in zip(events, cases, strict=True)
    )
    density = np.exp(height - height.max())
    density /= density.sum()
    means = [
        (density * (alpha + y) / (weight + n)).sum() for y, n in zip(events, cases, strict=True)
    ]
    below = [
        (density * betainc(alpha + y, beta + n - y, 0.08)).sum()
        for y, n in zip(events, cases, strict=True)
    ]
    return np.array(means), np.array(below)


def test_beta_binomial_is_what_a_plain_grid_says():
    league = beta_binomial(EVENTS, CASES)
    draws = league.draws(100_000, rng=np.random.default_rng(3))

    means, below = _plain_beta_binomial(EVENTS, CASES)

    assert league.mean == pytest.approx(means, rel=1e-4)
    assert (draws < 0.08).mean(axis=0) == pytest.approx(below, abs=0.006)


def _plain_gamma_poisson(events, expected, points=500):
    share = (np.arange(points) + 0.5) / points
    logs = np.linspace(np.log(0.02), np.log(0.5), 2 * points)
    share, log_centre = np.meshgrid(share, logs, indexing="ij")
    weight = np.median(expected) * share / (1 - share)
    alpha = weight * np.exp(log_centre)
    height = log_centre / 2  # Jeffreys' prior of a rate, on its logarithm
    for y, e in zip(events, expected, strict=True):
        height = height + gammaln(alpha + y) - gammaln(alpha)
        height = height + alpha * np.log(weight / (weight + e)) - y * np.log(weight + e)
    density = np.exp(height - height.max())
    density /= density.sum()
    means = [
        (density * (alpha + y) / (weight + e)).sum() for y, e in zip(events, expected, strict=True)
    ]
    below = [
        (density * gammainc(alpha + y, 0.08 * (weight + e))).sum()
        for y, e in zip(events, expected, strict=True)
    ]
    return np.array(means), np.array(below)


def test_gamma_poisson_is_what_a_plain_grid_says():
    league = gamma_poisson(EVENTS, CASES)
    draws = league.draws(100_000, rng=np.random.default_rng(4))

    means, below = _plain_gamma_poisson(EVENTS, CASES)

    assert league.mean == pytest.approx(means, rel=3e-4)
    assert (draws < 0.08).mean(axis=0) == pytest.approx(below, abs=0.006)


@pytest.mark.parametrize("model", [*MODELS, logit_normal])
def test_draws_quantiles_and_moments_agree(model):
    league = model(EVENTS, CASES)

    draws = league.draws(100_000, rng=np.random.default_rng(5))

    error = league.sd / np.sqrt(100_000)
    assert (np.abs(draws.mean(axis=0) - league.mean) < 5 * error).all()
    assert draws.std(axis=0) == pytest.approx(league.sd, rel=0.02)
    for level, cut in zip((0.025, 0.5, 0.9), league.quantiles([0.025, 0.5, 0.9]).T, strict=True):
        assert (draws <= cut).mean(axis=0) == pytest.approx(np.full(12, level), abs=0.005)


@pytest.mark.parametrize("model", [*MODELS, logit_normal])
def test_the_same_seed_gives_the_same_draws(model):
    league = model(EVENTS, CASES)

    first, second = (league.draws(50, rng=np.random.default_rng(6)) for _ in range(2))

    assert (first == second).all()
    assert (league.draws(50, rng=np.random.default_rng(7)) != first).any()


def test_draws_move_together_with_what_is_unsure_of_all():
    league = beta_binomial([1, 2, 1, 0], [4, 5, 3, 2])

    draws = league.draws(50_000, rng=np.random.default_rng(8))

    assert np.corrcoef(draws.T)[0, 1] > 0.1


@pytest.mark.parametrize("model", MODELS)
def test_one_provider_is_drawn_to_nobody(model):
    league = model([12], [100])

    assert league.mean[0] == pytest.approx(0.12, rel=0.06)
    assert league.sd[0] == pytest.approx(0.033, rel=0.1)


@pytest.mark.parametrize("model", MODELS)
def test_no_events_at_all_is_a_small_rate_and_never_nought(model):
    league = model([0] * 10, [50] * 10)
    draws = league.draws(2_000, rng=np.random.default_rng(9))

    assert (league.mean > 0).all()
    assert (league.mean < 0.01).all()
    assert league.mean == pytest.approx(np.full(10, league.mean[0]))
    assert np.isfinite(draws).all()
    assert (league.interval()[:, 1] > league.mean).all()


def test_all_events_mirror_none():
    none, every = beta_binomial([0] * 6, [40] * 6), beta_binomial([40] * 6, [40] * 6)

    assert every.mean == pytest.approx(1 - none.mean)
    assert every.sd == pytest.approx(none.sd)
    assert every.interval() == pytest.approx(1 - none.interval()[:, ::-1])


@pytest.mark.parametrize("model", [*MODELS, logit_normal])
def test_providers_that_are_all_equal_are_drawn_nearly_whole(model):
    league = model([50] * 30, [1_000] * 30)

    assert league.mean == pytest.approx(np.full(30, 0.05), rel=0.01)
    assert (league.shrinkage > 0.75).all()
    assert (league.sd < np.sqrt(0.05 * 0.95 / 1_000)).all()


@pytest.mark.parametrize("model", MODELS)
def test_providers_that_differ_much_keep_their_own(model):
    league = model([100, 500, 900, 300, 700], [1_000] * 5)

    assert (league.shrinkage < 0.05).all()
    assert league.mean == pytest.approx(league.raw, rel=0.05)


@pytest.mark.parametrize("model", [*MODELS, logit_normal])
def test_a_provider_without_cases_has_no_score_and_moves_nobody(model):
    whole = model([*EVENTS, 0, np.nan, 3], [*CASES, 0, 10, np.nan])
    alone = model(EVENTS, CASES)

    assert whole.scored.tolist() == [True] * 12 + [False] * 3
    assert whole.mean[:12] == pytest.approx(alone.mean)
    for values in (whole.raw, whole.mean, whole.sd, whole.shrinkage, whole.interval()):
        assert np.isnan(values[12:]).all()
    draws = whole.draws(10, rng=np.random.default_rng(1))
    assert draws.shape == (10, 15)
    assert np.isnan(draws[:, 12:]).all()
    assert np.isfinite(draws[:, :12]).all()


def test_rare_events_make_binomial_and_poisson_agree():
    cases = CASES * 10_000

    binomial, poisson = beta_binomial(EVENTS, cases), gamma_poisson(EVENTS, cases)

    assert binomial.mean == pytest.approx(poisson.mean, rel=1e-3)
    assert binomial.sd == pytest.approx(poisson.sd, rel=1e-3)


def test_counts_in_the_millions_are_carried():
    rate = np.array([0.101, 0.100, 0.099, 0.1002])
    league = beta_binomial(np.round(rate * 1e7), [1e7] * 4)

    assert league.mean == pytest.approx(rate, abs=5e-5)
    assert league.sd == pytest.approx(np.sqrt(rate * (1 - rate) / 1e7), rel=0.02)


def test_a_typical_size_may_be_below_one():
    assert gamma_poisson([1, 4], [0.5, 0.9], typical=0.5).scored.all()


def test_a_larger_typical_size_draws_harder():
    assert (
        beta_binomial(EVENTS, CASES, typical=2_000).shrinkage
        > beta_binomial(EVENTS, CASES, typical=20).shrinkage
    ).all()


def test_the_expected_count_may_be_in_any_unit():
    years, days = gamma_poisson(EVENTS, CASES), gamma_poisson(EVENTS, CASES * 365.25)

    assert days.mean * 365.25 == pytest.approx(years.mean, rel=1e-5)
    assert days.shrinkage == pytest.approx(years.shrinkage, rel=1e-5)


def test_a_tighter_prior_of_the_spread_draws_harder():
    tight = logit_normal(EVENTS, CASES, precision=(50.0, 0.5))

    assert tight.hyper.mean(tight.hyper.spread) < 0.15
    assert np.ptp(tight.mean) < np.ptp(logit_normal(EVENTS, CASES).mean)


@pytest.mark.parametrize(
    ("events", "cases", "said"),
    [
        ([1, 2], [3], "wanted as many"),
        ([[1]], [[3]], "wanted as many"),
        ([4], [3], "met 4 events in 3 cases"),
        ([-1], [3], "not negative; see place 0 of 1"),
        ([1], [np.inf], "are finite"),
        ([1, 0.5], [3, 3], "whole numbers, not shares; see place 1 of 2"),
        ([1], [3.5], "for an exposure use gamma_poisson"),
        ([1], [0], "met events where there are no cases"),
        ([0, np.nan], [0, 3], "nobody has any cases"),
        ([], [], "nobody has any cases"),
    ],
)
@pytest.mark.parametrize("model", [beta_binomial, logit_normal])
def test_counts_that_cannot_be_are_refused(model, events, cases, said):
    with pytest.raises(BadInputError, match=said):
        model(events, cases)


@pytest.mark.parametrize(
    ("events", "expected", "said"),
    [
        ([1, 2], [3.5], "wanted as many"),
        ([1], [-3], "not negative"),
        ([1.5], [3], "whole numbers"),
        ([1], [0], "where there are no expected events"),
        ([0], [0], "nobody has any expected events"),
    ],
)
def test_expected_counts_that_cannot_be_are_refused(events, expected, said):
    with pytest.raises(BadInputError, match=said):
        gamma_poisson(events, expected)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("typical", [0, -1, np.nan, np.inf])
def test_a_typical_size_is_above_zero(model, typical):
    with pytest.raises(BadInputError, match="above zero"):
        model([1], [3], typical=typical)


@pytest.mark.parametrize("events", [[0, 0, 0], [0, 3, 9], [9, 9, 9]])
def test_a_vague_prior_is_not_left_to_speak_alone(events):
    with pytest.raises(BadInputError, match="use beta_binomial"):
        logit_normal(events, [9, 9, 9])


@pytest.mark.parametrize("prior", [{"precision": (0, 1)}, {"precision": (1, 0)}, {"centre_sd": 0}])
def test_a_prior_is_positive(prior):
    with pytest.raises(BadInputError, match="priors are positive"):
        logit_normal(EVENTS, CASES, **prior)


@pytest.mark.parametrize("level", [0, 1, 2, np.nan])
def test_a_quantile_lies_within(level):
    with pytest.raises(BadInputError, match="between 0 and 1"):
        beta_binomial([1], [3]).quantiles(level)


def test_one_quantile_can_be_asked_for_and_none_cannot():
    league = beta_binomial([1, 4], [3, 9])
    assert league.quantiles(0.5) == pytest.approx(league.quantiles([0.1, 0.5])[:, 1:])
    with pytest.raises(BadInputError, match=r"not at \[\]"):
        league.quantiles([])


def _plain_logit_normal(events, cases, shape, rate, centre_sd):
    """Sum over a plain grid: the mean of each rate, and its shrinkage at the centre."""
    spread = np.exp(np.linspace(np.log(0.05), np.log(6), 120))
    centre = np.linspace(-5, 3, 161)
    step = np.linspace(-7, 7, 141)
    effect = centre[:, None, None] + spread[:, None] * step  # centre, spread, step
    one = expit(effect)
    chance = np.exp(-(step**2) / 2) / np.exp(-(step**2) / 2).sum()
    seen = [
        (one**y * (1 - one) ** (n - y), one ** (y + 1) * (1 - one) ** (n - y))
        for y, n in zip(events, cases, strict=True)
    ]
    prior = spread ** (-2 * shape) * np.exp(-rate / spread**2)
    height = np.exp(-((centre / centre_sd) ** 2) / 2)[:, None] * prior
    for likelihood, _ in seen:
        height = height * (likelihood @ chance)
    height /= height.sum()
    means = [(height * (up @ chance) / (like @ chance)).sum() for like, up in seen]
    known = [n * expit(centre) * expit(-centre) for n in cases]
    kept = [(height / (1 + spread**2 * one[:, None])).sum() for one in known]
    return np.array(means), np.array(kept)


@pytest.mark.parametrize(("shape", "rate", "centre_sd"), [(2.0, 1.5, 0.5), (0.7, 0.4, 1.5)])
def test_logit_normal_is_what_a_plain_grid_says(shape, rate, centre_sd):
    events, cases = np.array([1, 4, 2]), np.array([20, 11, 9])

    league = logit_normal(events, cases, precision=(shape, rate), centre_sd=centre_sd)

    means, kept = _plain_logit_normal(events, cases, shape, rate, centre_sd)
    assert league.mean == pytest.approx(means, rel=2e-3)
    assert league.shrinkage == pytest.approx(kept, rel=5e-3)


def test_the_usual_priors_are_the_published():
    usual = logit_normal(EVENTS, CASES)
    said = logit_normal(EVENTS, CASES, precision=(0.001, 0.001), centre_sd=1000)
    assert usual.mean.tolist() == said.mean.tolist()


def test_two_providers_with_an_event_each_suffice():
    assert logit_normal([1, 1], [9, 8]).scored.all()


def test_draws_fall_on_points_as_often_as_their_weights_say():
    rng = np.random.default_rng(1)
    points, rows = falls_on(np.array([0.5, 0.3, 0.0, 0.2]), 10, rng=rng)

    assert points.tolist() == [0, 1, 3]
    assert [some.size for some in rows] == [5, 3, 2]
    assert sorted(np.concatenate(rows)) == list(range(10))
    alone = [int(falls_on(np.array([0.5, 0.5]), 1, rng=rng)[0][0]) for _ in range(20)]
    assert set(alone) == {0, 1}


@pytest.mark.parametrize("count", [0, -1])
def test_no_draws_are_refused(count):
    with pytest.raises(BadInputError, match=f"met {count} draws"):
        beta_binomial([1], [3]).draws(count, rng=np.random.default_rng(1))


counts = st.lists(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(counts, st.sampled_from(MODELS))
def test_estimates_lie_between_a_provider_and_all(pairs, model):
    events, cases = (np.array(side) for side in zip(*pairs, strict=True))

    league = model(events, cases)

    centre = league.hyper.centre
    assert (league.mean >= np.minimum(league.raw, centre.min()) - 1e-12).all()
    assert (league.mean <= np.maximum(league.raw, centre.max()) + 1e-12).all()
    assert ((league.shrinkage > 0) & (league.shrinkage < 1)).all()
    assert league.hyper.weight.sum() == pytest.approx(1)
    cut = league.quantiles([0.025, 0.5, 0.975])
    assert (np.diff(cut, axis=1) > 0).all()


@settings(max_examples=30, deadline=None)
@given(counts, st.randoms(use_true_random=False), st.sampled_from(MODELS))
def test_the_order_of_providers_does_not_matter(pairs, random, model):
    mixed = list(pairs)
    random.shuffle(mixed)

    straight = dict(zip(pairs, model(*zip(*pairs, strict=True)).mean, strict=True))
    shuffled = dict(zip(mixed, model(*zip(*mixed, strict=True)).mean, strict=True))

    for pair, mean in straight.items():
        assert shuffled[pair] == pytest.approx(mean, rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(counts)
def test_counting_the_other_outcome_mirrors_the_league(pairs):
    events, cases = (np.array(side) for side in zip(*pairs, strict=True))

    league, mirror = beta_binomial(events, cases), beta_binomial(cases - events, cases)

    assert mirror.mean == pytest.approx(1 - league.mean, rel=1e-6)
    assert mirror.sd == pytest.approx(league.sd, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(counts, st.sampled_from(MODELS))
def test_one_more_event_never_lowers_an_estimate(pairs, model):
    pairs = [(y, n + 1) for y, n in pairs]
    more = [(pairs[0][0] + 1, pairs[0][1]), *pairs[1:]]

    before, after = (model(*zip(*side, strict=True)).mean[0] for side in (pairs, more))

    assert after > before
