"""What takes more than a password: led to set it up, asked for it, and nothing else until then."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from convener.rules.access import WITH_SECOND_FACTOR, Act, Role
from convener.rules.sign_in import is_cleared
from convener.service.access import requires
from convener.service.actions.journal import key_ring
from convener.service.sessions import BEGAN
from service.furniture import AT, give_second_factor, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
PASSWORD = "a long and quiet river"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
EMAIL = "kay@example.org"


def code(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(client):
    return client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})


@pytest.fixture
def keeper():
    """Give an organisation's administrator who has no second factor yet."""
    user = make_user(Role.KEEPER, EMAIL, PASSWORD)
    Authenticator.objects.all().delete()
    return user


@pytest.mark.parametrize("role", sorted(WITH_SECOND_FACTOR))
def test_a_role_that_takes_a_second_factor_is_led_to_it_and_not_let_in(rf, role):
    view = requires(Act.SEE_REGISTRY)(lambda request: HttpResponse("in"))
    request = rf.get("/organisations/")
    request.user = make_user(role)
    request.session = {BEGAN: timezone.now().timestamp()}
    Authenticator.objects.all().delete()

    response = view(request)

    assert response.status_code == 302
    assert response["Location"] == "/account/second-factor/set-up/?next=%2Forganisations%2F"


def test_a_role_without_one_still_sees_what_anyone_sees_and_no_more(client):
    user = make_user(Role.ADMINISTRATOR)
    Authenticator.objects.all().delete()
    client.force_login(user)

    assert client.get("/").status_code == 200
    assert b'href="/watch/"' not in client.get("/").content
    assert client.get("/account/second-factor/").status_code == 200


def test_a_factor_is_set_up_with_its_first_code_and_lets_in_at_once(client):
    user = make_user(Role.ADMINISTRATOR, EMAIL, PASSWORD)
    Authenticator.objects.all().delete()
    sign_in(client)
    page = client.get("/watch/", follow=True).content.decode()
    secret = re.search(r"Key: <code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert "<svg" in page

    where = "/account/second-factor/set-up/"
    assert client.post(where, {"code": "000000"}).status_code == 400
    response = client.post(where, {"code": code(secret), "next": "/watch/"})

    assert response.status_code == 302
    shown = client.get(response["Location"]).content.decode()
    assert len(re.findall(r"<code[^>]*>\d{8}</code>", shown)) == 10
    assert 'href="/watch/"' in shown
    assert client.get("/watch/").status_code == 200
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in stored
    assert stored.startswith(f"person:{user.pk} ")


def test_recovery_codes_are_shown_once_and_new_ones_are_made(client):
    user = make_user(Role.ADMINISTRATOR, EMAIL, PASSWORD)
    Authenticator.objects.all().delete()
    sign_in(client)
    page = client.get("/account/second-factor/set-up/").content.decode()
    secret = re.search(r"Key: <code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    first = client.post("/account/second-factor/set-up/", {"code": code(secret)}, follow=True)
    old = re.findall(r"<code[^>]*>(\d{8})</code>", first.content.decode())

    again = client.get("/account/second-factor/codes/").content.decode()
    assert len(old) == 10
    assert not re.findall(r"\d{8}", again)
    assert "shown once" in again
    made = client.post("/account/second-factor/codes/new/", follow=True).content.decode()
    new = re.findall(r"<code[^>]*>(\d{8})</code>", made)

    assert len(new) == 10
    assert not set(new) & set(old)
    for given, expected in ((old[0], 400), (new[0], 302)):
        visitor = Client()
        sign_in(visitor)
        assert visitor.post("/sign-in/code/", {"code": given}).status_code == expected
    assert user.pk


def test_who_has_no_codes_is_led_to_where_they_are_set_up(client, keeper):
    client.force_login(keeper)

    response = client.get("/account/second-factor/codes/")

    assert response.status_code == 302
    assert response["Location"] == "/account/second-factor/"


def test_a_sign_in_with_a_factor_asks_for_the_code(client, keeper):
    give_second_factor(keeper, SECRET)

    response = sign_in(client)
    assert response["Location"] == "/sign-in/code/"
    assert "_auth_user_id" not in client.session
    assert client.get("/sign-in/code/").status_code == 200
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 400
    response = client.post("/sign-in/code/", {"code": code(SECRET)})

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(keeper.pk)


def test_a_code_signs_in_once(keeper):
    give_second_factor(keeper, SECRET)
    given = code(SECRET)
    for expected in (302, 400):
        client = Client()
        sign_in(client)
        assert client.post("/sign-in/code/", {"code": given}).status_code == expected


def test_codes_cannot_be_guessed_through(client, keeper):
    give_second_factor(keeper, SECRET)
    sign_in(client)
    for guess in range(5):
        client.post("/sign-in/code/", {"code": f"00000{guess}"})

    response = client.post("/sign-in/code/", {"code": code(SECRET)})

    assert response.status_code == 400
    assert b"tried too often" in response.content


def test_a_sign_in_older_than_the_factor_has_to_give_it(client):
    user = make_user(Role.ADMINISTRATOR, EMAIL, PASSWORD)
    Authenticator.objects.all().delete()
    client.force_login(user)
    give_second_factor(user, SECRET)
    Authenticator.objects.update(created_at=timezone.now() + timedelta(seconds=1))

    response = client.get("/watch/")
    assert response["Location"] == "/account/confirm/code/?next=%2Fwatch%2F"
    response = client.post(response["Location"], {"code": code(SECRET), "next": "/watch/"})

    assert response["Location"] == "/watch/"
    assert client.get("/watch/").status_code == 200


def test_a_persons_dropped_key_makes_their_factor_unreadable(client, keeper):
    give_second_factor(keeper, SECRET)
    sign_in(client)
    key_ring().drop(keeper.key_name)
    client.raise_request_exception = False

    assert client.post("/sign-in/code/", {"code": code(SECRET)}).status_code == 500
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("role", "factor_at", "began_at", "is_proved", "wanted"),
    [
        (Role.OFFICER, None, None, False, True),
        (Role.KEEPER, None, AT, True, False),
        (Role.KEEPER, AT, AT, False, True),
        (Role.KEEPER, AT, AT - timedelta(1), False, False),
        (Role.KEEPER, AT, AT - timedelta(1), True, True),
        (Role.KEEPER, AT, None, False, False),
    ],
)
def test_a_sign_in_is_cleared_for_a_role(role, factor_at, began_at, is_proved, wanted):
    assert is_cleared(role, factor_at=factor_at, began_at=began_at, is_proved=is_proved) is wanted
