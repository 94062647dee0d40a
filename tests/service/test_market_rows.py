"""The contracts of a market, and the rows behind its figures."""

import csv
import html
import io
import json
import re

import pytest

from convener.measures.lists.rows import SORTS, sorts_of
from convener.measures.measure import find_measure
from convener.measures.sheet import usual_choices
from convener.service.market.data import market_data
from convener.service.market.listing import find_market
from convener.service.market.switches import sheet_of
from service.small_store import CARE, HOMES

pytestmark = pytest.mark.django_db


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:2000]
    return " ".join(response.content.decode().split())


def text(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def rows_of(client, address: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(client.get(address).content.decode())))


def test_contracts_are_listed_largest_first_and_their_sum_is_the_markets(loaded, client):
    shown = text(page(client, f"/market/{CARE}/contracts/"))

    assert "13 contracts that stand, worth £1.9m in all." in shown
    assert shown.index("£400k") < shown.index("£350k") < shown.index("£20.0k")
    market = find_market(market_data(), CARE)
    sheet = sheet_of(market_data(), market, usual_choices(market))
    listed = rows_of(client, f"/market/{CARE}/contracts.csv")
    assert sum(float(row["amount"]) for row in listed) == sheet.tables.facts.total


def test_a_column_says_how_it_is_sorted_and_turns_when_asked_again(loaded, client):
    first = page(client, f"/market/{CARE}/contracts/")
    turned = page(client, f"/market/{CARE}/contracts/?way=up")

    assert re.search(r'aria-sort="descending"><a [^>]*href="[^"]*way=up"[^>]*>Value', first)
    assert 'aria-sort="ascending"' in turned
    assert text(turned).index("£20.0k") < text(turned).index("£400k")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("provider=steady+care+limited", 6),
        ("provider=care", 6),
        ("buyer=Ashby+Council", 4),
        ("area=Ashby", 4),
        ("area=Ashby&provider=Neighbours", 1),
        ("period=2018", 4),
        ("provider=nobody", 0),
        ("ending=18", 0),
    ],
)
def test_contracts_are_narrowed_by_what_was_typed_or_chosen(loaded, client, query, count):
    listed = rows_of(client, f"/market/{CARE}/contracts.csv?{query}")

    assert len(listed) == count


def test_what_was_typed_is_kept_when_nothing_fits(loaded, client):
    shown = page(client, f"/market/{CARE}/contracts/?provider=%3Cb%3Ezz")

    assert "No contract fits." in shown
    assert 'value="&lt;b&gt;zz"' in shown


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("sort=luck", 400, "Sort is &#39;luck&#39;; it can be value, ends, awarded."),
        ("way=sideways", 400, "it can be up, down"),
        ("ending=soon", 400, "wanted a whole number from 1 to 120"),
        ("ending=9999", 400, "wanted a whole number from 1 to 120"),
        ("page=-1", 400, "wanted a whole number from 1"),
        ("page=99", 404, "There is no page 99 of 13 contracts."),
        ("provider=" + "x" * 300, 400, "wanted at most 200"),
        ("buyer=%00", 400, "wanted at most 200"),
    ],
)
def test_a_hostile_query_is_answered_with_what_was_wanted(loaded, client, query, status, said):
    response = client.get(f"/market/{CARE}/contracts/?{query}")

    assert response.status_code == status
    assert said in response.content.decode()


def test_a_market_without_notices_says_that_contracts_are_not_in_its_data(loaded, client):
    shown = text(page(client, f"/market/{HOMES}/contracts/"))

    assert "Contracts are not in this data." in shown


def test_contracts_are_given_as_json_with_the_same_columns(loaded, client):
    in_json = json.loads(client.get(f"/market/{CARE}/contracts.json").content)

    assert list(in_json[0]) == list(rows_of(client, f"/market/{CARE}/contracts.csv")[0])
    assert in_json[0]["providers"] == "Steady Care Limited"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"/market/{HOMES}/rows/hhi/", "7 rows"),
        (f"/market/{HOMES}/rows/hhi/?of=entries", "31 rows"),
        (f"/market/{HOMES}/rows/area-dominance/", "6 rows"),
        (f"/market/{CARE}/rows/single-bid-share/", "13 rows"),
        (f"/market/{CARE}/rows/buyer-dependence/", "3 rows"),
        (f"/market/{CARE}/rows/new-entrants/", "13 rows"),
        (f"/market/{HOMES}/rows/share-by-kind/?kind=unknown", "1 row of kind unknown"),
        (f"/market/{HOMES}/rows/hhi/?of=entries&kind=unknown", "6 rows of kind unknown"),
    ],
)
def test_a_figure_opens_to_the_rows_that_it_rests_on(loaded, client, address, said):
    assert said in text(page(client, address))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("of=votes", "opens to providers, entries, not to &#39;votes&#39;"),
        ("kind=firm", "Kind is &#39;firm&#39;"),
        ("area=Atlantis", "This market has nothing in the area"),
    ],
)
def test_rows_that_cannot_be_opened_are_refused(loaded, client, query, said):
    response = client.get(f"/market/{HOMES}/rows/hhi/?{query}")

    assert response.status_code == 400
    assert said in response.content.decode()


def test_every_figure_of_a_page_leads_to_its_rows(loaded, client):
    shown = page(client, f"/market/{CARE}/")

    links = set(re.findall(rf'href="(/market/{CARE}/rows/[a-z0-9-]+/)"', shown))
    assert len(links) >= 15
    for link in links:
        assert client.get(link).status_code == 200, link


def test_the_rows_behind_a_share_add_up_to_it(loaded, client):
    rows = rows_of(client, f"/market/{HOMES}/rows/hhi.csv")

    assert sum(float(row["share"]) for row in rows) == pytest.approx(1)
    assert sum((100 * float(row["share"])) ** 2 for row in rows) == pytest.approx(
        2095.43, abs=0.01
    )


@pytest.mark.parametrize("basis", ["awards", "payments", "provision"])
def test_every_measure_of_the_page_opens_to_some_sort_of_row(loaded, basis):
    market = find_market(market_data(), CARE)
    sheet = sheet_of(market_data(), market, usual_choices(market))

    for rows in sheet.rows.values():
        for row in rows:
            assert set(sorts_of(find_measure(row.measure), basis)) <= {*SORTS}
