"""Interests that people declare, and the search for who stands on two sides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from convener.base.errors import NotFoundError
from convener.rules.access import Actor, Role, RoleNotAllowedError
from convener.service.actions.access import give_role
from convener.service.actions.interests import (
    Tie,
    declare_interest,
    end_interest,
    take_interest_back,
    words_of_interest,
)
from convener.service.actions.registry import register_organisation as register
from convener.service.actions.verifying import verify_chains
from convener.service.models import (
    Event,
    EventText,
    Holding,
    Interest,
    OrganisationKind,
    Stream,
    User,
)
from convener.service.models.members import InterestNature
from service.furniture import actor, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
SAID = "my sister keeps their books"
GIVEN = {"nature": "related", "from_on": "2025-01-01", "to_on": "", "detail": SAID}


@pytest.fixture
def council():
    return body_of("Ashby Borough", "public-body")


@pytest.fixture
def firm():
    return body_of("Kind Care", "private")


def body_of(name, kind):
    body = register(name=name, at=AT)
    OrganisationKind.objects.create(organisation=body, kind=kind, source="Seen", entered_at=AT)
    return body


def signed_in(role, name):
    user = make_user(role, name)
    client = Client()
    client.force_login(user)
    return client, user


def declare(body, user, **more):
    tie = Tie(body.pk, InterestNature.EMPLOYED, date(2025, 1, 1), **more)
    return declare_interest(tie=tie, by=actor(user), at=AT)


def text_of(response):
    return response.content.decode()


def test_an_interest_is_declared_ended_and_taken_back_by_whoever_has_it(firm):
    client, user = signed_in(Role.PERSON, "pat")

    assert (
        client.post("/interests/declare/", {"organisation": "Kind Care", **GIVEN}).status_code
        == 302
    )

    row = Interest.objects.get()
    shown = text_of(client.get("/interests/"))
    assert SAID in shown
    assert "Close to someone in it" in shown
    client.post("/interests/", {"row": row.pk, "do": "end"})
    row.refresh_from_db()
    assert row.to_on == timezone.localdate()
    client.post("/interests/", {"row": row.pk, "do": "back"})
    assert not Interest.objects.exists()
    kinds = Event.objects.filter(subject="interest").values_list("kind", flat=True)
    assert sorted(kinds) == ["interest-declared", "interest-ended", "interest-taken-back"]
    verify_chains()
    assert {text.key_name for text in EventText.objects.filter(event__subject="interest")} == {
        f"person:{user.pk}"
    }


def test_the_words_lie_sealed_and_no_event_holds_them(firm):
    _, user = signed_in(Role.PERSON, "pat")

    found = declare(firm, user, words=SAID)

    assert words_of_interest(found) == SAID
    assert SAID.encode() not in bytes(Interest.objects.get().envelope)
    assert SAID not in str(list(Event.objects.values()))


def test_the_people_of_the_organisation_do_not_read_of_it(firm):
    _, pat = signed_in(Role.PERSON, "pat")
    declare(firm, pat)
    lead = User.objects.create(email="lead@example.org")
    by = give_role(user_id=lead.pk, role=Role.PROVIDER, organisation=firm, at=AT).actor

    told = Event.objects.of(Stream.objects.visible_to(by)).values_list("kind", flat=True)
    assert "role-given" in told
    assert "interest-declared" not in told


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"organisation": "Nobody"}, "No record is called Nobody"),
        ({"organisation": ""}, "Enter the organisation"),
        ({"nature": ""}, "Choose what ties you"),
        ({"from_on": "2125-01-01"}, "between 1900 and today"),
        ({"to_on": "2024-01-01"}, "ends after it begins"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_in_the_form(firm, more, wanted):
    client, _ = signed_in(Role.PERSON, "pat")

    refused = client.post("/interests/declare/", {"organisation": "Kind Care", **GIVEN, **more})

    assert refused.status_code == 400
    assert wanted in text_of(refused)
    assert SAID in text_of(refused)
    assert not Interest.objects.exists()


def test_nobody_changes_the_interest_of_another(firm):
    _, pat = signed_in(Role.PERSON, "pat")
    found = declare(firm, pat)
    other, user = signed_in(Role.CONVENER, "con")

    for do in (end_interest, take_interest_back):
        with pytest.raises(NotFoundError):
            do(interest_id=found.pk, by=actor(user), at=AT + timedelta(days=2))
    assert other.post("/interests/", {"row": found.pk, "do": "back"}).status_code == 404
    assert other.post("/interests/", {"row": "x", "do": "back"}).status_code == 404
    assert Interest.objects.exists()


def test_who_sees_which(firm):
    _, pat = signed_in(Role.PERSON, "pat")
    declare(firm, pat)
    _, other = signed_in(Role.PERSON, "other")
    _, con = signed_in(Role.CONVENER, "con")

    seen = [Interest.objects.visible_to(actor(user)).count() for user in (pat, other, con)]

    assert seen == [1, 0, 1]
    with pytest.raises(RoleNotAllowedError):
        declare_interest(
            tie=Tie(firm.pk, InterestNature.PAID, date(2025, 1, 1)),
            by=Actor(pat.pk, Role.VISITOR),
            at=AT,
        )


def test_a_steward_finds_a_person_on_two_sides_with_the_rows_and_not_the_words(council, firm):
    _, pat = signed_in(Role.PERSON, "pat")
    give_role(user_id=pat.pk, role=Role.OFFICER, organisation=council, at=AT)
    steward, _ = signed_in(Role.CONVENER, "con")
    assert "Nobody is tied" in text_of(steward.get("/interests/two-sides/"))

    by = pat.memberships.first().actor
    tie = Tie(firm.pk, InterestNature.EMPLOYED, date(2025, 1, 1), words=SAID)
    declare_interest(tie=tie, by=by, at=AT)
    shown = text_of(steward.get("/interests/two-sides/"))

    for wanted in ("pat@example.org", "Ashby Borough", "Kind Care", "declared: employed by it"):
        assert wanted in shown
    assert "a commissioning officer" in shown
    assert "from 1 January 2025" in shown
    assert SAID not in shown
    assert "Nobody is tied" in text_of(steward.get("/interests/two-sides/?on=2024-06-01"))
    refused = steward.get("/interests/two-sides/?on=soon")
    assert refused.status_code == 400
    assert "Enter a day" in text_of(refused)


def test_a_steward_finds_an_owner_of_both_with_the_holdings(council, firm):
    steward, _ = signed_in(Role.CONVENER, "con")
    parent, between = register(name="Far Parent", at=AT), register(name="Between", at=AT)
    for owned, owner, share in (
        (council, parent, "0.1"),
        (between, parent, "0.5"),
        (firm, between, "0.5"),
    ):
        # Not by its action, which would put the owners into the store that others read.
        Holding.objects.create(
            organisation=owned,
            owner=owner,
            share=Decimal(share),
            source="The agreement",
            entered_at=AT,
        )

    shown = text_of(steward.get("/interests/two-sides/"))

    assert "25.00% of it in the end" in shown
    assert "Between holds 50.00% of" in shown
    assert "Far Parent holds 10.00% of" in shown


def test_the_markets_data_say_who_buys_and_who_provides(loaded):
    del loaded
    steward, _ = signed_in(Role.CONVENER, "con")
    provider = make_user(Role.OFFICER, "pia")  # of the market's first, which provides
    council = body_of("Ashby Borough", "public-body")
    give_role(user_id=provider.pk, role=Role.EVALUATOR, organisation=council, at=AT)

    shown = text_of(steward.get("/interests/two-sides/"))

    assert "pia@example.org" in shown
    assert "Brightside Homes Limited" in shown


@pytest.mark.parametrize("role", [Role.ANALYST, Role.KEEPER, Role.OFFICER, Role.PERSON])
def test_nobody_else_searches(role):
    client, _ = signed_in(role, "other")

    assert client.get("/interests/two-sides/").status_code == 403


def test_a_search_asks_no_more_of_many_than_of_few(council, firm):
    steward, _ = signed_in(Role.CONVENER, "con")

    def queries(count):
        for number in range(count):
            user = make_user(Role.PERSON, f"p{number}-{count}")
            declare(firm, user)
            declare(council, user)
        with CaptureQueriesContext(connection) as asked:
            assert steward.get("/interests/two-sides/").status_code == 200
        return len(asked)

    steward.get("/interests/two-sides/")
    assert queries(2) == queries(6)
