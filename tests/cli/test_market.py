"""`convener market`: the markets there are, and the balance sheet of one."""

from __future__ import annotations

import pytest

from commands import refused
from convener.measures.balance import READINGS


def test_the_markets_are_listed_with_what_each_rests_on(ask):
    rows = {(row["service"], row["level"]): row for row in ask("market", "--json").rows}

    assert rows["home-care", "bundle"] == {
        "service": "home-care",
        "level": "bundle",
        "processes": 4,
        "payments": 3,
        "provision": 0,
    }
    assert {level for _, level in rows} == {"bundle", "label", "division", "group", "class"}


def test_markets_of_one_level_are_listed(ask):
    assert [row["service"] for row in ask("market", "--level", "division", "--json").rows] == [
        "85"
    ]


def test_a_balance_sheet_has_the_five_readings_in_order(ask):
    rows = ask("market", "home-care", "--json").rows

    assert list(dict.fromkeys(row["reading"] for row in rows)) == [one.key for one in READINGS]
    assert {row["measure"] for row in rows} == {name for one in READINGS for name in one.measures}


def test_a_balance_sheet_on_a_screen_asks_its_questions(ask):
    answer = ask("market", "home-care")

    assert answer.code == 0
    for one in READINGS:
        assert f"{one.title}: {one.asks}" in answer.out


@pytest.mark.parametrize(
    ("words", "basis", "count"),
    [
        ((), "payments", 2),
        (("--basis", "awards"), "awards", 5),
        (("--basis", "awards", "--area", "North West"), "awards", 1),
        (("--basis", "awards", "--period", "2024"), "awards", 2),
        (("--basis", "awards", "--source", "awards"), "awards", 5),
        (("--source", "payments"), "payments", 2),
    ],
)
def test_a_balance_sheet_is_of_what_was_asked(ask, words, basis, count):
    rows = ask("market", "home-care", *words, "--json").rows

    [cr1] = [row for row in rows if row["measure"] == "cr1"]
    assert (cr1["basis"], cr1["count"]) == (basis, count)


@pytest.mark.parametrize(
    ("entity", "framework", "largest"),
    [
        ("owner", "split", 1950 / 2700),
        ("owner", "lead", 2400 / 2700),
        ("owner", "ceiling", 2400 / 3600),
        ("organisation", "split", 1450 / 2700),
        ("name", "split", 1450 / 2700),
    ],
)
def test_a_balance_sheet_groups_and_shares_as_asked(ask, entity, framework, largest):
    choices = ("--basis", "awards", "--entity", entity, "--framework", framework)

    rows = ask("market", "home-care", *choices, "--json").rows

    [cr1] = [row for row in rows if row["measure"] == "cr1"]
    assert cr1["value"] == pytest.approx(largest)


def test_what_the_rules_of_a_service_keep_out_is_listed_with_the_reason(new, given, tmp_path):
    text = (given / "awards.jsonl").read_text().replace("Home care", "Home care software", 1)
    (tmp_path / "awards.jsonl").write_text(text)
    new("load", tmp_path / "awards.jsonl")

    [row] = new("market", "home-care", "--left-out", "--json").rows

    assert (row["ocid"], row["title"], row["source"]) == (
        "ocds-213czf-1",
        "Home care software",
        "awards",
    )
    assert row["reason"]
    assert new("market", "home-care", "--left-out", "--source", "others", "--json").rows == []
    assert {one["processes"] for one in new("market", "--level", "bundle", "--json").rows} == {3}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["85", "--left-out"], ["no bundle is called '85'", "home-care"]),
        (["hom-care"], ["no market is called 'hom-care'", "`convener market`"]),
        (["--level", "family"], ["'family'", "bundle"]),
        (["--area", "London"], ["--area", "convener market SERVICE"]),
        (["home-care", "--source", "spend"], ["'spend'"]),
        (["home-care", "--entity", "brand"], ["'brand'"]),
    ],
)
def test_a_market_that_does_not_exist_is_refused(ask, words, said):
    refused(ask("market", *words), *said)


@pytest.mark.parametrize("words", [[], ["home-care"]])
def test_a_store_with_nothing_in_it_has_no_markets(new, words):
    refused(new("market", *words), "nothing is loaded")
