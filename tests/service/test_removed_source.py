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
    files = given / f"{GONE}.jsonl", given / f"{LEFT}.csv"
    assert run("load", *files, "--on", "2025-03-31").code == 0
    return run


def services(folder) -> set[str]:
    with Store(folder).connect() as connection:
        return {market.service for market in known_markets(connection, folder)}


# One store tells the whole story: each load and each removal of a source is dear.
def test_what_stood_on_a_source_goes_with_it_and_says_so_and_the_rest_stays(run, settings, client):
    before = services(settings.WORKSPACE)
    pages = [page.format(service="home-care") for page in PAGES]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert run("market").code == 0
    found, *_ = client.get("/api/search?q=Good+Care").json()["rows"]
    provider = f"/market/organisations/{found['key']}/"
    assert "awarded" in client.get(provider + "?basis=awards").content.decode()

    assert run("sources", "remove", GONE).code == 0

    after = services(settings.WORKSPACE)
    [stays] = after
    assert "home-care" in before - after
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    check_market_says_that_it_went(client, stays)
    check_comparison_leaves_out(client, stays)
    check_provider_without_what_went(client, provider)

    assert run("sources", "remove", LEFT).code == 0

    assert "Nothing is loaded yet" in client.get("/").content.decode()
    assert client.get("/market/home-care/").status_code == 404
    assert client.get(f"/market/{stays}/").status_code == 404


def check_market_says_that_it_went(client, stays: str) -> None:
    shown = client.get("/market/home-care/").content.decode()
    assert "No market is called &#39;home-care&#39;." in shown
    assert 'href="/market/"' in shown
    assert json.loads(client.get("/market/home-care/providers.json").content)["status"] == 404
    assert client.get(f"/market/{stays}/").status_code == 200
    listed = client.get("/market/").content.decode()
    assert f'href="/market/{stays}/"' in listed
    assert "/market/home-care/" not in listed
    assert GONE not in client.get("/market/sources/").content.decode()


def check_comparison_leaves_out(client, stays: str) -> None:
    response = client.get(f"/market/compare/?service=home-care&service={stays}")

    shown = response.content.decode()
    assert response.status_code in (200, 404)
    assert "<b>Left out.</b>" in shown or "Left out." in shown
    assert "home-care" in shown


def check_provider_without_what_went(client, page: str) -> None:
    for where in (page, page + "?basis=awards", page + "?basis=payments"):
        response = client.get(where)
        assert response.status_code == 200
        assert "awarded" not in response.content.decode()
