"""What options cost over their whole life, beside a sheet worked by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.money.discounting import RateSchedule, RateStep
from convener.methods.money.whole_life import (
    CostLine,
    Part,
    compare_options,
    expected_variation,
    whole_life_cost,
)

BLOCK = [
    CostLine("change-over", Part.TRANSITION, [50_000, 0, 0]),
    CostLine("price", Part.RUNNING, [100_000, 100_000, 100_000], bias=0.10),
    CostLine("handover", Part.EXIT, [0, 0, 20_000]),
    CostLine("vans", Part.RESIDUAL, [0, 0, -6_000], bias=0.5),
]
costs = st.lists(
    st.tuples(
        st.sampled_from([part for part in Part if part is not Part.RESIDUAL]), st.floats(0, 1)
    ).flatmap(
        lambda pair: st.lists(st.floats(0, 1e6), min_size=4, max_size=4).map(
            lambda years: CostLine("line", pair[0], years, pair[1])
        )
    ),
    min_size=1,
    max_size=6,
)


def test_total_and_year_lines_match_a_hand_sheet():
    cost = whole_life_cost("block", BLOCK)

    assert cost.by_year.tolist() == [150_000, 100_000, 114_000]
    assert cost.total == 364_000
    assert cost.with_bias == pytest.approx([160_000, 110_000, 127_000])
    assert cost.present == pytest.approx([160_000, 106_280.19, 118_555.86], abs=0.01)
    assert cost.present_cost == pytest.approx(384_836.05, abs=0.01)
    assert cost.by_part[Part.TRANSITION] == 50_000
    assert cost.by_part[Part.EXIT] == pytest.approx(20_000 / 1.035**2)
    assert cost.by_part[Part.RESIDUAL] == pytest.approx(-3_000 / 1.035**2)


def test_parts_that_have_no_line_are_named():
    assert whole_life_cost("block", BLOCK).forgotten == (
        Part.PURCHASE,
        Part.OVERSIGHT,
        Part.VARIATION,
        Part.ELSEWHERE,
    )


@given(costs)
def test_parts_and_years_add_up_to_one_figure(lines):
    cost = whole_life_cost("option", lines)

    assert sum(cost.by_part.values()) == pytest.approx(cost.present_cost)
    assert cost.present.sum() == pytest.approx(cost.present_cost)
    assert cost.with_bias.sum() >= cost.total - 1e-6


def test_a_value_is_biased_away_to_nothing_at_most():
    line = [CostLine("vans", Part.RESIDUAL, [-100], bias=2.0)]

    assert whole_life_cost("option", line).present_cost == 0


def option(name, *years):
    return whole_life_cost(name, [CostLine("price", Part.RUNNING, years)])


def test_options_are_compared_with_going_on_as_now():
    met = compare_options(
        [option("now", 100, 100), option("dear", 110, 120), option("cheap", 90, 80)], as_now="now"
    )

    assert [row.option for row in met] == ["cheap", "now", "dear"]
    assert [row.saving for row in met] == pytest.approx([10 + 20 / 1.035, 0, -10 - 20 / 1.035])
    assert not any(row.is_false_saving for row in met)


def test_a_one_year_saving_that_loses_over_ten_years_is_marked():
    met = compare_options(
        [option("now", *[100] * 10), option("block", 80, *[104] * 9)], as_now="now"
    )

    block = next(row for row in met if row.option == "block")
    assert block.saving_to_date[0] == 20
    assert block.saving < 0
    assert block.is_false_saving
    assert np.flatnonzero(block.saving_to_date < 0)[0] == 6


def test_variation_compounds_from_the_second_year():
    assert expected_variation([100, 100, 100], 0.1) == pytest.approx([0, 10, 21])
    assert expected_variation([100, 100], -0.5) == pytest.approx([0, -50])


@pytest.mark.parametrize("growth", [-1, float("nan"), float("inf")])
def test_growth_that_is_none_is_refused(growth):
    with pytest.raises(BadInputError, match="above -1"):
        expected_variation([100], growth)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([], "as many years"),
        ([CostLine("a", Part.RUNNING, [])], "at least one"),
        ([CostLine("a", Part.RUNNING, [1]), CostLine("b", Part.EXIT, [1, 2])], "as many years"),
        ([CostLine("a", Part.RUNNING, [-1])], "a .running. of option is not zero or above"),
        ([CostLine("a", Part.RESIDUAL, [1])], "not zero or below"),
        ([CostLine("a", Part.RUNNING, [float("nan")])], "missing"),
        ([CostLine("a", Part.RUNNING, [1], bias=-0.1)], "wanted 0 or more"),
        ([CostLine("a", Part.RUNNING, [1], bias=float("inf"))], "wanted 0 or more"),
    ],
)
def test_lines_that_cannot_be_are_refused(lines, wanted):
    with pytest.raises(BadInputError, match=wanted):
        whole_life_cost("option", lines)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ([option("a", 1)], "no option 'now'"),
        ([option("now", 1), option("now", 2)], "a name for each"),
        ([option("now", 1), option("b", 1, 2)], "wanted the same"),
        ([], "no option"),
    ],
)
def test_options_that_cannot_be_compared_are_refused(options, wanted):
    with pytest.raises(BadInputError, match=wanted):
        compare_options(options, as_now="now")


@pytest.mark.parametrize(
    ("years", "is_false"),
    [
        ((99.5, 101), True),
        ((100, 101), False),
        ((100, 100), False),
        ((99.5, 100.8), True),
        ((99.5, 100.5), False),
        ((99.5, 99), False),
        ((101, 98), False),
    ],
)
def test_a_false_saving_saves_first_and_loses_in_all(years, is_false):
    met = compare_options([option("now", 100, 100), option("bid", *years)], as_now="now")

    assert next(row.is_false_saving for row in met if row.option == "bid") is is_false


def test_a_saving_that_is_given_back_to_the_pound_is_not_a_false_one():
    steps = (RateStep(0, 0.0, is_confirmed=True),)
    level = RateSchedule("level", date(2000, 1, 1), "a test", steps)
    now, bid = (
        whole_life_cost(name, [CostLine("price", Part.RUNNING, years)], level)
        for name, years in (("now", [100, 100]), ("bid", [90, 110]))
    )

    met = compare_options([now, bid], as_now="now")

    assert [(row.option, row.saving, row.is_false_saving) for row in met] == [
        ("bid", 0, False),
        ("now", 0, False),
    ]
