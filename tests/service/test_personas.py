"""A demonstration's invented people: what they did, what is said of them, and being one."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse

from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.keeping import finish_load
from convener.rules.access import SCOPES, Act, Role, Scope
from convener.rules.personas import BY_SLUG, DOMAIN, PERSONAS, may_more
from convener.service.actions.access import close_user, end_role
from convener.service.actions.verifying import verify
from convener.service.demonstration.cast import NoCastError
from convener.service.demonstration.story import PlayedAlreadyError, tell_story
from convener.service.demonstration.words import ANSWERS
from convener.service.models import (
    Clock,
    Document,
    Event,
    Holding,
    Interest,
    Membership,
    Notice,
    RecordClaim,
    StandingAnswer,
    User,
)
from convener.simulation.market import make_world
from convener.simulation.releases import write_world
from service import demo_urls
from service.furniture import make_user
from service.installations import Installation

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHERE = "/demo/sign-in-as/"
TRIED = [one.slug for one in PERSONAS]
# What the issue asks for: each must be there.
DOZEN = {
    Role.OFFICER,
    Role.APPROVER,
    Role.EVALUATOR,
    Role.FINANCE,
    Role.SPONSOR,
    Role.CONVENER,
    Role.PROVIDER,
    Role.CASEWORKER,
    Role.INVESTOR,
    Role.PERSON,
}


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory) -> Store:
    """Give a small market of the demonstration."""
    folder = tmp_path_factory.mktemp("demonstration")
    store = Store(folder / "store")
    files = write_world(make_world(7, size=0.2), folder)
    wanted = [Wanted(origin=str(one), name=f"demo-{one.name.split('.')[0]}") for one in files]
    load(store, wanted, at=AT, finish=finish_load)
    return store


@pytest.fixture(scope="module")
def played_store(demo_store, tmp_path_factory) -> Store:
    """Give a copy of it, in which the story leaves what it leaves."""
    folder = tmp_path_factory.mktemp("played") / "store"
    shutil.copytree(demo_store.folder, folder)
    return Store(folder)


@contextmanager
def as_demonstration(store):
    """Have the pages be those of a demonstration, where passwords are quick to make.

    Nothing goes on beside: another thread would not see what is undone after the tests.
    """
    given = {
        "CONFIGURATION": replace(settings.CONFIGURATION, is_demo=True),
        "ROOT_URLCONF": demo_urls.__name__,
        "WORKSPACE": store.folder,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }
    with override_settings(**given), pytest.MonkeyPatch.context() as patch:
        patch.setattr("convener.service.actions.corrections.beside", lambda work: None)
        yield


@pytest.fixture
def demo(db, demo_store):
    """Give a demonstration in which nobody is yet."""
    with as_demonstration(demo_store):
        yield


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker, played_store):
    """Tell the story once; each test undoes what it does itself, and the last one all."""
    with django_db_blocker.unblock(), transaction.atomic():
        with as_demonstration(played_store):
            assert tell_story(at=AT) == len(PERSONAS)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def played(told, db, played_store):
    """Give a demonstration whose people are there."""
    with as_demonstration(played_store):
        yield


def be(client, slug):
    return client.post(WHERE, {"who": slug})


# Before the story is told, for all who follow.
def test_another_market_has_no_such_people(demo, store, tmp_path):
    for folder in (store.folder, tmp_path / "empty"):
        with override_settings(WORKSPACE=folder), pytest.raises(NoCastError):
            tell_story(at=AT)

    assert not User.objects.exists()


def test_before_anyone_is_there_the_page_says_how_they_come(demo, client):
    assert b"make demo" in client.get(WHERE).content
    assert be(client, "officer").status_code == 400


def test_there_are_all_of_the_dozen_and_three_leads_of_providers():
    assert {one.role for one in PERSONAS} >= DOZEN
    assert {one.slug for one in PERSONAS if one.role is Role.PROVIDER} == {
        "large-firm",
        "small-charity",
        "mutual-to-be",
    }
    assert len(BY_SLUG) == len(PERSONAS)
    assert all(one.email.endswith(f"@{DOMAIN}") for one in PERSONAS)


@pytest.mark.parametrize("role", [one.role for one in PERSONAS])
def test_what_one_may_is_read_from_the_table_of_access(role):
    said = may_more([role])

    more = {act: scope for act, scope in SCOPES[role].items() if act not in SCOPES[Role.VISITOR]}
    assert set(said.own) == {act for act, scope in more.items() if scope is Scope.OWN}
    assert set(said.all) == {act for act, scope in more.items() if scope is not Scope.OWN}


def test_of_two_roles_the_wider_scope_is_said():
    said = may_more([Role.PROVIDER, Role.ANALYST])

    assert Act.WITHDRAW_NOTES.value in said.all
    assert Act.WITHDRAW_NOTES.value not in said.own


def test_the_story_is_told_by_actions_and_its_record_is_whole(played):
    assert set(User.objects.values_list("email", flat=True)) == {one.email for one in PERSONAS}
    for one in PERSONAS:
        standing = Membership.objects.standing(AT).filter(user__email=one.email)
        assert {Role(row.role) for row in standing} == {one.role, *one.also}
    assert verify().events == Event.objects.count() > len(PERSONAS)
    assert Event.objects.filter(at__lt=AT.replace(month=5)).exists()
    assert not Event.objects.filter(at__gt=AT).exists()


def test_there_is_something_of_each_to_look_at(played):
    assert RecordClaim.objects.waiting().count() == 1
    assert Holding.objects.count() == 2
    assert Clock.objects.filter(breached_at__lt=AT).count() == 1
    assert StandingAnswer.objects.count() == len(ANSWERS)
    assert [one.file_name for one in Document.objects.all()] == ["training.csv"]
    assert Interest.objects.on(AT.date()).count() == 1
    assert {one.sort for one in Notice.objects.all()} >= {"late", "warning", "answered"}


def test_it_is_told_once_and_what_was_done_since_stays(played):
    member = Membership.objects.get(user__email=f"finance@{DOMAIN}")
    end_role(membership_id=member.pk, at=AT, by=member.actor)

    with pytest.raises(PlayedAlreadyError):
        tell_story(at=AT)
    out = StringIO()
    call_command("demo", stdout=out)

    assert "they stay as they were left" in out.getvalue()
    assert not Membership.objects.standing(AT).filter(pk=member.pk).exists()


def test_the_page_says_of_each_who_they_are_and_what_they_can_do(played, client):
    shown = client.get(WHERE).content.decode()

    for one in PERSONAS:
        assert f"<h3>{one.name}</h3>" in shown
        assert f'value="{one.slug}"' in shown
        for act in (*may_more([one.role]).own, *may_more([one.role]).all):
            assert f"<li>{act}</li>".replace("'", "&#39;") in shown
    assert "All of these people are invented" in shown
    assert "a press stands for the password and for the second factor" in shown
    assert "Arrowmere Borough Council" in shown


@pytest.mark.parametrize("slug", TRIED)
def test_one_press_signs_in_and_lets_into_all_that_the_role_may(played, client, slug):
    assert be(client, slug)["Location"] == "/"

    shown = client.get("/").content.decode()
    assert f"You try it as <b>{BY_SLUG[slug].name}</b>" in shown
    assert 'href="/demo/sign-in-as/"' in shown
    assert client.get("/account/").status_code == 200
    for name, act in (
        ("watch", Act.WATCH_OWNERS),
        ("requests", Act.ANSWER_REQUESTS),
        ("people", Act.INVITE_MEMBERS),
        ("registry-claims", Act.DECIDE_CLAIMS),
        ("tokens", Act.USE_API_TOKENS),
    ):
        wanted = 200 if act in SCOPES[BY_SLUG[slug].role] else 403
        assert client.get(reverse(name)).status_code == wanted, name


def test_one_goes_on_as_another_in_the_same_browser(played, client):
    be(client, "administrator")
    assert client.get("/people/").status_code == 200

    be(client, "person")

    assert client.get("/people/").status_code == 403
    assert b"You try it as <b>Pat Rowan</b>" in client.get("/").content


def test_the_other_role_of_one_is_chosen_on_the_page_of_the_account(played, client):
    be(client, "small-charity")
    assert client.get("/people/").status_code == 403
    keeper = Membership.objects.get(user__email=f"small-charity@{DOMAIN}", role=Role.KEEPER)

    client.post("/account/", {"acting_as": keeper.pk})

    assert client.get("/people/").status_code == 200


@pytest.mark.parametrize("who", ["", "nobody", "ann@example.org"])
def test_nobody_else_can_be_tried(played, client, who):
    make_user(Role.ANALYST, "ann@example.org")

    response = be(client, who)

    assert response.status_code == 400
    assert "Something is to be mended" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_one_who_was_removed_is_gone_from_the_page(played, client):
    user = User.objects.get(email=f"finance@{DOMAIN}")
    close_user(user_id=user.pk, at=AT, by=Membership.objects.get(user=user).actor)

    assert b"Farid Noor</h3>" not in client.get(WHERE).content
    assert be(client, "finance").status_code == 400
    assert "_auth_user_id" not in client.session


# The command twice, then a check of the record; passwords are as quick to make as elsewhere here.
PLAY = """
from pathlib import Path
from convener.cli import app, demo
from convener.service.server import prepare
where = Path({where!r})
prepare("127.0.0.1", where, demo=True, workers=1)
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
for _ in range(2):
    demo.play(where)
app(["--workspace", str(where), "verify"])
"""


def test_the_command_tells_the_story_once_in_an_installation_of_its_own(
    request, tmp_path, demo_store
):
    made = Installation.ready(request, tmp_path, "sqlite")
    shutil.copytree(demo_store.folder, made.workspace, dirs_exist_ok=True)

    told, again, *verified = made.run("-c", PLAY.format(where=str(made.workspace))).splitlines()

    assert "14 invented people" in told
    assert "they stay as they were left" in again
    assert any("are whole" in line for line in verified)


def test_a_form_of_another_site_signs_nobody_in(played):
    assert be(Client(enforce_csrf_checks=True), "administrator").status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_outside_a_demonstration_there_is_no_such_address(db, loaded, client, method):
    with pytest.raises(NoReverseMatch):
        reverse("demo-sign-in-as")

    assert getattr(client, method)(WHERE, {"who": "administrator"}).status_code == 404
    assert b"/demo/" not in client.get("/").content


def test_the_mark_of_a_demonstration_lets_nobody_in_elsewhere(played, client):
    be(client, "administrator")
    assert client.get("/people/").status_code == 200

    with override_settings(CONFIGURATION=replace(settings.CONFIGURATION, is_demo=False)):
        response = client.get("/people/")

    assert response["Location"].startswith("/account/second-factor/set-up/")
