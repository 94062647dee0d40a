"""Run lengths and limits, against published values, closed forms, simulation, and as laws."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.base.errors import BadInputError, NoSolutionError
from convener.methods.charts.cusum import risk_adjusted_cusum
from convener.methods.charts.cusum_chain import (
    chance_of_alarm,
    mean_run,
    steps_of,
    tail_of_evidence,
    without_grid,
)
from convener.methods.charts.run_length import (
    average_run_length,
    false_alarm_chance,
    limit_for_false_alarms,
    limit_for_run_length,
    steady_state_chance,
)

MIX = np.array([0.02, 0.05, 0.1, 0.25])
OFTEN = np.array([4, 3, 2, 1])

risks = st.lists(st.floats(0.01, 0.6), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def oracle(shared):
    text = (shared / "oracles" / "cusum_expected.json").read_text(encoding="utf-8")
    return json.loads(text)


@pytest.fixture(scope="module")
def cardiac(shared):
    path = shared / "oracles" / "cusum_cardiac_score_mix.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [float(row["p"]) for row in rows], [float(row["n"]) for row in rows]


def cases(rng, providers, each, odds=1.0):
    risk = rng.choice(MIX, size=providers * each, p=OFTEN / OFTEN.sum())
    failed = rng.random(risk.size) < odds * risk / (1 + (odds - 1) * risk)
    return failed, risk, np.repeat(np.arange(providers), each)


def test_run_lengths_of_cardiac_surgery_come_out(oracle, cardiac):
    printed = oracle["cardiac_mix"]
    risk, frequency = cardiac

    for name, odds in (("arl_or2", 1.0), ("arl_out_of_control_true_or2", 2.0)):
        for key, expected in printed[name].items():
            met = average_run_length(
                float(key[1:]), risk, frequency=frequency, true_odds_ratio=odds
            )
            assert met == pytest.approx(expected, rel=printed["tolerance_arl_relative"])


def test_the_limit_of_cardiac_surgery_comes_out(oracle, cardiac):
    printed = oracle["cardiac_mix"]

    met = limit_for_run_length(370, cardiac[0], frequency=cardiac[1])

    expected = printed["control_limit_for_in_control_arl_370_or2"]
    assert met == pytest.approx(expected, abs=printed["tolerance_limit"])


def test_run_lengths_of_three_scores_come_out(oracle):
    printed = oracle["three_score_mix"]

    for name, odds in (("arl_in_control", 1.0), ("arl_true_or2", 2.0)):
        for key, expected in printed[name].items():
            met = average_run_length(
                float(key[1:]),
                printed["risk"],
                frequency=printed["frequency"],
                true_odds_ratio=odds,
            )
            assert met == pytest.approx(expected, rel=printed["tolerance_arl_relative"])


@given(risks)
@settings(deadline=None, max_examples=10)
def test_a_limit_below_every_failure_waits_for_the_first(values):
    mean = float(np.mean(values))

    assert average_run_length(0.05, values) == pytest.approx(1 / mean, rel=2e-3)
    chance = false_alarm_chance(0.05, 12, values)
    assert chance == pytest.approx(1 - (1 - mean) ** 12, rel=5e-3)


def test_two_failures_running_are_waited_for_as_long_as_the_textbook_says():
    # Weights of ln 2 - ln 1.5 and -ln 1.5 at a risk of one half: two failures running are 0.575,
    # and one with a success between starts again from 0.
    assert average_run_length(0.4, [0.5]) == pytest.approx(6.0, rel=2e-3)


def test_a_walk_of_even_steps_waits_as_long_as_is_worked_out_by_hand():
    # At a risk of 1/3 and odds of 4 a case moves the evidence by ln 2, up or down. From 0 one
    # step up takes 3 cases, from 1 it takes 3 + 2 * 3, and so on: 3 + 9 + 21 + 45 + 93.
    run = average_run_length(4.5 * np.log(2), [1 / 3], odds_ratio=4)

    assert run == pytest.approx(171, rel=1e-3)


@pytest.mark.parametrize("cells", [30, 90])
def test_the_steady_state_of_a_walk_of_even_steps_halves_with_every_step(cells):
    steps = steps_of(np.array([1 / 3]), np.ones(1), 4.0, 1.0)

    tail = tail_of_evidence(steps, 30 * np.log(2), cells)

    needed = np.ceil(np.arange(cells + 1) * 30 / cells - 1e-9)
    assert tail == pytest.approx(0.5**needed, abs=1e-8)


def test_simulation_agrees():
    rng = np.random.default_rng(8)
    failed, risk, unit = cases(rng, 4_000, 300)

    chart = risk_adjusted_cusum(failed, risk, limit=2.5, unit=unit)

    alarmed = chart.alarm.reshape(4_000, 300).any(axis=1).mean()
    expected = false_alarm_chance(2.5, 300, MIX, frequency=OFTEN)
    assert alarmed == pytest.approx(expected, abs=0.025)


def test_charts_that_run_long_raise_alarms_as_often_as_said():
    rng = np.random.default_rng(9)
    failed, risk, unit = cases(rng, 100, 20_000)
    fair = risk_adjusted_cusum(failed, risk, limit=2.5, unit=unit)
    expected = average_run_length(2.5, MIX, frequency=OFTEN)
    assert 1 / fair.alarm.mean() == pytest.approx(expected, rel=0.05)

    failed, risk, unit = cases(rng, 100, 10_000, odds=2.0)
    up = risk_adjusted_cusum(failed, risk, limit=2.5, unit=unit)
    expected = average_run_length(2.5, MIX, frequency=OFTEN, true_odds_ratio=2.0)
    assert 1 / up.alarm.mean() == pytest.approx(expected, rel=0.04)

    failed, risk, unit = cases(rng, 100, 10_000, odds=0.5)
    down = risk_adjusted_cusum(failed, risk, limit=2.5, unit=unit, odds_ratio=0.5)
    expected = average_run_length(2.5, MIX, frequency=OFTEN, odds_ratio=0.5, true_odds_ratio=0.5)
    assert 1 / down.alarm.mean() == pytest.approx(expected, rel=0.05)


def test_the_steady_state_agrees_with_simulation():
    rng = np.random.default_rng(10)
    failed, risk, unit = cases(rng, 3_000, 800)
    path = risk_adjusted_cusum(failed, risk, unit=unit).path.reshape(3_000, 800)[:, 400::100]

    for height in (0.1, 0.5, 1.0, 2.0):
        met = steady_state_chance([height], MIX, frequency=OFTEN)[0]
        assert met == pytest.approx((path >= height).mean(), abs=0.02)


@given(risks, st.floats(0.3, 3).filter(lambda ratio: abs(ratio - 1) > 0.2))
@settings(deadline=None, max_examples=25)
def test_evidence_so_high_is_no_likelier_than_its_likelihood_ratio(values, ratio):
    heights = np.array([0.0, 0.3, 1.0, 3.0, 6.0])

    chance = steady_state_chance(heights, values, odds_ratio=ratio)

    assert chance[0] == 1
    assert (np.diff(chance) <= 1e-12).all()
    assert (chance <= 1.03 * np.exp(-heights)).all()


@given(risks, st.floats(1.2, 8), st.floats(0.2, 5), st.floats(1.01, 2))
@settings(deadline=None, max_examples=25)
def test_a_higher_limit_waits_longer(values, ratio, limit, more):
    low = average_run_length(limit, values, odds_ratio=ratio)
    high = average_run_length(limit * more, values, odds_ratio=ratio)

    assert high >= 0.99 * low


@given(risks, st.floats(0.01, 5))
@settings(deadline=None, max_examples=20)
def test_kinds_of_cases_may_be_counted_or_listed(values, limit):
    counted = average_run_length(limit, values, frequency=[2.0] * len(values))

    assert counted == pytest.approx(average_run_length(limit, [*values, *values]), rel=1e-6)


def test_a_kind_that_never_comes_changes_nothing():
    with_it = average_run_length(2, [*MIX, 0.9], frequency=[*OFTEN, 0])

    assert with_it == pytest.approx(average_run_length(2, MIX, frequency=OFTEN), rel=1e-9)


def test_odds_twice_as_bad_are_looked_for_if_nothing_else_is_said():
    assert steady_state_chance([2.0], MIX) == steady_state_chance([2.0], MIX, odds_ratio=2.0)


def test_a_run_of_less_than_two_cases_may_be_asked_for_where_most_fail():
    risk = np.linspace(0.6, 0.95, 30)

    limit = limit_for_run_length(1.8, risk)

    assert average_run_length(limit, risk) == pytest.approx(1.8, rel=0.01)


@pytest.mark.parametrize("odds", [0.5, 1.5, 2.0, 4.0])
@pytest.mark.parametrize("run", [40, 370, 10_000, 9e8])
def test_the_limit_for_a_run_gives_the_run(run, odds):
    limit = limit_for_run_length(run, MIX, frequency=OFTEN, odds_ratio=odds)

    met = average_run_length(limit, MIX, frequency=OFTEN, odds_ratio=odds)
    assert met == pytest.approx(run, rel=0.01)


@pytest.mark.parametrize(("chance", "horizon"), [(0.01, 2_000), (0.2, 100), (0.5, 200)])
def test_the_limit_for_false_alarms_gives_their_chance(chance, horizon):
    limit = limit_for_false_alarms(chance, horizon, MIX, frequency=OFTEN)

    met = false_alarm_chance(limit, horizon, MIX, frequency=OFTEN)
    assert met == pytest.approx(chance, rel=0.02)


def test_no_case_raises_no_alarm_and_very_many_surely_do():
    assert false_alarm_chance(2, 0, MIX) == 0
    assert false_alarm_chance(2, 10**7, MIX) == pytest.approx(1, abs=1e-12)


def test_a_longer_horizon_sees_more_alarms():
    chances = [false_alarm_chance(2, horizon, MIX) for horizon in (1, 10, 100, 1_000)]

    assert chances == sorted(chances)


def test_rare_events_have_the_run_of_a_finer_grid():
    # Grids of 4,000 and 8,000 cells lead there. A case without failure moves a quarter of a cell.
    assert average_run_length(4.5, [0.001]) == pytest.approx(351_370, rel=2e-3)


@pytest.mark.parametrize(
    ("limit", "risk", "run"), [(8, 0.01, 1_244_000), (8, 0.003, 4_088_000), (6, 0.02, 84_820)]
)
def test_rare_events_far_below_the_limit_have_the_run_of_a_finer_grid(limit, risk, run):
    # Of 7,000 and 9,000 cells, which differ by 0.0004. Of 1,600 they are up to 0.017 off.
    assert average_run_length(limit, [risk]) == pytest.approx(run, rel=2e-3)


@pytest.mark.parametrize(
    ("risk", "limit", "near"), [([0.1], 1.5, 0.01), ([0.3], 1.0, 0.01), ([0.1, 0.3], 1.5, 2e-3)]
)
def test_the_chance_of_an_alarm_is_that_of_all_that_can_happen(risk, limit, near):
    kinds = np.array([(chance, failed) for chance in risk for failed in (0, 1)])
    count = 12 if len(risk) == 1 else 6
    ways = kinds[np.indices([len(kinds)] * count).reshape(count, -1).T]
    chance, failed = ways[..., 0], ways[..., 1]
    likely = (np.where(failed, chance, 1 - chance) / len(risk)).prod(axis=1)
    unit = np.repeat(np.arange(len(ways)), count)
    chart = risk_adjusted_cusum(failed.ravel(), chance.ravel(), limit=limit, unit=unit)

    met = false_alarm_chance(limit, count, risk)

    expected = likely[chart.alarm.reshape(-1, count).any(axis=1)].sum()
    assert met == pytest.approx(expected, rel=near)


@pytest.mark.parametrize("cases", [1, 7, 300, 20_000])
@pytest.mark.parametrize(("odds", "cells"), [(2.0, 40), (0.5, 40), (0.5, 90)])
def test_alarms_that_come_at_a_steady_rate_are_those_of_every_case_followed(cases, odds, cells):
    steps, limit = steps_of(MIX, OFTEN / OFTEN.sum(), odds, 1.0), 4.0
    on_grid = steps.on_grid(limit * cells / (cells - 0.5), cells)
    here = np.arange(cells)
    chain = on_grid.of(here - here[:, np.newaxis])
    chain[:, 0] = on_grid.up_to(-here)
    alive = np.linalg.matrix_power(chain, cases)[0].sum()

    met = chance_of_alarm(steps, limit, cases, cells)

    assert 1 - met == pytest.approx(alive, rel=1e-6, abs=1e-12)


@given(risks, st.floats(0.5, 8), st.integers(20, 200))
def test_a_grid_keeps_the_mean_of_a_step_and_adds_the_variance_that_it_says(values, height, cells):
    steps = steps_of(np.array(values), np.full(len(values), 1 / len(values)), 2.0, 1.0)
    width = height / cells

    on_grid = steps.on_grid(height, cells)

    place = np.clip(steps.move / width, -cells, cells)
    step = on_grid.first + np.arange(on_grid.chance.size)
    mean, square = on_grid.chance @ step, on_grid.chance @ step**2
    assert mean == pytest.approx(steps.chance @ place, abs=1e-9)
    added = (square - steps.chance @ place**2) * width**2
    assert steps.spread_by_grid(height, cells) == pytest.approx(added, abs=1e-9)


def test_a_figure_that_moves_with_what_a_grid_adds_is_found_without_it():
    figure = {added: 3.0 - 7 * added for added in (0.2, 0.05)}

    met = without_grid(figure[0.2], figure[0.05], added_by_coarse=0.2, added_by_fine=0.05)

    assert met == pytest.approx(3.0)


def test_grids_that_add_as_much_show_nothing_and_the_finer_stands():
    assert without_grid(1.0, 2.0, added_by_coarse=0.1, added_by_fine=0.1) == 2.0
    # Nor is a figure ever led further than from the coarse grid to the fine one.
    assert without_grid(1.0, 2.0, added_by_coarse=0.11, added_by_fine=0.1) == 3.0


def test_one_grid_is_near_already_since_its_alarm_lies_in_the_middle_of_the_last_cell():
    steps = steps_of(MIX, OFTEN / OFTEN.sum(), 2.0, 1.0)

    wanted = average_run_length(2.0, MIX, frequency=OFTEN)

    assert mean_run(steps, 2.0, 200) == pytest.approx(wanted, rel=4e-3)
    chance = false_alarm_chance(2.0, 100, MIX, frequency=OFTEN)
    assert chance_of_alarm(steps, 2.0, 100, 200) == pytest.approx(chance, rel=4e-3)


def test_charts_that_are_not_known_have_no_chance():
    met = steady_state_chance([np.nan, 1.0], MIX)

    assert np.isnan(met).tolist() == [True, False]
    assert np.isnan(steady_state_chance([np.nan], MIX)).all()
    assert steady_state_chance([], MIX).size == 0


def test_what_cannot_be_reached_is_said():
    with pytest.raises(NoSolutionError, match="even the lowest limit waits 10 cases"):
        limit_for_run_length(5, [0.1])
    with pytest.raises(NoSolutionError, match=r"chance of 0\.19, less than 0\.5"):
        limit_for_false_alarms(0.5, 2, [0.1])
    with pytest.raises(NoSolutionError, match="longer than 1e9"):
        average_run_length(40, [0.1])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: average_run_length(0, MIX), "a limit of 0;"),
        (lambda: average_run_length(np.nan, MIX), "a limit of nan;"),
        (lambda: average_run_length(65, MIX), "a limit of 65;"),
        (lambda: average_run_length(2, []), "0 risks and 0 frequencies"),
        (lambda: average_run_length(2, MIX, frequency=[1, 2]), "4 risks and 2 frequencies"),
        (lambda: average_run_length(2, [0.1, 1]), "a risk that is missing or not between"),
        (lambda: average_run_length(2, [0.1, 0]), "a risk that is missing or not between"),
        (lambda: average_run_length(2, [0.1, np.nan]), "a risk that is missing or not between"),
        (lambda: average_run_length(2, [0.1], frequency=[0]), "frequencies that are missing"),
        (lambda: average_run_length(2, [0.1], frequency=[-1]), "frequencies that are missing"),
        (lambda: average_run_length(2, [0.1], frequency=[np.nan]), "frequencies that are"),
        (lambda: average_run_length(2, MIX, odds_ratio=1), "an odds ratio of 1;"),
        (lambda: average_run_length(2, MIX, true_odds_ratio=0), "a true odds ratio of 0;"),
        (lambda: average_run_length(2, MIX, true_odds_ratio=np.inf), "a true odds ratio of inf;"),
        (lambda: limit_for_run_length(1, MIX), "a run of 1 cases"),
        (lambda: limit_for_run_length(2e9, MIX), r"a run of 2e\+09 cases"),
        (lambda: false_alarm_chance(2, -1, MIX), "met -1 cases"),
        (lambda: false_alarm_chance(2, 1.5, MIX), r"met 1\.5 cases"),
        (lambda: limit_for_false_alarms(0, 10, MIX), "a chance of 0;"),
        (lambda: limit_for_false_alarms(1, 10, MIX), "a chance of 1;"),
        (lambda: steady_state_chance([-1], MIX), "evidence below 0"),
        (lambda: steady_state_chance([np.inf], MIX), "evidence below 0 or infinite"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(BadInputError, match=words):
        call()


def test_the_ends_of_every_range_are_taken():
    risk = [0.1, 0.3]

    longest = limit_for_run_length(1e9, risk)
    assert average_run_length(longest * 0.999, risk) == pytest.approx(1e9, rel=0.1)
    scarcest = limit_for_false_alarms(1e-9, 100, risk)
    assert false_alarm_chance(scarcest, 100, risk) == pytest.approx(1e-9, rel=0.05)
    assert false_alarm_chance(64, 10, risk) == 0
    assert steady_state_chance([0.0, 1e-12], risk).max() <= 1


def test_the_shortest_run_can_be_asked_for():
    sure = limit_for_run_length(1 / 0.25, [0.25])
    assert average_run_length(sure, [0.25]) == pytest.approx(4, rel=0.02)
