"""Pages of a market that stood on a source, before and after a person took the source out."""

from __future__ import annotations

import json

import pytest

from commands import Command, command_in, write_files
from convener.data.store import Store
from convener.measures.markets import known_markets

pytestmark = pytest.mark.django_db
GONE, LEFT = "awards", "places"
PAGES = (
    "/market/{service}/",
    "/market/{service}/?entity=name",
    "/market/{service}/contracts/",
    "/market/{service}/what-if/",
    "/market/{service}/rows/hhi/",
    "/market/{service}/providers.csv",
    "/market/{service}/rows/hhi.json",
    "/market/processes/ocds-213czf-1/",
    f"/market/sources/{GONE}/",
    "/api/markets/{service}",
)


@pytest.fixture
def run(tmp_path, settings) -> Command:
    """Load two sources as a person does, and point the pages at the store."""
    given = tmp_path / "given"
    given.mkdir()
    write_files(given)
    settings.WORKSPACE = tmp_path / "workspace"
    run = command_in(settings.WORKSPACE)
    assert run("load", given / f"{GONE}.jsonl").code == 0
    assert run("load", given / f"{LEFT}.csv", "--on", "2025-03-31").code == 0
    return run


def services(folder) -> set[str]:
    with Store(folder).connect() as connection:
        return {market.service for market in known_markets(connection, folder)}


def test_a_market_goes_with_its_source_and_says_so_and_the_rest_stays(run, settings, client):
    before = services(settings.WORKSPACE)
    assert run("market").code == 0
    pages = [page.format(service="home-care") for page in PAGES]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)

    assert run("sources", "remove", GONE).code == 0

    after = services(settings.WORKSPACE)
    [stays] = after
    assert "home-care" in before - after
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    shown = client.get("/market/home-care/").content.decode()
    assert "No market is called &#39;home-care&#39;." in shown
    assert 'href="/market/"' in shown
    assert json.loads(client.get("/market/home-care/providers.json").content)["status"] == 404
    assert client.get(f"/market/{stays}/").status_code == 200
    listed = client.get("/market/").content.decode()
    assert f'href="/market/{stays}/"' in listed
    assert "/market/home-care/" not in listed
    assert GONE not in client.get("/market/sources/").content.decode()


def test_a_comparison_with_a_market_that_went_leaves_it_out_and_says_so(run, settings, client):
    both = services(settings.WORKSPACE)
    assert run("sources", "remove", GONE).code == 0
    [stays] = services(settings.WORKSPACE)
    assert stays in both

    response = client.get(f"/market/compare/?service=home-care&service={stays}")

    shown = response.content.decode()
    assert response.status_code in (200, 404)
    assert "<b>Left out.</b>" in shown or "Left out." in shown
    assert "home-care" in shown


def test_who_provides_elsewhere_keeps_a_page_without_what_went(run, settings, client):
    found, *_ = client.get("/api/search?q=Good+Care").json()["rows"]
    page = f"/market/organisations/{found['key']}/"
    assert "awarded" in client.get(page + "?basis=awards").content.decode()

    assert run("sources", "remove", GONE).code == 0

    for where in (page, page + "?basis=awards", page + "?basis=payments"):
        response = client.get(where)
        assert response.status_code == 200
        assert "awarded" not in response.content.decode()


def test_the_last_source_taken_out_leaves_pages_that_say_how_to_begin(run, client):
    assert run("sources", "remove", GONE).code == 0
    assert run("sources", "remove", LEFT).code == 0

    assert "Nothing is loaded yet" in client.get("/").content.decode()
    assert client.get("/market/home-care/").status_code == 404
