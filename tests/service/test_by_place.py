"""The mix by region or area as a market's page tells it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from convener.base.kinds import Kind
from convener.measures.lists.holders import Held
from convener.service.market.by_place import by_place, mix_by_place, places_file
from service.made_market import Holds, provided
from service.small_store import CARE, HOMES


@pytest.fixture(scope="module")
def homes():
    return provided(
        [
            Holds("Main Ltd", "private", "Ashby", 30),
            Holds("Near Ltd", "private", "Ashby", 30),
            Holds("Main Ltd", "private", "Beckton", 30),
            Holds("Beckton Council", "in-house", "Beckton", 90),
            Holds("Odd Ltd", "unknown", "Beckton", 30),
        ]
    )


def held(name: str, kind: Kind, amount: float | None, *, things: float = 9, region=False) -> Held:
    return Held(name, region, kind, things, amount)


def with_mixes(sheet, *mixes: Held):
    return replace(sheet, tables=replace(sheet.tables, mixes=mixes))


def test_the_largest_place_comes_first_and_shares_are_of_the_place(homes):
    first, second = mix_by_place(homes)

    assert (first.name, second.name) == ("Beckton", "Ashby")
    assert first.shares == {
        Kind.PRIVATE: pytest.approx(0.2),
        Kind.IN_HOUSE: pytest.approx(0.6),
        Kind.UNKNOWN: pytest.approx(0.2),
    }
    assert second.shares == {Kind.PRIVATE: 1.0}


def test_it_is_said_where_a_kind_is_known_to_hold_least_and_most(homes):
    said = by_place(homes)["places_said"]

    assert sorted(said) == [
        "In-house public: 0% of all places in Ashby, 60\u201380% in Beckton.",
        "Private: 20\u201340% of all places in Beckton, 100% in Ashby.",
    ]


def test_nothing_is_said_that_the_unknown_leaves_open(homes):
    sheet = with_mixes(
        homes,
        held("Ashby", Kind.PRIVATE, 50),
        held("Ashby", Kind.UNKNOWN, 50),
        held("Beckton", Kind.PRIVATE, 90),
        held("Beckton", Kind.UNKNOWN, 10),
    )

    assert by_place(sheet)["places"]
    assert by_place(sheet)["places_said"] == []


def test_what_has_no_place_comes_last_and_is_called_so(homes):
    sheet = with_mixes(
        homes,
        held("unknown", Kind.PRIVATE, 900, region=True),
        held("North", Kind.PRIVATE, 5, region=True),
        held("South", Kind.CHARITY, 50, region=True),
    )

    found = by_place(sheet)

    assert [one.name for one in found["places"]] == ["South", "North", ""]
    assert found["place_noun"] == "region"
    assert "Region not known" in found["places_chart"].wide


@pytest.mark.parametrize(
    "mixes",
    [
        (),
        (held("Ashby", Kind.PRIVATE, 5),),
        (held("Ashby", Kind.PRIVATE, 5), held("unknown", Kind.PRIVATE, 5)),
        (held("Ashby", Kind.UNKNOWN, 5), held("Beckton", Kind.PRIVATE, 5)),
        (held("Ashby", Kind.PRIVATE, None), held("Beckton", Kind.PRIVATE, 5)),
    ],
)
def test_fewer_than_two_places_with_a_known_mix_have_no_part_on_the_page(homes, mixes):
    assert by_place(with_mixes(homes, *mixes)) == {"places": []}


def test_the_page_shows_the_twelve_largest_and_the_file_has_all(homes):
    sheet = with_mixes(
        homes, *(held(f"Area {number:02}", Kind.PRIVATE, number) for number in range(1, 21))
    )

    found = by_place(sheet)

    assert len(found["places"]) == 12
    assert found["places_left"] == "The 12 largest of 20 areas; the file has all."
    assert len(places_file(sheet)[1]) == 20


@pytest.mark.django_db
def test_the_page_has_the_mix_by_area_its_table_and_its_file(loaded, client):
    shown = " ".join(client.get(f"/market/{HOMES}/").content.decode().split())
    rows = list(
        csv.DictReader(io.StringIO(client.get(f"/market/{HOMES}/places.csv").content.decode()))
    )

    assert "<h2>The mix by area</h2>" in shown
    assert "Table: mix by area" in shown
    assert f'href="/market/{HOMES}/places.csv"' in shown
    for place in {row["place"] for row in rows}:
        assert place in shown
        assert sum(float(r["share"]) for r in rows if r["place"] == place) == pytest.approx(1)


@pytest.mark.django_db
def test_a_market_in_one_area_has_no_mix_by_area(loaded, client):
    shown = client.get(f"/market/{CARE}/?area=Ashby").content.decode()

    assert "The mix by" not in shown
