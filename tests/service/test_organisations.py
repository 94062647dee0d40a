"""The page of one organisation."""

import csv
import html
import io
import json
import re

import pytest
from django.urls import reverse

from convener.measures.measure import BASES
from convener.rules.access import Role
from convener.service.market.organisation_files import _FILES
from service.finding_store import PERSON, finding_store, key_of
from service.furniture import make_user

pytestmark = pytest.mark.django_db
STEADY, ROSE = "Steady Care Limited", "Rose Home Support Limited"
ASHBY, JOINT = "Ashby Borough Council", "Joint Care LLP"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return finding_store(tmp_path_factory)


@pytest.fixture(autouse=True)
def pointed(settings, store):
    settings.WORKSPACE = store.folder


def address(store, name: str, query: str = "") -> str:
    return reverse("organisations-one", args=[key_of(store, name)]) + query


def shown(client, where: str, status: int = 200) -> str:
    response = client.get(where)
    assert response.status_code == status, response.content.decode()[-2000:]
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return html.unescape(" ".join(plain.split()))


def test_a_provider_is_said_in_one_sentence_and_in_numbers(store, client):
    page = shown(client, address(store, STEADY, "?basis=awards"))

    assert "It was awarded 4 awards worth £710k by 2 buyers, in 2 areas." in page
    assert "65% of its income here is from one buyer, Ashby Borough Council." in page
    assert "Nothing here says that it is at risk." in page


def test_it_says_what_stops_and_who_could_take_it_on(store, client):
    page = shown(
        client, address(store, STEADY, "?basis=provision&service=childrens-homes&area=Ashby")
    )

    assert "10 places stop." in page
    assert "In Ashby 8 places of children's homes stop." in page
    assert "need 400 for every 100 that they have now" in page
    assert "Harbour Trust" in page


def test_an_area_without_others_says_so(store, client):
    page = shown(
        client, address(store, STEADY, "?basis=provision&service=childrens-homes&area=Beckton")
    )

    assert "In Beckton nobody else provides children's homes." in page
    assert "No other provider of children's homes in Beckton is in the data." in page


def test_owners_are_shown_with_shares_and_days(store, client):
    page = shown(client, address(store, JOINT))

    assert "Several own it. Markets count what it provides to each owner by share." in page
    assert f"{STEADY} Private owns this 1 Jan 2020 60%" in page
    assert f"{ROSE} Unknown owns this 1 Jan 2020 40%" in page


def test_who_it_is_comes_with_the_evidence(store, client):
    page = shown(client, address(store, ROSE))

    assert "GB-COH-02222222" in page
    assert "Nothing in the data says." in page


def test_a_buyer_shows_what_it_buys_and_what_ends(store, client):
    page = shown(client, address(store, ASHBY))

    assert "It bought for £600k in 3 awards, from 2 providers." in page
    assert "1 contract ends within 18 months" in page
    assert "What it provides itself is not in this" in page


def test_no_person_is_on_any_page(store, client):
    for name in (STEADY, ROSE, ASHBY, "Beckton Borough Council"):
        for basis in ("", *BASES):
            page = client.get(address(store, name, f"?basis={basis}")).content.decode()
            for word in (PERSON, "Featherstone", "withheld", "example.org"):
                assert word not in page


def test_a_person_has_no_page_and_its_absence_tells_nothing(store, client):
    with store.connect() as connection:
        [(key,)] = connection.execute(
            "select organisation_key from organisations where kind = 'individual'"
        ).fetchall()
    told = shown(client, reverse("organisations-one", args=[key]), 404)
    none = shown(client, reverse("organisations-one", args=[77]), 404)

    assert told.replace(str(key), "77") == none


def test_an_old_number_leads_to_where_its_organisation_went(store, client):
    from convener.data.keys import organisation_key

    with store.connect() as connection:
        (spelling,) = connection.execute(
            "select min(party_key) from identities where name = ?", [STEADY]
        ).fetchone()
    old = organisation_key(f"spelling {spelling}")

    page = client.get(reverse("organisations-one", args=[old]))

    assert page.status_code == 404
    assert address(store, STEADY) in page.content.decode()


@pytest.mark.parametrize("table", _FILES)
def test_every_table_is_a_file(store, client, table):
    for name in (STEADY, ASHBY):
        where = reverse("organisations-table", args=[key_of(store, name), table, "csv"])
        rows = list(csv.reader(io.StringIO(client.get(where).content.decode())))
        also = json.loads(client.get(where.replace(".csv", ".json")).content)

        assert len(rows) - 1 == len(also)
        assert PERSON not in str(rows)


def test_the_file_of_contracts_is_whole(store, client):
    where = reverse("organisations-table", args=[key_of(store, STEADY), "contracts", "json"])
    rows = json.loads(client.get(where).content)

    assert [row["amount"] for row in rows] == [400_000, 200_000, 60_000, 50_000]
    assert rows[0]["ocid"] == "ocds-find01-1"


def test_a_table_that_is_none_is_refused(store, client):
    where = reverse("organisations-table", args=[key_of(store, STEADY), "secrets", "csv"])

    assert "has no table 'secrets'" in shown(client, where, 404)


@pytest.mark.parametrize(
    "query",
    [
        "?basis=votes",
        "?order=size",
        "?page=0",
        "?basis=awards&page=2",
        "?page=%C2%B2",
        "?bought=x",
        "?bought-page=-1",
        "?service=x",
        "?area=Ashby",
        "?service=childrens-homes&area=<script>",
    ],
)
def test_a_choice_that_is_none_is_refused_with_what_was_met(store, client, query):
    assert "<script>" not in client.get(address(store, STEADY, query)).content.decode()
    shown(client, address(store, STEADY, query), 400)


def test_an_organisation_without_ends_or_income_has_a_page_too(store, client):
    page = shown(client, address(store, "Harbour Trust"))

    assert "The lists name it for 1 entry with 2 places." in page


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (None, {"Watch this owner", "Correct this record", "Post a note"}),
        (Role.PROVIDER, {"Post a note"}),
        (Role.ANALYST, {"Watch this owner", "Correct this record"}),
    ],
)
def test_who_is_signed_in_is_offered_what_the_role_may_and_no_more(store, client, role, offered):
    if role is not None:
        client.force_login(make_user(role))

    page = shown(client, address(store, STEADY))

    known = {"Watch this owner", "Correct this record", "Post a note"}
    assert {words for words in known if words in page} == offered
