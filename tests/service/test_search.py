"""The search page."""

import html
import re

import pytest
from django.urls import reverse

from convener.data.search import FILE
from service.finding_store import PERSON, finding_store, key_of
from service.small_store import build_store

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return finding_store(tmp_path_factory)


@pytest.fixture
def pointed(settings, store):
    settings.WORKSPACE = store.folder


def answer(client, status: int = 200, **query) -> str:
    response = client.get(reverse("search"), query)
    assert response.status_code == status
    return response.content.decode()


def plain(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


@pytest.mark.usefixtures("pointed")
def test_an_organisation_is_found_and_leads_to_its_page(store, client):
    page = answer(client, q="steady car")

    assert reverse("organisations-one", args=[key_of(store, "Steady Care Limited")]) in page
    assert "Organisations (1)" in plain(page)


@pytest.mark.usefixtures("pointed")
def test_where_only_contracts_match_contracts_are_shown(client):
    page = answer(client, q="lot 3")

    assert "Home care in lot 3" in plain(page)
    assert reverse("processes-one", args=["ocds-find01-3"]) in page


@pytest.mark.usefixtures("pointed")
def test_filters_stand_in_the_address(client):
    page = plain(answer(client, q="home", sort="contract", year="2024"))

    assert "Home care in lot 3" in page
    assert "Home care in lot 1" not in page
    assert "Nothing here has all of" in plain(answer(client, q="steady", kind="charity"))


@pytest.mark.usefixtures("pointed")
@pytest.mark.parametrize("typed", [PERSON, "Featherstone", "withheld", "gwendolyn"])
def test_a_person_is_not_found(client, typed):
    page = answer(client, q=typed, sort="organisation")

    assert "Nothing here has all of" in plain(page)
    assert "/market/organisations/" not in page


@pytest.mark.usefixtures("pointed")
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"q": '" OR 1=1 --'}, 200),
        ({"q": "<script>alert(1)</script>"}, 200),
        ({"q": "a" * 10_000}, 200),
        ({"q": "\x00"}, 200),
        ({"q": "care", "sort": "person"}, 400),
        ({"q": "care", "kind": "individual"}, 400),
        ({"q": "care", "kind": "x"}, 400),
        ({"q": "care", "year": "20x4", "sort": "contract"}, 400),
        ({"q": "care", "page": "0"}, 400),
        ({"q": "care", "page": "99999"}, 400),
        ({"q": "care", "page": "²"}, 400),
    ],
)
def test_hostile_queries_are_answered_clearly(client, query, status):
    assert "<script>alert" not in answer(client, status, **query)


@pytest.mark.usefixtures("pointed")
def test_without_words_it_says_how_to_search(client):
    assert "Every word must be there" in plain(answer(client))
    assert "There is no word in that" in plain(answer(client, q="%%%"))


def test_an_empty_store_says_how_to_load(workspace, client):
    assert "Nothing is loaded yet" in plain(answer(client, q="care"))


def test_a_store_without_an_index_says_so(settings, tmp_path, client):
    store = build_store(tmp_path)
    for path in store.folder.glob(f"parts/*/derived/{FILE}"):
        path.unlink()
    settings.WORKSPACE = store.folder

    assert "cannot be searched yet" in plain(answer(client, q="care"))
