"""A session lost in a long form: what was typed comes back, to the person who typed it alone."""

import re

import pytest
from django.test import Client

from convener.rules.access import Role
from convener.service.models import Note, Session
from convener.service.refilling import refilled
from service.furniture import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
PASSWORD = "a long and quiet river"
WHERE = "/market/organisations/1/note/"
TYPED = {"sort": "request", "text": 'We are <b>a charity</b> & "more"\nsince 2019', "code": "123"}


def sign_in(client, email="pia@example.org", **more):
    return client.post("/sign-in/", {"login": email, "password": PASSWORD, **more})


@pytest.fixture
def provider():
    return make_user(Role.PROVIDER, "pia@example.org", PASSWORD)


def lose(client):
    Session.objects.all().delete()
    return client.post(WHERE, TYPED)


def test_what_was_typed_comes_back_filled_and_is_not_sent_by_itself(client, provider):
    sign_in(client)
    refused = lose(client)
    assert refused.status_code == 403
    assert b"What you typed is kept" in refused.content
    assert b"charity" not in refused.content

    back = sign_in(client, next=WHERE)["Location"]
    shown = client.get(back).content.decode()

    assert "What you typed is back" in shown
    assert "We are &lt;b&gt;a charity&lt;/b&gt; &amp; &quot;more&quot;\nsince 2019" in shown
    assert re.search(r'<input[^>]* value="request"[^>]* checked', shown)
    assert not re.search(r'<input[^>]* value="note"[^>]* checked', shown)
    assert not Note.objects.exists()
    assert "What you typed" not in client.get(back).content.decode()
    client.post(WHERE, TYPED)
    assert Note.objects.get().text == TYPED["text"]


def test_it_lies_sealed_and_without_secrets(client, provider):
    sign_in(client)
    lose(client)

    kept = client.session["typed"]
    assert "charity" not in str(list(Session.objects.values())) + str(dict(client.session))
    assert "charity" not in bytes.fromhex(kept).decode(errors="replace")


def test_another_person_at_the_same_browser_sees_none_of_it(client, provider):
    make_user(Role.PROVIDER, "other@example.org", PASSWORD)
    sign_in(client)
    lose(client)

    sign_in(client, "other@example.org")

    assert b"charity" not in client.get(WHERE).content
    assert "typed" not in client.session


def test_nothing_is_kept_of_someone_who_was_never_here(db):
    stranger = Client()

    assert b"What you typed" not in stranger.post(WHERE, TYPED).content
    assert not Session.objects.exists()


def test_nothing_is_kept_after_signing_out_oneself(client, provider):
    sign_in(client)
    client.post("/sign-out/")

    assert b"What you typed" not in client.post(WHERE, TYPED).content


def test_a_paste_too_long_to_keep_is_not_said_to_be_kept(client, provider):
    sign_in(client)
    Session.objects.all().delete()

    response = client.post(WHERE, {"text": "x" * 600_000})

    assert response.status_code == 403
    assert b"What you typed" not in response.content


@pytest.fixture
def strict(provider):
    """Give a browser that is signed in, of which forms are checked as in use."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(provider)
    return browser


def test_a_form_that_is_older_than_its_token_comes_back_filled(strict):
    refused = strict.post(WHERE, TYPED, headers={"Origin": "http://testserver"})

    assert refused.status_code == 403
    assert b"What you typed is kept" in refused.content
    assert f'href="{WHERE}"'.encode() in refused.content
    assert not Note.objects.exists()
    shown = strict.get(WHERE).content.decode()
    assert "What you typed is back" in shown
    assert "We are &lt;b&gt;a charity&lt;/b&gt; &amp; &quot;more&quot;\nsince 2019" in shown


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}])
def test_a_form_that_another_site_sends_is_not_kept(strict, headers):
    refused = strict.post(WHERE, TYPED, headers=headers)

    assert refused.status_code == 403
    assert b"What you typed" not in refused.content
    assert b"charity" not in strict.get(WHERE).content


def test_nothing_of_a_form_of_signing_in_is_kept(provider):
    visitor = Client(enforce_csrf_checks=True)

    refused = visitor.post(
        "/sign-in/", {"login": "pia@example.org"}, headers={"Origin": "http://testserver"}
    )

    assert refused.status_code == 403
    assert b"What you typed" not in refused.content


def test_a_page_of_which_nothing_was_typed_stays_as_it_was():
    page = (
        "<!DOCTYPE html>\n<p>&amp; &#163; é<!-- c --><script>if (a < b) {}</script><input name=a>"
    )

    assert refilled(page, {}, "") == page


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ('<input name="a" value="1">', '<input name="a" value="2">'),
        ('<input name="a" type="hidden" value="1">', '<input name="a" type="hidden" value="1">'),
        ('<input name="a" type="password">', '<input name="a" type="password">'),
        (
            '<select name="a"><option value="1" selected><option value="2"></select>',
            '<select name="a"><option value="1"><option value="2" selected></select>',
        ),
        ('<textarea name="a">old &amp; gone</textarea>', '<textarea name="a">\n2</textarea>'),
        (
            '<input type="radio" name="a" value="1" checked>',
            '<input type="radio" name="a" value="1">',
        ),
        (
            '<input type="radio" name="a" value="2">',
            '<input type="radio" name="a" value="2" checked>',
        ),
    ],
)
def test_a_field_is_filled_as_its_sort_wants(given, wanted):
    assert refilled(given, {"a": ["2"]}, "") == wanted
