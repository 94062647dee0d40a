"""What cases let expect, against closed forms, and what is refused and why."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.base.errors import BadInputError, NoSolutionError
from convener.methods.leagues.case_mix import logistic_risk, poisson_risk
from convener.methods.leagues.separation import SeparationError
from convener.methods.leagues.standardisation import standardise


def _table(*cells):
    """Return outcomes and one circumstance from cells of (circumstance, events, cases)."""
    outcome = np.concatenate([[1.0] * events + [0.0] * (n - events) for _, events, n in cells])
    kind = np.concatenate([[float(kind)] * n for kind, _, n in cells])
    return outcome, kind[:, None]


def test_a_two_by_two_table_gives_its_odds_ratio():
    outcome, kind = _table((0, 10, 100), (1, 30, 90))

    model = logistic_risk(outcome, kind, names=["frail"])

    assert model.names == ("constant", "frail")
    odds = np.log(10 / 90), np.log(30 / 60)
    assert model.coefficients == pytest.approx([odds[0], odds[1] - odds[0]], abs=1e-8)
    wanted = np.sqrt(1 / 10 + 1 / 90 + 1 / 30 + 1 / 60)
    assert model.errors[1] == pytest.approx(wanted, abs=1e-6)
    assert model.expected[0] == pytest.approx(0.1)
    assert model.expected[-1] == pytest.approx(1 / 3)
    # Of 40 x 150 pairs, those split between kinds count whole or not at all, others one half.
    wanted = (30 * 90 + (10 * 90 + 30 * 60) / 2) / (40 * 150)
    assert model.discrimination == pytest.approx(wanted)


def test_counts_give_the_ratio_of_their_rates():
    model = poisson_risk([6, 4, 30], [[0], [0], [1]], exposure=[60, 40, 100])

    assert model.coefficients == pytest.approx([np.log(0.1), np.log(3)], abs=1e-8)
    assert model.errors[1] == pytest.approx(np.sqrt(1 / 10 + 1 / 30), abs=1e-6)
    assert model.expected == pytest.approx([6, 4, 30])
    assert np.isnan(model.discrimination)
    assert model.names == ("constant", "column 1")


def test_the_unit_of_a_column_does_not_matter():
    rng = np.random.default_rng(1)
    age = rng.uniform(18, 90, 400)
    outcome = (rng.random(400) < 1 / (1 + np.exp(4 - age / 20))).astype(float)

    plain = logistic_risk(outcome, age[:, None])
    tiny = logistic_risk(outcome, age[:, None] * 1e-9)

    assert tiny.expected == pytest.approx(plain.expected, rel=1e-6)
    assert tiny.coefficients[1] == pytest.approx(plain.coefficients[1] * 1e9, rel=1e-6)
    assert tiny.errors[1] == pytest.approx(plain.errors[1] * 1e9, rel=1e-6)


def test_missing_values_are_refused_by_name_or_left_out():
    outcome, kind = _table((0, 10, 100), (1, 30, 90))
    outcome, kind = np.append(outcome, [1, np.nan]), np.vstack([kind, [[np.nan], [1]]])

    with pytest.raises(BadInputError, match="of 192 cases, not known: outcome in 1, frail in 1;"):
        logistic_risk(outcome, kind, names=["frail"])
    model = logistic_risk(outcome, kind, missing="drop")

    assert model.used.sum() == 190
    assert np.isnan(model.expected[190:]).all()
    assert model.expected[:190].sum() == pytest.approx(40)


@pytest.mark.parametrize("cut", [40, 60])
@pytest.mark.parametrize("unit", [1e-9, 1, 1e9])
def test_a_circumstance_that_decides_the_outcome_is_named_whatever_its_unit(cut, unit):
    rng = np.random.default_rng(2)
    age, other = rng.uniform(18, 90, (2, 200))
    outcome = (age > cut).astype(float)

    with pytest.raises(SeparationError, match=r"decided without exception by .*age.*leave it out"):
        logistic_risk(outcome, np.column_stack([age * unit, other]), names=["age", "other"])


@pytest.mark.parametrize("unit", [1e-9, 1, 1e9])
def test_what_rules_every_event_out_is_named_whatever_the_units(unit):
    age = np.array([20.0, 30, 40, 50, 60, 25])
    kind = np.array([0.0, 1, 0, 1, 0, 0])

    with pytest.raises(SeparationError, match="by none:"):
        poisson_risk(
            [3, 0, 2, 0, 4, 0], np.column_stack([kind, age]) * unit, names=["none", "age"]
        )


def test_a_kind_in_which_it_never_happens_is_named():
    outcome, kind = _table((0, 10, 100), (1, 0, 30))

    with pytest.raises(NoSolutionError, match="by rare: join kinds that are rare"):
        logistic_risk(outcome, kind, names=["rare"])
    with pytest.raises(SeparationError, match="by rare"):
        poisson_risk(outcome, kind, names=["rare"])


def test_a_kind_in_which_it_always_happens_is_named():
    outcome, kind = _table((0, 10, 100), (1, 30, 30))

    with pytest.raises(SeparationError, match="by sure"):
        logistic_risk(outcome, kind, names=["sure"])


def test_a_kind_in_which_nothing_is_counted_is_named_whatever_the_exposure():
    for exposure in (1e-6, 1.0, 1e6):
        with pytest.raises(SeparationError, match="by none"):
            poisson_risk(
                [9, 4, 0, 0], [[0], [0], [1], [1]], exposure=[exposure] * 4, names=["none"]
            )


def test_a_kind_in_which_nothing_is_counted_is_named_among_millions():
    with pytest.raises(SeparationError, match="by none"):
        poisson_risk([9_000_000, 4_000_000, 0, 0], [[0], [0], [1], [1]], names=["none"])


@pytest.mark.parametrize("rare", [[1, 0], [1, 1]])
def test_counts_that_are_rare_in_a_kind_are_no_separation(rare):
    model = poisson_risk([9_000_000, 9_100_000, *rare], [[0], [0], [1], [1]])

    assert model.expected == pytest.approx([9_050_000] * 2 + [sum(rare) / 2] * 2)


def test_a_rare_risk_is_no_separation():
    outcome, kind = _table((0, 1, 20_000), (1, 3, 4))

    model = logistic_risk(outcome, kind)

    assert model.expected[0] == pytest.approx(1 / 20_000, rel=1e-6)
    assert model.expected[-1] == pytest.approx(3 / 4)


def test_a_nearly_certain_risk_is_no_separation():
    age = np.linspace(-60, 60, 200)
    outcome = (age > 0).astype(float)
    outcome[[98, 101]] = [1, 0]  # one each way amid the others

    model = logistic_risk(outcome, age[:, None])

    assert model.expected[0] < 1e-6
    assert model.expected[-1] > 1 - 1e-6
    assert model.expected.sum() == pytest.approx(100)


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ([[1, 0], [0, 1], [1, 0], [0, 1]], "man|woman"),
        ([[0, 3], [0, 1], [0, 2], [0, 7]], "man"),
        ([[5, 3], [5, 1], [5, 2], [5, 7]], "man"),
    ],
)
def test_a_column_that_says_nothing_new_is_named(columns, named):
    with pytest.raises(BadInputError, match=rf"said by ({named}|constant) .*\(1\)"):
        logistic_risk([0, 1, 1, 0], columns, names=["man", "woman"])


def test_more_columns_than_cases_say_nothing_new():
    with pytest.raises(BadInputError, match="nothing is said by"):
        logistic_risk([0, 1], [[1, 2, 3], [4, 5, 7]])


def test_without_circumstances_everybody_expects_the_same():
    model = logistic_risk([0, 1, 0, 0], np.empty((4, 0)))

    assert model.expected == pytest.approx(np.full(4, 0.25))
    assert model.discrimination == 0.5


@pytest.mark.parametrize(
    ("outcome", "columns", "said"),
    [
        ([0, 1], [[1]], "wanted cases, and cases by circumstances"),
        ([0, 1], [1, 2], "wanted cases, and cases by circumstances"),
        ([], np.empty((0, 1)), "wanted cases"),
        ([0, 2, 1], [[1], [2], [4]], "outcomes are 0 or 1"),
        ([0, 0, 0], [[1], [2], [4]], "happened in none of 3 cases"),
        ([1, 1, 1], [[1], [2], [4]], "happened in all of 3 cases"),
        ([0, 1, 1], [[1], [np.inf], [4]], "finite"),
        ([np.nan, 1], [[1], [np.nan]], "not known: outcome in 1, column 1 in 1"),
    ],
)
def test_cases_that_cannot_be_are_refused(outcome, columns, said):
    with pytest.raises(BadInputError, match=said):
        logistic_risk(outcome, columns)


def test_other_requests_that_cannot_be_are_refused():
    with pytest.raises(BadInputError, match="met 2 names for 1 circumstances"):
        logistic_risk([0, 1], [[1], [2]], names=["a", "b"])
    with pytest.raises(BadInputError, match='wanted "refuse" or "drop"'):
        logistic_risk([0, 1], [[1], [2]], missing="guess")
    with pytest.raises(BadInputError, match="no case of 2 is complete"):
        logistic_risk([np.nan, 1], [[1], [np.nan]], missing="drop")


@pytest.mark.parametrize(
    ("events", "exposure", "said"),
    [
        ([1, 2, 0], [1, 2], "wanted as many"),
        ([1, 2, 0], [1, 2, 0], "above zero"),
        ([1, 2, 0], [1, 2, np.nan], "above zero"),
        ([1, -2, 0], [1, 2, 3], "not negative"),
        ([0, 0, 0], [1, 2, 3], "one at least is above zero"),
    ],
)
def test_counts_that_cannot_be_are_refused(events, exposure, said):
    with pytest.raises(BadInputError, match=said):
        poisson_risk(events, [[1], [2], [4]], exposure=exposure)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 3))
def test_expected_risks_sum_to_the_events_and_so_do_ratios(seed, columns):
    rng = np.random.default_rng(seed)
    known = rng.normal(size=(300, columns))
    outcome = (rng.random(300) < 1 / (1 + np.exp(-known.sum(axis=1) / 2))).astype(float)
    provider = rng.integers(0, 5, 300)

    model = logistic_risk(outcome, known)
    result = standardise(provider, outcome, model.expected, providers=5)

    assert model.expected.sum() == pytest.approx(outcome.sum())
    assert result.expected @ result.ratio == pytest.approx(outcome.sum())
    assert known.T @ model.expected == pytest.approx(known.T @ outcome, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_expected_counts_sum_to_the_events(seed):
    rng = np.random.default_rng(seed)
    known, exposure = rng.normal(size=(200, 2)), rng.uniform(0.5, 3, 200)
    events = rng.poisson(exposure * np.exp(known[:, 0] / 3))

    model = poisson_risk(events, known, exposure=exposure)

    assert model.expected.sum() == pytest.approx(events.sum())
    assert known.T @ model.expected == pytest.approx(known.T @ events, abs=1e-4)
