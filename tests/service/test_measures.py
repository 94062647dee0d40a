import pytest

from convener.measures.measure import catalogue
from convener.service.market.spoken import SPOKEN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("workspace")]


def test_every_measure_is_in_the_catalogue_page(client):
    shown = client.get("/market/measures/").content.decode()

    for name in catalogue():
        assert f'href="/market/measures/{name}/"' in shown


@pytest.mark.parametrize("name", catalogue())
def test_every_measure_has_a_page_that_says_what_it_asks_and_shows_its_sql(client, name):
    response = client.get(f"/market/measures/{name}/")

    shown = response.content.decode()
    assert response.status_code == 200
    assert "What it says" in shown
    assert "select" in shown.split("<pre", 1)[1]


def test_a_measure_that_does_not_exist_names_those_spelt_like_it(client):
    response = client.get("/market/measures/hhy/")

    assert response.status_code == 404
    assert "hhi" in response.content.decode()


def test_every_measure_that_pages_put_into_words_exists():
    assert set(SPOKEN) <= set(catalogue())
