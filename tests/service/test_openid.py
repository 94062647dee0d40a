"""Signing in through an organisation's own service, which is a real one here."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken

from convener.rules.access import Role
from convener.service.configuration import identity_settings, read_configuration
from convener.service.models import User
from service.furniture import give_second_factor, make_user
from service.identity_provider import CLIENT, SECRET, new_key, running
from service.test_second_factor import SECRET as FACTOR
from service.test_second_factor import code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
BEGIN = "/sign-in/with/organisation/"


@pytest.fixture
def provider(settings):
    """Give a running identity service that this installation is configured for."""
    with running() as made:
        given = read_configuration(
            {
                "CONVENER_OIDC_ISSUER": made.address,
                "CONVENER_OIDC_CLIENT": CLIENT,
                "CONVENER_OIDC_SECRET": SECRET,
                "CONVENER_OIDC_NAME": "Ashby's sign-in",
            }
        )
        settings.CONFIGURATION = given
        settings.SOCIALACCOUNT_PROVIDERS = identity_settings(given)
        yield made


@pytest.fixture
def ann():
    return make_user(Role.ANALYST, "ann@example.org")


def go(client, *, query="", begin=BEGIN):
    """Go to the service and come back as a browser does; return our last answer."""
    there = client.get(begin + query)["Location"]
    returned = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    return client.get(returned.removeprefix("http://testserver"))


def is_in(client):
    return "_auth_user_id" in client.session


def test_a_known_email_enters_and_is_led_back(client, provider, ann):
    assert b"Sign in with Ashby&#39;s sign-in" in client.get("/sign-in/").content

    response = go(client, query="?next=/watch/")

    assert response.status_code == 302
    assert response["Location"] == "/watch/"
    assert client.get("/watch/").status_code == 200
    assert b"ann@example.org" in client.get("/account/").content


def test_what_is_kept_of_it_is_who_it_is_and_no_token(client, provider, ann):
    provider.person |= {"name": "Ann Ashby", "phone_number": "01632 960 417"}

    go(client)

    [kept] = SocialAccount.objects.values("user", "uid", "extra_data")
    assert kept == {"user": ann.pk, "uid": "person-7", "extra_data": {}}
    assert not SocialToken.objects.exists()


def test_who_came_before_enters_again_though_their_email_is_another_now(client, provider, ann):
    go(client)
    client.post("/sign-out/")
    provider.person["email"] = "ann.ashby@example.org"

    go(client)

    assert client.session["_auth_user_id"] == str(ann.pk)


def test_an_unknown_email_is_refused_with_words_and_leaves_nothing(client, provider):
    response = go(client)

    assert response.status_code == 302
    shown = client.get(response["Location"]).content.decode()
    assert "nobody has invited your email here" in shown
    assert not is_in(client)
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("said", [False, None, "false", "no", 1])
def test_an_email_that_nobody_vouches_for_is_refused(client, provider, ann, said):
    provider.person["email_verified"] = said

    response = go(client)

    assert "does not vouch" in client.get(response["Location"]).content.decode()
    assert not is_in(client)


def test_a_closed_account_is_refused(client, provider, ann):
    go(client)
    client.post("/sign-out/")
    User.objects.update(is_active=False)

    assert go(client)["Location"] == "/sign-in/closed/"
    assert not is_in(client)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"nonce": "of-another-browser"},
        {"nonce": None},
        {"sub": "person-8"},
        {"exp": -600},  # seconds from now
        {"exp": None},
        {"iat": 600},
    ],
    ids=str,
)
def test_a_token_that_says_something_wrong_is_refused(client, provider, ann, wrong):
    now = int(time.time())
    provider.claims = {
        name: now + value if isinstance(value, int) else value for name, value in wrong.items()
    }

    response = go(client)

    assert response.status_code == 401
    assert b"cannot be relied on" in response.content
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


def test_a_token_that_another_key_signed_is_refused(client, provider, ann):
    provider.signs_with = new_key()

    assert go(client).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_a_token_that_needs_no_private_key_is_refused(client, provider, ann, algorithm):
    provider.algorithm = algorithm

    assert go(client).status_code == 401
    assert not is_in(client)


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(client, provider, ann):
    there = client.get(BEGIN)["Location"]
    returned = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    client.cookies.clear()

    assert client.get(returned.removeprefix("http://testserver")).status_code == 401
    assert not is_in(client)


def test_an_answer_is_taken_once(client, provider, ann):
    there = client.get(BEGIN)["Location"]
    returned = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    address = returned.removeprefix("http://testserver")
    client.get(address)
    client.post("/sign-out/")

    assert client.get(address).status_code == 401
    assert not is_in(client)


def test_who_turns_back_is_told_so(client, provider, ann):
    state = parse_qs(urlsplit(client.get(BEGIN)["Location"]).query)["state"][0]

    response = client.get(f"{BEGIN}back/?error=access_denied&state={state}", follow=True)

    assert b"or you turned back" in response.content
    assert not is_in(client)


def test_of_what_an_address_asks_for_only_the_way_back_is_heeded(client, provider, ann):
    client.force_login(make_user(Role.OFFICER, "olga@example.org"))
    asked = "?process=connect&scope=admin&auth_params=prompt%3Dnone&next=//elsewhere.example"

    query = parse_qs(urlsplit(client.get(BEGIN + asked)["Location"]).query)

    assert set(query["scope"][0].split()) == {"openid", "profile", "email"}
    assert "prompt" not in query
    assert len(query["nonce"][0]) >= 32
    assert go(client, query=asked)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(ann.pk)


def test_a_second_factor_is_still_asked_for(client, provider):
    ann = make_user(Role.ADMINISTRATOR, "ann@example.org")
    ann.authenticator_set.all().delete()
    give_second_factor(ann, FACTOR)

    assert go(client)["Location"] == "/sign-in/code/"
    assert not is_in(client)
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 400
    client.post("/sign-in/code/", {"code": code(FACTOR)})

    assert client.get("/watch/").status_code == 200


def test_who_has_no_second_factor_is_led_to_set_it_up(client, provider):
    ann = make_user(Role.ADMINISTRATOR, "ann@example.org")
    ann.authenticator_set.all().delete()

    go(client)

    assert client.get("/watch/")["Location"].startswith("/account/second-factor/set-up/")


def test_a_service_that_is_down_is_said_to_be(client, provider, ann):
    provider.is_broken = True

    response = client.get(BEGIN)

    assert response.status_code == 502
    assert b"or not at all" in response.content


def test_without_a_service_there_is_no_such_way_in(client):
    assert b"Sign in with" not in client.get("/sign-in/").content
    assert client.get(BEGIN).status_code == 404
    assert client.get(f"{BEGIN}back/?code=1&state=2").status_code == 404
