"""Signing in and out."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from convener.rules.access import Role
from convener.rules.sign_in import IDLE, LONGEST
from convener.service.logs import JsonLines
from convener.service.models import Event, Session, User
from convener.service.sessions import BEGAN, SEEN
from service.furniture import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
PASSWORD = "a long and quiet river"


@pytest.fixture
def analyst(db):
    return make_user(Role.ANALYST, "ann@example.org", PASSWORD)


def sign_in(client, email="ann@example.org", password=PASSWORD, **more):
    return client.post("/sign-in/", {"login": email, "password": password, **more})


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


def test_a_password_cannot_be_guessed_through(client, analyst):
    for guess in range(5):
        assert sign_in(client, password=f"guess {guess}").status_code == 400

    response = sign_in(client)

    assert response.status_code == 400
    assert b"tried too often" in response.content


def test_attempts_are_counted_where_every_process_sees_them(client, analyst):
    sign_in(client, password="wrong")

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from convener_cache where cache_key like '%login_failed%'")
        assert cursor.fetchone()[0] >= 1


def test_a_sign_in_ends_when_nobody_was_there(client, analyst):
    sign_in(client)
    session = client.session
    session[SEEN] = (timezone.now() - IDLE).timestamp()
    session.save()

    assert client.get("/watch/").status_code == 403
    assert not Session.objects.filter(user=analyst).exists()


def test_a_sign_in_ends_after_a_day_at_work_whatever_is_done(client, analyst):
    sign_in(client)
    session = client.session
    session[BEGAN] = (timezone.now() - LONGEST).timestamp()
    session.save()

    assert client.get("/watch/").status_code == 403


def test_a_session_says_whose_it_is_and_its_cookie_runs_out_with_the_browser(client, analyst):
    response = sign_in(client)

    [session] = Session.objects.of(analyst.pk, timezone.now())
    assert session.began_at == session.seen_at
    assert response.cookies["sessionid"]["max-age"] == ""
    assert response.cookies["sessionid"]["httponly"]


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(client, analyst, mailoutbox):
    elsewhere = Client()
    elsewhere.force_login(analyst)

    assert client.get("/sign-in/password/").status_code == 200
    client.post("/sign-in/password/", {"email": "ann@example.org"})
    [sent] = mailoutbox
    assert "ann" not in sent.body + sent.subject
    [link] = re.findall(r"http://testserver(\S+)", sent.body)
    page = client.get(link)["Location"]
    assert client.get(page).status_code == 200
    new = {"password1": "another quiet brook", "password2": "another quiet brook"}
    assert client.post(page, {**new, "password2": "no"}).status_code == 400
    assert client.post(page, new)["Location"] == "/sign-in/password/done/"

    assert sign_in(client, password="another quiet brook").status_code == 302
    assert elsewhere.get("/watch/").status_code == 403
    assert b"does not work any more" in Client().get(link).content
    assert Event.objects.filter(kind="password-changed", actor=analyst.pk).exists()


@pytest.mark.parametrize(
    "address",
    [
        "/invitations/a-word-that-lets-in/",
        "/invitations/a-word-that-lets-in",
        "/invitations/a-word-that-lets-in/more/",
        "/sign-in/password/1-a-word-that-lets-in/more/",
        "/sign-in/with/organisation/back/?code=a-word-that-lets-in",
    ],
)
def test_no_log_holds_the_word_of_a_link(client, caplog, address):
    client.get(address, follow=True)
    Client(enforce_csrf_checks=True).post(address)

    lines = [JsonLines().format(record) for record in caplog.records]
    assert any('"status": 40' in line for line in lines)
    assert not [line for line in lines if "lets-in" in line]


def test_a_log_names_the_route_in_place_of_the_address(client, caplog):
    client.get("/invitations/none/")

    [line] = [JsonLines().format(one) for one in caplog.records if one.name == "django.request"]
    assert "/invitations/<str:token>/" in line


def test_who_is_not_known_is_written_nothing_and_told_the_same(client, analyst, mailoutbox):
    known = client.post("/sign-in/password/", {"email": "ann@example.org"})
    unknown = client.post("/sign-in/password/", {"email": "nobody@example.org"})

    assert known["Location"] == unknown["Location"]
    assert len(mailoutbox) == 1
