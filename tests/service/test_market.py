import csv
import html
import io
import json
import re
from datetime import UTC, datetime

import pytest

from convener.service.charts import COLOURS
from convener.service.market.data import market_data
from service.small_store import CARE, HOMES, build_store

pytestmark = pytest.mark.django_db


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:2000]
    return " ".join(response.content.decode().split())


def text(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def test_the_home_page_shows_each_market_with_its_first_figures(loaded, client):
    shown = text(page(client, "/"))

    assert "Children's homes" in shown
    assert "Home care" in shown
    assert "2 sources of open data" in shown
    assert "2,095" in shown
    assert "78%" in shown


def test_an_empty_store_says_how_to_load_data(workspace, client):
    for address in ("/", "/market/", "/market/sources/"):
        shown = text(page(client, address))

        assert "Nothing is loaded yet" in shown
        assert "convener load" in shown
        assert "convener demo" in shown


def test_a_market_says_what_its_figures_force_and_what_they_rest_on(loaded, client):
    shown = text(page(client, f"/market/{HOMES}/"))

    assert (
        "Between 54% and 61% of all places are with private providers, and the largest of 7 "
        "providers, Brightside Homes Limited, holds 33%." in shown
    )
    assert "In 3 of the 6 areas that can be judged one provider holds 30% or more" in shown
    assert "Rests on 31 entries in 6 areas." in shown


def test_a_market_has_five_readings_and_each_leads_to_its_definition(loaded, client):
    shown = page(client, f"/market/{HOMES}/")

    for title in ("Mix", "Concentration", "Contest", "Access", "Fragility"):
        assert f"<h3>{title}</h3>" in shown
    assert shown.count("How this is computed") == 5
    assert 'href="/market/measures/hhi/"' in shown


def test_the_edges_of_a_band_are_marked_and_their_source_is_named(loaded, client):
    shown = page(client, f"/market/{CARE}/")

    edges = re.findall(r'<line x1="([\d.]+)%"[^>]*cv-mark__band', shown)
    assert edges == ["10.00", "18.00", "10.00", "20.00"]  # of HHI to 10,000; of single bids
    assert "Band: US merger guidelines 2023, unconfirmed." in shown
    assert "Band: EU single market scoreboard, unconfirmed." in shown


def test_a_reading_without_data_gives_no_figure_and_says_why(loaded, client):
    shown = text(page(client, f"/market/{HOMES}/"))

    assert "No figure" in shown
    assert "what share drew only one?" in shown


def test_what_public_bodies_provide_is_said_to_be_absent_from_awards_and_not_zero(loaded, client):
    shown = text(page(client, f"/market/{CARE}/"))

    assert "In-house delivery is not in this data." in shown
    assert "In-house public not in this data" in shown


def test_a_mix_chart_stands_beside_its_table_in_the_fixed_order(loaded, client):
    shown = page(client, f"/market/{HOMES}/")

    names = re.findall(r'cv-kind--([a-z-]+)">', shown.split("Kinds of provider<", 1)[1])[:5]
    assert names == ["in-house", "private", "charity", "social-enterprise", "unknown"]
    for kind in ("in-house", "private", "charity"):
        assert f'fill="{COLOURS[kind]}"' in shown
    assert re.search(r'<svg role="img" aria-label="All areas: In-house public 8%', shown)


def test_a_choice_in_the_address_changes_the_figures_and_is_marked(loaded, client):
    shown = page(client, f"/market/{CARE}/?framework=ceiling")

    assert '<b aria-current="true">All to each</b>' in shown
    assert f'href="/market/{CARE}/"' in shown
    assert f'href="/market/{CARE}/?entity=name&amp;framework=ceiling"' in shown


def test_a_market_can_be_narrowed_to_an_area_and_a_year(loaded, client):
    shown = text(page(client, f"/market/{CARE}/?area=Ashby&period=2018"))

    assert "Contracts awarded in Ashby" in shown
    assert "All areas" in shown


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("basis=votes", "Basis is &#39;votes&#39;; it can be provision here."),
        ("entity=brand", "Entity is &#39;brand&#39;"),
        ("framework=random", "Framework is &#39;random&#39;"),
        ("area=Atlantis", "This market has nothing in the area &#39;Atlantis&#39;."),
        ("period=1066", "This market has nothing in the period &#39;1066&#39;."),
    ],
)
def test_a_choice_that_is_not_there_is_refused_with_those_that_are(loaded, client, query, said):
    response = client.get(f"/market/{HOMES}/?{query}")

    assert response.status_code == 400
    assert said in response.content.decode()


def test_a_market_that_does_not_exist_names_those_near_it(loaded, client):
    response = client.get("/market/childs-home/")

    shown = response.content.decode()
    assert response.status_code == 404
    assert "No market is called &#39;childs-home&#39;." in shown
    assert f'href="/market/{HOMES}/"' in shown


def test_markets_are_found_by_what_was_typed_even_misspelt(loaded, client):
    shown = page(client, "/market/?q=childrn+home")

    assert f'href="/market/{HOMES}/"' in shown
    assert 'value="childrn home"' in shown


def test_a_search_without_an_answer_keeps_what_was_typed(loaded, client):
    shown = page(client, "/market/?q=%3Cb%3Ezzzzzz")

    assert "No market is like “&lt;b&gt;zzzzzz”." in shown
    assert 'value="&lt;b&gt;zzzzzz"' in shown


def test_a_name_that_holds_markup_is_shown_as_text(loaded, client):
    shown = page(client, f"/market/{HOMES}/")

    assert "=Formula &amp; &lt;b&gt;Sons&lt;/b&gt;" in shown
    assert "<b>Sons" not in shown


@pytest.mark.parametrize(
    "table", ["kinds", "providers", "areas", "figures", "years", "losses", "places"]
)
def test_each_table_is_given_whole_as_csv_and_json(loaded, client, table):
    in_csv = client.get(f"/market/{HOMES}/{table}.csv")
    in_json = client.get(f"/market/{HOMES}/{table}.json")

    rows = list(csv.DictReader(io.StringIO(in_csv.content.decode())))
    assert in_csv["Content-Type"].startswith("text/csv")
    assert f"{HOMES}-{table}.csv" in in_csv["Content-Disposition"]
    assert len(rows) == len(json.loads(in_json.content)) > 0
    assert list(rows[0]) == list(json.loads(in_json.content)[0])


@pytest.mark.parametrize("address", ["providers.json", "rows/hhi.json"])
def test_a_list_of_places_names_no_buyers_and_says_none_and_not_nought(loaded, client, address):
    rows = client.get(f"/market/{HOMES}/{address}").json()

    assert {row["buyers"] for row in rows} == {None}


def test_a_name_that_starts_a_formula_is_defused_in_csv(loaded, client):
    lines = client.get(f"/market/{HOMES}/providers.csv").content.decode()

    assert "'=Formula" in lines
    assert "\n=Formula" not in lines


def test_a_table_that_a_market_does_not_have_is_not_found(loaded, client):
    response = client.get(f"/market/{HOMES}/secrets.json")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert (
        "kinds, providers, buyers, areas, figures, years, losses, places"
        in json.loads(response.content)["detail"]
    )


def test_the_list_of_markets_is_given_as_a_file(loaded, client):
    rows = list(csv.DictReader(io.StringIO(client.get("/market/all.csv").content.decode())))

    by_service = {row["service"]: row for row in rows}
    assert float(by_service[HOMES]["hhi"]) == pytest.approx(2095.43, abs=0.01)
    assert float(by_service[HOMES]["cr1"]) == pytest.approx(42 / 129)
    assert float(by_service[HOMES]["share_private"]) == pytest.approx(70 / 129)


def test_a_load_shows_on_the_next_page_without_a_restart(settings, tmp_path, client):
    settings.WORKSPACE = tmp_path
    assert "Nothing is loaded yet" in page(client, "/")

    build_store(tmp_path)

    assert "Nothing is loaded yet" not in page(client, "/")


def test_a_reader_keeps_the_snapshot_that_it_opened(settings, tmp_path):
    settings.WORKSPACE = tmp_path
    store = build_store(tmp_path)
    before = market_data()
    cursor = before.cursor()

    with store.writing(at=datetime(2026, 6, 1, tzinfo=UTC)) as load:
        load.switch(type(load.manifest)())

    assert market_data() is not before
    assert market_data().is_empty
    assert cursor.execute("select count(*) from provision").fetchone() == (31,)


@pytest.mark.parametrize("address", ["/", "/market/", f"/market/{HOMES}/", "/no/such/page"])
def test_invented_data_says_so_on_every_page(settings, tmp_path_factory, client, address):
    folder = tmp_path_factory.mktemp("demo")
    build_store(folder, prefix="demo-")
    settings.WORKSPACE = folder

    assert "<b>Invented.</b>" in client.get(address).content.decode()


def test_real_data_is_not_called_invented(loaded, client):
    assert "Invented" not in page(client, "/")


def test_a_demonstration_that_was_asked_for_says_so(loaded, client, settings):
    from dataclasses import replace

    settings.CONFIGURATION = replace(settings.CONFIGURATION, is_demo=True)
    settings.ROOT_URLCONF = "service.demo_urls"

    assert "<b>Invented.</b>" in page(client, "/")
