"""Over-dispersion, against printed values and the estimate by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.charts.overdispersion import overdispersion

scores = st.lists(st.floats(-20, 20), min_size=2, max_size=60)


def test_the_estimate_comes_out_by_hand():
    # phi = (4 + 4 + 9) / 3; weights 1, 1, 0.25; 17 - 2 over 2.25 - 2.0625 / 2.25.
    met = overdispersion([2, -2, 3], [1, 1, 2], trim="none")

    assert met.phi == pytest.approx(17 / 3)
    assert met.tau2 == pytest.approx(15 / (2.25 - 2.0625 / 2.25))
    assert met.kept == 3


def test_truncating_leaves_the_ends_out():
    met = overdispersion([*range(-4, 5), 100], np.ones(10))  # rank 1 and 10 of 10

    assert met.kept == 8
    assert met.phi == pytest.approx(np.mean(np.square(range(-3, 5))))


def test_truncating_drops_ranks_by_their_place_among_one_more():
    # Of 19, ranks 1 and 18 to 19 go: their share of 20 is below 0.1, or 0.9 and above.
    assert overdispersion(np.arange(19), np.ones(19)).kept == 16


def test_equal_scores_share_their_rank():
    # Ten equal scores all have rank 5.5 of 11: none is an extreme.
    assert overdispersion([1.5] * 10, np.ones(10)).kept == 10


def test_equals_at_an_edge_go_or_stay_together_by_their_mean_rank():
    # Of 19, the four highest share rank 17.5, a share of 0.875 of 20: they stay.
    assert overdispersion([*range(15), 50, 50, 50, 50], np.ones(19)).kept == 18


def test_winsorising_brings_the_ends_in():
    met = overdispersion([*range(10), 1000], np.ones(11), trim="winsorise")

    assert met.kept == 11
    assert met.phi == pytest.approx(np.mean(np.square([1, *range(1, 10), 9])))


def test_less_than_chance_is_no_variance_between():
    met = overdispersion([0.1, -0.2, 0.1], [1, 1, 1], trim="none")

    assert met.tau2 == 0
    assert met.phi < 1


@given(scores, st.floats(0.001, 1000))
def test_the_variance_between_has_the_square_of_the_unit(values, unit):
    errors = np.linspace(1, 2, len(values))

    one = overdispersion(values, errors, trim="none")
    other = overdispersion(values, errors * unit, trim="none")

    assert other.phi == pytest.approx(one.phi)
    assert other.tau2 == pytest.approx(one.tau2 * unit**2, rel=1e-9)


@given(scores)
def test_who_is_not_known_counts_for_nothing(values):
    plain = overdispersion(values, np.ones(len(values)), trim="winsorise")
    holed = overdispersion([*values, np.nan], [*np.ones(len(values)), np.nan], trim="winsorise")

    assert holed == plain


@given(scores, st.sampled_from(["truncate", "winsorise", "none"]))
def test_without_a_share_no_trim_does_anything(values, trim):
    errors = np.ones(len(values))

    assert overdispersion(values, errors, trim=trim, share=0) == overdispersion(
        values, errors, trim="none"
    )


def test_a_random_effect_of_known_size_is_found():
    rng = np.random.default_rng(3)
    errors = rng.uniform(0.05, 0.3, 20_000)
    away = rng.normal(0, np.sqrt(np.square(errors) + 0.04))

    met = overdispersion(away / errors, errors, trim="none")

    assert met.tau2 == pytest.approx(0.04, rel=0.05)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: overdispersion([1, 2], [1]), "2 scores and 1 errors"),
        (lambda: overdispersion([1, 2], [1, 0]), "not above 0"),
        (lambda: overdispersion([1, 2], [1, np.nan]), "not above 0"),
        (lambda: overdispersion([1], [1]), "met 1 providers"),
        (lambda: overdispersion([], []), "met 0 providers"),
        (lambda: overdispersion([], [], trim="winsorise"), "met 0 providers"),
        (lambda: overdispersion([1, 2], [1, 1], trim="clip"), 'the trim "clip"'),
        (lambda: overdispersion([1, 2], [1, 1], share=0.5), "of 0.5; wanted"),
        (lambda: overdispersion([1, 2], [1, 1], share=-0.1), "of -0.1; wanted"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(BadInputError, match=words):
        call()
