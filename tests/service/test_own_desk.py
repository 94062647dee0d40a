"""The first page of someone who is signed in: what waits for them, and what is theirs."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from convener.rules.access import SIGN_IN_ROLES, Role
from convener.service.actions.answers import give_answer
from convener.service.models import User
from service.furniture import actor, furnish, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


def desk(client) -> str:
    """Return the part of the first page that is one's own; nothing where there is none."""
    page = client.get("/").content.decode()
    found = re.search(r"<h2>For you</h2>(.*?)</section>", page, re.DOTALL)
    return found[1] if found else ""


def test_a_visitor_and_who_has_no_role_find_no_desk(client):
    furnish()
    assert desk(client) == ""

    client.force_login(User.objects.create(email="una@example.org"))
    assert desk(client) == ""


@pytest.mark.parametrize("role", SIGN_IN_ROLES)
def test_every_link_on_a_desk_opens_for_its_role(client, role):
    furnish()
    client.force_login(make_user(role, "walker"))

    links = re.findall(r'href="([^"]+)"', desk(client))

    assert links
    assert {where: client.get(where).status_code for where in links} == dict.fromkeys(links, 200)


def test_what_waits_is_counted_for_whom_it_waits(client):
    furnish()
    client.force_login(make_user(Role.ANALYST, "ann"))
    assert "1 request for a correction to answer" in desk(client)
    assert "to decide" not in desk(client)

    client.force_login(make_user(Role.CONVENER, "connie"))
    assert "1 claim to a record to decide" in desk(client)

    client.force_login(User.objects.get(email="furniture@example.org"))
    assert "1 new notice" in desk(client)

    client.force_login(make_user(Role.PERSON, "pat"))
    assert "Nothing waits for you." in desk(client)


def test_an_answer_that_has_run_out_waits_for_who_keeps_it(client):
    lead = make_user(Role.PROVIDER, "lead")
    by = actor(lead)
    given = {"question": "insurance", "text": "Ten million", "valid_until": date(2026, 5, 5)}
    give_answer(organisation_id=by.organisation_id, **given, by=by, at=AT)

    client.force_login(lead)
    assert "1 answer or document to give anew" in desk(client)

    client.force_login(make_user(Role.OFFICER, "of another", key=2))
    assert "to give anew" not in desk(client)
