"""A figure over the years as a small line, and what a commissioner is shown to look at."""

from dataclasses import replace
from datetime import date

import pytest

from convener.base.kinds import Kind
from convener.measures.rows import Row
from convener.service.market.advice import advice
from convener.service.market.history import mix_by_year, over_time
from convener.service.market.trend import left_out_said, list_breaks, trend_of
from convener.service.words import number
from service.made_market import Holds, awarded, provided

AREAS = ("Ashby", "Beckton", "Corley")


def row(year: str, value: float, *, count: int = 100, name: str = "hhi", **group: str) -> Row:
    return Row(name, {"period": year, **group}, value, value, value, "", count, 1.0, "provision")


@pytest.fixture(scope="module")
def homes():
    return provided(Holds(f"Firm {area}", "private", area, 6) for area in AREAS)


@pytest.fixture(scope="module")
def awards():
    held = [
        Holds("Main Ltd", "private", area, 9_000, bids=1, ends="2025-03-31") for area in AREAS
    ] * 4
    return awarded([*held, Holds("Odd Ltd", "unknown", "Ashby", 1_000)])


def test_a_line_has_its_first_and_last_value_written(homes):
    sheet = replace(homes, trend=[row("2019", 10), row("2020", 30), row("2021", 20)])

    line = trend_of(sheet, "hhi", number)

    assert (line.first_said, line.last_said, line.last_year) == ("2019: 10", "20", "2021")
    assert line.says == "rose from 10 in 2019 to 20 in 2021"
    assert len(line.pieces) == 1
    assert not line.breaks


def test_a_line_breaks_where_a_year_has_no_figure(homes):
    sheet = replace(homes, trend=[row("2017", 10), row("2018", 12), row("2021", 20)])

    line = trend_of(sheet, "hhi", number)

    assert len(line.pieces) == 2
    assert len(line.breaks) == 1


def listed(homes, *counts):
    mix = [
        row(str(2019 + at), 1.0, count=count, name="share-by-kind", kind="private")
        for at, count in enumerate(counts)
    ]
    return replace(homes, trend=[*mix, row("2019", 9), row("2020", 9), row("2021", 8)])


def test_a_line_breaks_where_a_list_grew_by_more_than_a_tenth(homes):
    sheet = listed(homes, 1_000, 1_090, 1_300)

    assert [(one.year, one.before, one.records) for one in list_breaks(sheet)] == [
        ("2021", 1_090, 1_300)
    ]
    assert len(trend_of(sheet, "hhi", number).pieces) == 2


def test_a_short_list_may_grow_by_a_few_without_a_break(homes):
    assert list_breaks(listed(homes, 100, 109, 130)) == ()
    assert [one.year for one in list_breaks(listed(homes, 100, 109, 141))] == ["2021"]


def test_one_year_and_a_figure_that_may_be_none_have_no_line(homes):
    one = replace(homes, trend=[row("2021", 20)])
    unsure = replace(row("2020", 0.0), high=0.3)
    two = replace(homes, trend=[unsure, row("2021", 0.2)])

    assert trend_of(one, "hhi", number) is None
    assert trend_of(two, "hhi", number) is None


def test_a_line_of_awards_leaves_out_a_year_that_has_not_ended(awards):
    facts = replace(awards.tables.facts, last_on=date(2024, 6, 1))
    rows = [row("2022", 10), row("2023", 12), row("2024", 90)]
    sheet = replace(awards, trend=rows, tables=replace(awards.tables, facts=facts))

    assert trend_of(sheet, "hhi", number).last_year == "2023"


def test_a_year_of_next_to_nothing_is_not_followed_and_it_is_said(awards):
    facts = replace(awards.tables.facts, last_on=date(2022, 12, 31))
    mix = [
        row(year, 1.0, count=count, name="share-by-kind", kind="private")
        for year, count in (("2019", 8), ("2020", 9_000), ("2021", 2_000), ("2022", 450))
    ]
    rows = [row(year, 10) for year in ("2019", "2020", "2021", "2022")]
    sheet = replace(awards, trend=[*mix, *rows], tables=replace(awards.tables, facts=facts))

    assert trend_of(sheet, "hhi", number).first_said == "2020: 10"
    assert left_out_said(sheet) == "Lines leave out 2019, of which the data has 8 records."
    assert over_time(sheet)["years_said"] == ["Private: 100% of the value awarded, as in 2020."]
    assert over_time(sheet)["years_breaks"] == ["2019 rests on 8 records: too few to follow."]


def test_the_mix_of_each_year_is_said_from_the_first_to_the_last(homes):
    mix = [
        row(year, share, name="share-by-kind", kind=kind)
        for year, shares in (("2020", (0.6, 0.4)), ("2021", (0.7, 0.3)))
        for kind, share in zip(("private", "in-house"), shares, strict=True)
    ]
    sheet = replace(homes, trend=mix)

    assert [one.shares[Kind.PRIVATE] for one in mix_by_year(sheet)] == [0.6, 0.7]
    assert over_time(sheet)["years_said"] == [
        "Private rose from 60% in 2020 to 70% in 2021.",
        "In-house public fell from 40% in 2020 to 30% in 2021.",
    ]


def test_each_line_to_look_at_has_rows_behind_it(awards):
    lines = {line.head: line.address for line in advice(awards)}

    assert "12 contracts end within 18 months." in lines
    assert lines["12 contracts end within 18 months."].endswith("/contracts/?ending=18")
    assert "12 tenders of 13 drew one bid." in lines
    assert "1 provider of unknown kind holds 0.9% of the value awarded." in lines
    assert "2 areas have one provider only." in lines
    assert all("None" not in head for head in lines)


def test_a_list_of_provision_says_that_ends_are_not_in_its_data(homes):
    heads = [line.head for line in advice(homes)]

    assert "Contracts ending within 18 months: not in this data." in heads
    assert not [head for head in heads if "bid" in head or "lots" in head]


def test_what_an_area_would_lose_counts_what_others_hold_there(awards):
    [ashby, *others] = sorted(awards.tables.losses, key=lambda loss: loss.name)

    assert (ashby.amount, ashby.total, ashby.others) == (36_000, 37_000, 1)
    assert all(loss.amount == loss.total and loss.others == 0 for loss in others)
