"""Signing in and out."""

import pytest

from convener.rules.access import Role
from convener.service.models import User
from service.furniture import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
PASSWORD = "a long and quiet river"


@pytest.fixture
def analyst(db):
    return make_user(Role.ANALYST, "ann@example.org", PASSWORD)


def sign_in(client, email="ann@example.org", password=PASSWORD, **more):
    return client.post("/sign-in/", {"email": email, "password": password, **more})


def test_who_has_the_password_gets_in_and_is_led_back(client, analyst):
    response = sign_in(client, " Ann@Example.org", next="/market/sources/?x=1")

    assert response.status_code == 302
    assert response["Location"] == "/market/sources/?x=1"
    assert b"Sign out" in client.get("/").content


@pytest.mark.parametrize(
    ("email", "password"),
    [("ann@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("ann@example.org", "")],
)
def test_who_has_not_is_told_the_same_and_keeps_the_email_that_was_typed(
    client, analyst, email, password
):
    response = sign_in(client, email, password)

    shown = response.content.decode()
    assert response.status_code == 400
    assert "Something is to be mended" in shown
    assert f'value="{email}"' in shown
    assert PASSWORD not in shown
    assert "<title>Error: Sign in" in shown
    assert "_auth_user_id" not in client.session


def test_a_user_who_was_closed_does_not_get_in(client, analyst):
    User.objects.update(is_active=False)

    assert sign_in(client).status_code == 400


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "x"]
)
def test_nobody_is_led_away_from_the_service(client, analyst, address):
    assert sign_in(client, next=address)["Location"] == "/"


def test_a_form_from_elsewhere_signs_nobody_in_or_out(analyst):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(analyst)

    assert sign_in(client).status_code == 403
    assert client.post("/sign-out/").status_code == 403
    assert "_auth_user_id" in client.session


def test_signing_out_takes_a_button_and_ends_the_session(client, analyst):
    client.force_login(analyst)

    assert b"ann@example.org" in client.get("/sign-out/").content
    assert "_auth_user_id" in client.session

    assert client.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_refusal_offers_a_visitor_to_sign_in_and_come_back(client):
    shown = client.get("/watch/").content.decode()

    assert 'href="/sign-in/?next=/watch/"' in shown


def test_what_was_typed_is_shown_as_text(client, analyst):
    shown = sign_in(client, '"><script>x</script>').content.decode()

    assert "<script>x" not in shown


def test_the_bar_has_what_is_the_persons(client, analyst):
    assert b'href="/sign-in/"' in client.get("/").content

    client.force_login(analyst)
    shown = client.get("/").content.decode()
    assert 'href="/watch/"' in shown
    assert 'href="/corrections/requests/"' in shown
