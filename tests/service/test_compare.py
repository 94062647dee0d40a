"""Markets side by side: the address chooses them, and only ranges that lie apart differ."""

from __future__ import annotations

import csv
import html
import io
import json
import re

import pytest

from convener.measures.run import Row
from convener.service.market.compare import Cell, Column, Wanted, claim
from convener.service.market.data import market_data
from convener.service.market.listing import find_market
from convener.service.market.switches import sheet_of, usual_choices
from service.small_store import CARE, HOMES

pytestmark = pytest.mark.django_db
WHERE = "/market/compare/"
AREAS = f"{WHERE}?service={HOMES}&service={HOMES}&area=Ashby&area=Beckton"
BOTH = f"{WHERE}?service={HOMES}&service={CARE}"


def page(client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:2000]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def test_without_markets_the_page_offers_some(loaded, client):
    response = client.get(WHERE)

    shown = response.content.decode()
    assert f'<option value="{HOMES}">' in shown
    assert "Or begin with" in shown


def test_two_areas_stand_side_by_side(loaded, client):
    shown = page(client, AREAS)

    assert "A Children's homes, Ashby" in shown
    assert "B Children's homes, Beckton" in shown
    assert "How this is computed" in shown
    assert "64.5%" in shown  # Brightside's 20 of 31 places in Ashby
    assert "6 entries; kind known for 83%" in shown


def test_markets_that_are_counted_differently_are_warned_of_and_not_compared(loaded, client):
    shown = page(client, BOTH)

    assert "They are not counted by the same thing: A by provision, B by awards." in shown
    assert "Counted differently: not compared." in shown
    assert "A is above B" not in shown
    assert "B is above A" not in shown


def test_one_market_is_asked_for_another(loaded, client):
    assert "One market is not a comparison." in page(client, f"{WHERE}?service={HOMES}")


@pytest.mark.parametrize(
    ("query", "said", "status"),
    [
        (f"service={HOMES}&service=nowhere", "No market is called 'nowhere'.", 404),
        (f"service={HOMES}&area=Atlantis", "nothing in the area 'Atlantis'", 400),
        (f"service={HOMES}&period=1066", "nothing in the period '1066'", 400),
        (f"service={HOMES}&basis=votes", "Basis is 'votes'", 400),
        (f"service={HOMES}&service={HOMES}", "was met twice; wanted each once", 400),
        (
            "&".join(f"service={HOMES}" for _ in range(9)),
            "9 markets were met; wanted two to 6",
            400,
        ),
        (f"service={HOMES}&service=&area=&area=Ashby", "without a service", 400),
    ],
)
def test_what_cannot_be_used_is_named_and_the_rest_is_shown(loaded, client, query, said, status):
    shown = page(client, f"{WHERE}?{query}", status)

    assert said.casefold() in shown.casefold()
    assert (
        "A Children's homes" in shown or "Atlantis" in query or "1066" in query or "votes" in query
    )


@pytest.mark.parametrize("query", ["service=%00", "area=%3Cscript%3E", "service=" + "x" * 9000])
def test_a_hostile_address_is_answered_clearly(loaded, client, query):
    response = client.get(f"{WHERE}?{query}")

    assert response.status_code in (400, 404)
    assert "<script>" not in response.content.decode().split("<main", 1)[1]


def test_an_empty_row_of_the_form_does_not_stay_in_the_address(loaded, client):
    query = f"service={HOMES}&area=Ashby&period=&basis=provision&service=&area=&period=&basis="

    response = client.get(f"{WHERE}?{query}")

    assert response.status_code == 302
    assert response["Location"] == f"{WHERE}?service={HOMES}&area=Ashby&period=&basis=provision"


def test_a_market_that_is_taken_out_takes_its_area_along(loaded, client):
    query = "service=&area=Ashby&period=&basis=provision"

    shown = client.get(f"{WHERE}?{query}&service={HOMES}&area=Beckton&period=&basis=provision")

    assert shown.status_code in (302, 400)


def test_the_page_can_be_cited(loaded, client):
    shown = page(client, AREAS)

    assert "“A: Children's homes, Ashby; B: Children's homes, Beckton”, read on " in shown
    assert (
        f"at http://testserver{WHERE}?service={HOMES}&area=Ashby&period=&basis=provision" in shown
    )
    assert "Sources: homes-list (loaded 4 May 2026)." in shown


def test_all_figures_are_given_as_csv_and_json(loaded, client):
    query = AREAS.removeprefix(WHERE)
    rows = list(
        csv.DictReader(io.StringIO(client.get(f"{WHERE}figures.csv{query}").content.decode()))
    )
    in_json = json.loads(client.get(f"{WHERE}figures.json{query}").content)

    assert len(rows) == len(in_json) > 10
    ashby = next(row for row in rows if row["area"] == "Ashby" and row["measure"] == "cr1")
    assert float(ashby["value"]) == pytest.approx(20 / 31)
    assert {row["kind"] for row in rows if row["measure"] == "share-by-kind"} > {"private"}
    assert client.get(f"{WHERE}figures.csv?service=nowhere").status_code == 404


# --- What may be claimed -------------------------------------------------------------------------


@pytest.fixture
def column(loaded):
    data = market_data()
    market = find_market(data, HOMES)
    sheet = sheet_of(data, market, usual_choices(market))
    return lambda letter: Column(letter, Wanted(HOMES), sheet)


def cell(column, letter, value, *, low=None, high=None, wilson=(None, None), basis="awards"):
    ends = (value if low is None else low, value if high is None else high)
    row = Row("hhi", {}, value, *ends, "index", 20, 1.0, basis, *wilson)
    return Cell(column(letter), row)


def test_ranges_that_overlap_claim_nothing(column):
    assert (
        claim([cell(column, "A", 5, low=3, high=6), cell(column, "B", 8, low=6, high=9)])
        == "No difference can be claimed."
    )


def test_ranges_that_lie_apart_are_said(column):
    cells = [
        cell(column, "A", 1, low=0, high=2),
        cell(column, "B", 8, low=6, high=9),
        cell(column, "C", 7, low=1, high=9),
    ]

    assert claim(cells) == "B is above A."


def test_shares_of_events_differ_only_where_their_wilson_intervals_do(column):
    near = [cell(column, "A", 0.2, wilson=(0.1, 0.4)), cell(column, "B", 0.5, wilson=(0.3, 0.7))]
    far = [cell(column, "A", 0.2, wilson=(0.1, 0.25)), cell(column, "B", 0.5, wilson=(0.3, 0.7))]

    assert claim(near) == "No difference can be claimed."
    assert claim(far) == "B is above A."


def test_figures_of_two_bases_are_not_compared(column):
    cells = [cell(column, "A", 1), cell(column, "B", 9, basis="payments")]

    assert claim(cells) == "Counted differently: not compared."
    assert claim([*cells, cell(column, "C", 4)]) == "C is above A."


def test_one_figure_alone_claims_nothing(column):
    assert claim([cell(column, "A", 1), cell(column, "B", None)]) == ""
