"""The pages of the register: the list and its files agree, and a record is kept by its people."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from convener.rules.access import SIGN_IN_ROLES, Act, Role, may
from convener.service.actions.registry import register_organisation
from convener.service.models import Event, Holding, Identifier, Organisation, RecordClaim
from service.furniture import AT, furnish, make_user
from service.registry_furniture import RECORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
READERS = [role for role in SIGN_IN_ROLES if may(role, Act.SEE_REGISTRY)]
ASKED = [{}, {"q": "parent"}, {"q": "gb-coh-01234567"}, {"kind": "private"}]
LETTER = {"evidence": "See the letter of our board"}
ODD = "=cmd()|'<script>alert(1)</script>"


def signed_in(role, name=""):
    client = Client()
    client.force_login(make_user(role, name))
    return client


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def files(client, **query):
    text = client.get(reverse("registry-download", args=["csv"]), query).content.decode()
    rows = client.get(reverse("registry-download", args=["json"]), query).json()
    return list(csv.DictReader(io.StringIO(text))), rows


@pytest.mark.parametrize("role", [role for role in SIGN_IN_ROLES if may(role, Act.SEE_REGISTRY)])
@pytest.mark.parametrize(
    "query", [{}, {"q": "parent"}, {"q": "gb-coh-01234567"}, {"kind": "private"}]
)
def test_list_count_search_files_and_pages_agree_for_every_role(role, query):
    furnish()
    client = signed_in(role)

    shown = page(client, "registry", **query)
    as_csv, as_json = files(client, **query)

    assert f"{len(as_json)} record" in shown
    assert [row["number"] for row in as_csv] == [str(row["number"]) for row in as_json]
    for row in as_json:
        assert f">{row['name']}</a>" in shown
        assert client.get(reverse("registry-one", args=[row["number"]])).status_code == 200


def test_what_could_be_a_program_is_words_on_the_page_and_in_the_file():
    register_organisation(name=ODD, at=AT)
    client = signed_in(Role.PERSON)

    as_csv, _ = files(client)

    assert "<script>alert" not in page(client, "registry")
    assert as_csv[0]["name"].startswith("'=")


def test_a_page_of_the_list_asks_the_database_as_often_for_many_as_for_one(
    django_assert_num_queries,
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(Role.PERSON)
    register_organisation(name="One", at=AT)
    with CaptureQueriesContext(connection) as few:
        page(client, "registry")
    for number in range(20):
        register_organisation(name=f"More {number}", at=AT)

    with django_assert_num_queries(len(few)):
        page(client, "registry")


def register(client, **more):
    given = {
        "name": "Brightside Homes",
        "kind": "private",
        "scheme": "GB-COH",
        "number": "1234567",
        "source": "Companies House, 2026",
    }
    return client.post(reverse("registry-register"), given | more)


def test_an_organisation_is_registered_with_its_number_as_the_register_writes_it():
    client = signed_in(Role.PERSON)

    response = register(client)

    made = Organisation.objects.get(name="Brightside Homes")
    assert response.url == reverse("registry-one", args=[made.pk])
    assert Identifier.objects.get().identifier == "01234567"
    shown = page(client, "registry-one", made.pk)
    assert "Companies House, 2026" in shown
    assert "Claim this record" in shown


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"number": "no number"}, "cannot be a number of Companies House"),
        ({"scheme": ""}, "Choose the register that gave the number"),
        ({"kind": "individual"}, "Select a valid choice"),
        ({"source": ""}, "Enter where this can be seen"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(more, wanted):
    response = register(signed_in(Role.PERSON), **more)

    shown = response.content.decode()
    assert response.status_code == 400
    assert wanted in shown
    assert 'value="Brightside Homes"' in shown
    assert not Organisation.objects.exists()


def test_a_number_of_another_record_leads_to_that_record():
    client = signed_in(Role.PERSON)
    register(client)

    response = register(client, name="Again")

    assert "claim that record if it is yours" in response.content.decode()
    assert Organisation.objects.count() == 1


def test_a_person_claims_a_record_a_convener_approves_and_it_is_theirs_to_correct():
    body = register_organisation(name="Harbour Trust", at=AT)
    pat, con = signed_in(Role.PERSON, "pat"), signed_in(Role.CONVENER)

    pat.post(
        reverse("registry-claim", args=[body.pk]), {"evidence": "See the letter of our board"}
    )
    assert "See the letter" not in page(pat, "registry-one", body.pk)
    claim = RecordClaim.objects.get()
    assert "See the letter of our board" in page(con, "registry-decide", claim.pk)
    con.post(
        reverse("registry-decide", args=[claim.pk]),
        {"decision": "approve", "answer": "The letter was seen"},
    )

    keeper = claim.user.memberships.get(role="provider")
    session = pat.session
    session["acting-as"] = keeper.pk
    session.save()
    response = pat.post(
        reverse("registry-name", args=[body.pk]),
        {"name": "Harbour Children's Trust", "reason": "As the charity register has it"},
    )
    assert response.status_code == 302
    assert Organisation.objects.get(pk=body.pk).name == "Harbour Children's Trust"
    assert "As the charity register" not in Event.objects.last().contents


def test_a_second_decision_says_that_the_first_one_stands():
    furnish()
    con = signed_in(Role.CONVENER)
    answer = {"decision": "refuse", "answer": "The letter is missing"}
    con.post(reverse("registry-decide", args=[1]), answer)

    response = con.post(reverse("registry-decide", args=[1]), {**answer, "decision": "approve"})

    assert response.status_code == 409
    assert "cannot go from refused to approved" in response.content.decode()


def holding(**more):
    return {
        "owner": str(RECORD + 1),
        "share": "49",
        "has_control": "no",
        "source": "The deed",
    } | more


def test_an_owner_is_entered_on_the_page_and_more_than_all_is_refused(own_store):
    del own_store  # it is derived anew
    furnish()
    Holding.objects.all().delete()
    client = signed_in(Role.PROVIDER)
    address = reverse("registry-holding", args=[RECORD])

    assert client.post(address, holding()).status_code == 302
    other = register_organisation(name="Second Parent", at=AT)
    refused = client.post(address, holding(owner="Second Parent", share="60"))

    assert refused.status_code == 400
    assert "add up to 109%" in refused.content.decode()
    assert not Holding.objects.filter(owner=other).exists()
    shown = page(client, "registry-ownership", RECORD)
    assert "49.00%" in shown
    assert "the other 51.00% is not known" in shown


def test_nobody_changes_the_record_of_another():
    furnish()
    client = Client()
    client.force_login(make_user(Role.PROVIDER, "other", key=2))

    for name in ("registry-name", "registry-kind", "registry-number", "registry-holding"):
        assert client.get(reverse(name, args=[RECORD])).status_code == 403
        assert client.post(reverse(name, args=[RECORD]), holding()).status_code == 403


def test_a_record_that_is_not_there_is_not_found():
    client = signed_in(Role.PERSON)

    for number in (1, RECORD, 2**63, 10**30):
        assert client.get(reverse("registry-one", args=[number])).status_code == 404
