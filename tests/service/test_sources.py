import json

import pytest

from convener.data.store import Source
from convener.rules.access import Role
from convener.service.market.source import concluded, other_notes, where_from
from service.furniture import make_user

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
    client.force_login(make_user(Role.ANALYST, "ann@example.org"))

    shown = client.get("/market/sources/homes-list/report.json")

    assert json.loads(shown.content)["reading"]["places"][0]["met"] == MET


def test_nobody_sees_where_on_a_machine_a_source_lay(client):
    for address in ("/market/sources/", "/market/sources/homes-list/"):
        assert "/home/someone" not in client.get(address).content.decode()


def test_a_source_that_is_not_loaded_is_not_found_and_the_loaded_are_named(client):
    response = client.get("/market/sources/nothing/")

    assert response.status_code == 404
    assert "homes-list" in response.content.decode()


def test_a_source_says_where_it_is_from_and_whether_its_licence_is_known(client):
    shown = client.get("/market/sources/homes-list/").content.decode()

    assert "Not stated in the source: ask its publisher before reuse" in shown
    assert "A file that was given to convener" in shown


def test_publisher_and_licence_are_told_as_the_source_gives_them():
    source = Source(
        "a", 1, "ocds", "https://user:secret@example.org/a.json?token=x", "f" * 64, "", ""
    )
    notes = ["published by A Council", "licence: https://example.org/licence", "other"]
    told = dict(where_from(source, {"reading": {"notes": notes}}))

    assert told["Published by"] == "A Council"
    assert told["Licence"] == "https://example.org/licence"
    assert told["Address"] == "https://example.org/a.json"
    assert other_notes({"reading": {"notes": notes}}) == ["other"]


def test_what_can_be_concluded_is_parted():
    said = ["It can tell x.", "It cannot tell y.", "In-house delivery is not here."]

    assert concluded(said) == [
        ("It can tell", ["It can tell x."]),
        ("It cannot tell", ["It cannot tell y."]),
        ("Mind", ["In-house delivery is not here."]),
    ]
