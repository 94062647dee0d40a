"""`convener measure`: any measure, by any grouping, under any choice."""

from __future__ import annotations

import pytest

from commands import refused
from convener.measures.measure import catalogue

HOME_CARE = ("--where", "service=home-care")
ALWAYS = {"measure", "value", "low", "high", "unit", "count", "coverage"}


def test_a_row_says_what_it_is_and_what_it_rests_on(ask):
    rows = ask("measure", "hhi", "--by", "service,area,period", "--json").rows

    assert rows
    for row in rows:
        assert list(row)[:4] == ["measure", "service", "area", "period"]
        assert set(row) >= ALWAYS


def test_a_figure_below_its_minimum_is_null_and_says_why(ask):
    [row] = ask("measure", "hhi", "--by", "", "--where", "area=North West", "--json").rows

    assert (row["value"], row["low"], row["high"], row["count"]) == (None, None, None, 1)
    assert "fewer than 2 records" in row["note"]


def test_every_measure_can_be_asked_at_once(ask):
    rows = ask("measure", "all", "--by", "", "--json").rows

    assert {row["measure"] for row in rows} == set(catalogue())


@pytest.mark.parametrize(
    ("choices", "values"),
    [
        ((), {("organisation", "owner"): None}),
        (("--framework", "split"), 2),
        (("--framework", "lead"), 2),
        (("--framework", "ceiling"), 2),
        (("--entity", "name"), 3),
        (("--entity", "organisation"), 3),
        (("--entity", "owner"), 2),
    ],
)
def test_choices_are_taken(ask, choices, values):
    rows = ask("measure", "largest-providers", "--by", "", *HOME_CARE, *choices, "--json").rows

    shares = [row["value"] for row in rows]
    if "--framework" in choices:
        assert sum(shares) == pytest.approx(1)
    elif choices:
        assert len(rows) == values
    assert shares == sorted(shares, reverse=True)


def test_the_framework_rule_moves_the_figure(ask):
    by_rule = {
        rule: ask("measure", "cr1", "--by", "", *HOME_CARE, "--framework", rule, "--json").rows[0][
            "value"
        ]
        for rule in ("split", "lead", "ceiling")
    }

    # Owned together: 1,000 + 500 + half, all, or all of 900, of 2,700 (a ceiling counts it twice).
    assert by_rule["split"] == pytest.approx(1950 / 2700)
    assert by_rule["lead"] == pytest.approx(2400 / 2700)
    assert by_rule["ceiling"] == pytest.approx(2400 / 3600)


@pytest.mark.parametrize(("basis", "count"), [("awards", 5), ("payments", 2), ("provision", 2)])
def test_the_basis_is_as_asked(ask, basis, count):
    [row] = ask("measure", "hhi-by-count", "--by", "", "--basis", basis, "--json").rows

    assert (row["basis"], row["count"]) == (basis, count)


def test_only_the_sources_asked_for_are_measured(ask):
    words = ("measure", "hhi", "--by", "source", "--basis", "payments", "--json")

    assert [row["source"] for row in ask(*words, "--source", "payments").rows] == ["payments"]
    refused(ask(*words, "--source", "spend"), "'spend'", "payments")


def test_periods_are_cut_as_asked(ask):
    def periods(period):
        words = ("measure", "contract-size", "--by", "period", "--period", period, "--json")
        return [row["period"] for row in ask(*words).rows]

    assert periods("year") == ["2024", "2025"]
    assert len(periods("10-years")) == 1


def test_services_are_of_the_level_asked_for(ask):
    rows = ask("measure", "contract-size", "--level", "class", "--json").rows

    assert [row["service"] for row in rows] == ["8531"]


def test_several_values_of_a_filter_are_joined(ask):
    words = ("measure", "contract-size", "--by", "area", "--json")

    rows = ask(*words, "--where", "area=North West", "--where", "area=London").rows

    assert [row["area"] for row in rows] == ["North West"]


def test_what_a_measure_assumes_is_set_and_said(ask):
    def spare(number):
        words = ("measure", "n-minus-1", "--by", "", "--basis", "provision", "--json")
        return ask(*words, *(("--assume", f"spare={number}") if number is not None else ())).rows[
            0
        ]

    assert "assumes spare 0.1" in spare(None)["note"]
    assert "assumes spare 0.5" in spare(0.5)["note"]


def test_the_day_that_counts_as_now_is_set(ask):
    words = ("measure", "contracts-ending", "--by", "", "--at", "2025-06-01", "--json")

    assert ask(*words).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hhy"], ["no measure is called 'hhy'", "hhi"]),
        (["single-bid-shares"], ["single-bid-share"]),
        (["hhi", "--by", "colour"], ["'colour'", "service, area, region, period"]),
        (["hhi", "--by", "area,region"], ["area or by region"]),
        (["hhi", "--where", "colour"], ["--where was 'colour'", "key=value"]),
        (["hhi", "--where", "=85"], ["key=value"]),
        (["hhi", "--where", "colour=red"], ["'colour'", "service, area"]),
        (["hhi", "--where", "from=spring"], ["'spring'", "2019-04-01"]),
        (["hhi", "--where", "service=nothing-known"], ["'nothing-known'"]),
        (["hhi", "--entity", "brand"], ["'brand'", "name, organisation, owner"]),
        (["hhi", "--framework", "half"], ["'half'", "split, lead, ceiling"]),
        (["hhi", "--basis", "spend"], ["'spend'", "awards, payments, provision"]),
        (["hhi", "--period", "moon"], ["'moon'", "financial-year"]),
        (["hhi", "--level", "family"], ["'family'", "bundle"]),
        (["n-minus-1", "--assume", "spare"], ["--assume was 'spare'"]),
        (["n-minus-1", "--assume", "spare=much"], ["a number"]),
        (["n-minus-1", "--assume", "spear=0.2"], ["spear is not assumed", "spare"]),
        (["hhi", "--assume", "spare=0.2"], ["spare is not assumed", "nothing"]),
    ],
)
def test_a_question_that_cannot_mean_anything_is_refused(ask, words, said):
    refused(ask("measure", *words), *said)


@pytest.mark.parametrize(
    "words", [["measure"], ["measure", "hhi", "--at", "soon"], ["measure", "hhi", "--format", "x"]]
)
def test_a_command_that_is_mistyped_shows_how_it_is_used(ask, words):
    answer = ask(*words)

    assert answer.code == 2
    assert "Usage: convener measure" in answer.err or "Usage: root measure" in answer.err


def test_a_store_with_nothing_in_it_is_not_measured(new):
    refused(new("measure", "hhi"), "nothing is loaded", "convener load")


def test_a_screen_says_the_unit_and_the_cautions_once(ask):
    answer = ask("measure", "hhi", "--by", "", *HOME_CARE)

    assert answer.out.startswith("measure")
    assert answer.out.count("index, 0 to 10,000") == 1
    assert answer.out.count("Note on hhi: an award to several suppliers is split evenly") == 1
