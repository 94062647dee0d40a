"""`convener organisations`: who is who, of what kind and why, and owned by whom."""

from __future__ import annotations

import pytest

from commands import refused

COLUMNS = [
    "name",
    "kind",
    "kind_confidence",
    "kind_because",
    "identifiers",
    "also_known_as",
    "owner",
]


def test_each_organisation_has_a_row_with_its_reasons(ask):
    rows = {row["name"]: row for row in ask("organisations", "--json").rows}

    assert all(list(row) == COLUMNS for row in rows.values())
    assert list(rows) == sorted(rows)
    care = rows["Good Care Ltd"]
    assert (care["kind"], care["owner"]) == ("private", "Holding Group Ltd")
    assert care["identifiers"] == ["GB-COH-01234567"]
    assert care["kind_because"]
    assert 0 < care["kind_confidence"] < 1
    assert rows["Ashby Council"]["kind"] == "public-body"


def test_a_person_is_never_listed(ask):
    assert "REDACTED" not in ask("organisations", "--json").out
    refused(ask("organisations", "--kind", "individual"), "people are counted, never listed")


def test_only_the_kind_that_is_asked_for_is_listed(ask):
    rows = ask("organisations", "--kind", "charity", "--json").rows

    assert [row["name"] for row in rows] == ["Warm Trust"]


def test_a_kind_that_is_none_is_refused_with_those_that_are(ask):
    refused(ask("organisations", "--kind", "firm"), "'firm' is no kind", "private, charity")


@pytest.mark.parametrize("searched", ["good CARE", "od car"])
def test_names_are_searched_in_any_case(ask, searched):
    rows = ask("organisations", "--search", searched, "--json").rows

    assert [row["name"] for row in rows] == ["Good Care Ltd"]


def test_a_search_is_text_and_never_a_pattern_or_a_statement(ask):
    assert ask("organisations", "--search", "%' or 1=1 --", "--json").rows == []


def test_a_list_that_is_cut_says_so_beside_it(ask):
    answer = ask("organisations", "--limit", "2", "--json")

    assert len(answer.rows) == 2
    assert answer.err == "convener: 2 of 6 listed; see --limit\n"


def test_a_whole_list_says_nothing_beside_it(ask):
    assert ask("organisations", "--limit", "6").err == ""


def test_a_limit_below_one_is_refused(ask):
    assert ask("organisations", "--limit", "0").code == 2


def test_nobody_found_is_an_empty_list_with_its_columns(ask):
    assert ask("organisations", "--search", "nobody").out == "Organisations: none\n"
    assert (
        ask("organisations", "--search", "nobody", "--format", "csv").out.strip().split(",")
        == COLUMNS
    )
