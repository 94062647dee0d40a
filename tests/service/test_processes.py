"""The page of one process."""

import html
import re

import pytest
from django.urls import reverse

from convener.rules.access import Role
from service.finding_store import PERSON, finding_store, key_of
from service.furniture import make_user

pytestmark = pytest.mark.django_db
FIRST = "ocds-find01-1"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return finding_store(tmp_path_factory)


@pytest.fixture(autouse=True)
def pointed(settings, store):
    settings.WORKSPACE = store.folder


def answer(client, ocid: str, status: int = 200) -> str:
    response = client.get(reverse("processes-one", args=[ocid]))
    assert response.status_code == status
    return response.content.decode()


def plain(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def test_a_process_tells_who_bought_what_from_whom_and_how_it_went_on(client):
    page = plain(answer(client, FIRST))

    assert "Ashby Borough Council bought this from Steady Care Limited." in page
    assert "1 award, £400k in all." in page
    assert "The value of 1 contract changed after signing." in page
    assert "£480k" in page
    assert "Contract amended release 1-amended, line 2" in page


def test_organisations_lead_to_their_pages_and_people_are_not_named(store, client):
    page = answer(client, FIRST)

    assert reverse("organisations-one", args=[key_of(store, "Steady Care Limited")]) in page
    assert "A person, not named" in page
    for word in (PERSON, "Featherstone", "Ann Contact", "example.org"):
        assert word not in page


def test_a_number_with_signs_in_it_is_an_address(client):
    page = plain(answer(client, "ocds-find01-5/a?b=c d"))

    assert "Rose Home Support Limited" in page


@pytest.mark.parametrize("ocid", ["none", "x" * 3_000, "../../etc/passwd", "a/flags/b"])
def test_a_number_that_leads_nowhere_is_not_found(client, ocid):
    assert "no process has the number" in plain(answer(client, ocid, 404)).lower()


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.OFFICER, Role.ANALYST])
def test_flags_are_linked_for_those_who_may_see_them(client, role):
    client.force_login(make_user(role, f"{role}@example.org"))

    is_linked = "Integrity flags of this process" in answer(client, FIRST)

    assert is_linked == (role is Role.ANALYST)


def test_a_visitor_sees_no_link_to_flags(client):
    assert "Integrity flags" not in answer(client, FIRST)
