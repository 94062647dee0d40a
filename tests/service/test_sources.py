import json

import pytest

from convener.rules.access import Role
from convener.service.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
MET = "Mrs Ann Example, 3 Some Street"


def test_each_source_is_listed_with_what_it_holds(client):
    shown = client.get("/market/sources/").content.decode()

    assert 'href="/market/sources/homes-list/"' in shown
    assert 'href="/market/sources/care-awards/"' in shown


def test_a_source_says_what_can_be_concluded_from_it(client):
    shown = client.get("/market/sources/homes-list/").content.decode()

    assert "50 rows read, 1 refused." in shown
    assert "It can tell who owns the places: known for 100% of provision." in shown
    assert "No name of a provider." in shown


def test_the_public_does_not_see_the_words_of_a_refused_row(client):
    for address in ("/market/sources/homes-list/", "/market/sources/homes-list/report.json"):
        assert MET not in client.get(address).content.decode()


def test_an_analyst_sees_the_words_of_a_refused_row(client):
    client.force_login(User.objects.create_user("ann@example.org", role=Role.ANALYST))

    shown = client.get("/market/sources/homes-list/report.json")

    assert json.loads(shown.content)["reading"]["places"][0]["met"] == MET


def test_nobody_sees_where_on_a_machine_a_source_lay(client):
    for address in ("/market/sources/", "/market/sources/homes-list/"):
        assert "/home/someone" not in client.get(address).content.decode()


def test_a_source_that_is_not_loaded_is_not_found_and_the_loaded_are_named(client):
    response = client.get("/market/sources/nothing/")

    assert response.status_code == 404
    assert "homes-list" in response.content.decode()
