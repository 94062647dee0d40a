"""A person who is erased: nothing says who they were, and the record stays whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.test import Client

from convener.base.errors import BadInputError
from convener.rules.access import Role
from convener.rules.rebuilding import BrokenRecordError
from convener.service.actions.access import LastKeeperError, add_user, give_role
from convener.service.actions.claims import claim_record, decide_claim
from convener.service.actions.erasing import ErasedAlreadyError, drop_keys, erase_person, person_of
from convener.service.actions.interests import Tie, declare_interest
from convener.service.actions.invitations import invite
from convener.service.actions.journal import create, key_ring, words_of
from convener.service.actions.notices import Message, tell
from convener.service.actions.registry import register_organisation
from convener.service.actions.ticking import ERASED, tick
from convener.service.actions.verifying import verify
from convener.service.keys import ErasedError, KeyRing
from convener.service.models import (
    Event,
    EventText,
    KeyToDrop,
    Membership,
    Notice,
    RecordClaim,
    Session,
    User,
    Watch,
)
from convener.service.models.members import InterestNature
from service.furniture import give_second_factor
from service.installations import COMMAND, PROGRAMS, Installation

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
LATER = AT + timedelta(days=1)
EMAIL = "mary.quinn@example.org"
# What must be found nowhere afterwards.
OF_HER = ("mary", "quinn", "treasurer", "my sister runs it")


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    """Keep the keys of one test apart: those that it drops are gone for good."""
    settings.KEYS = tmp_path / "keys"


@pytest.fixture
def boss():
    user = add_user(email="boss@example.org", password=None, at=AT)
    return give_role(user_id=user.pk, role=Role.ADMINISTRATOR, at=AT).actor


@pytest.fixture
def body():
    return register_organisation(name="Harbour Trust", at=AT)


@pytest.fixture
def mary(body, boss):
    """Let a person do all that leaves something of hers."""
    user = add_user(email=EMAIL, password="a long and quiet river", at=AT)
    convener = add_user(email="con@example.org", password=None, at=AT)
    judge = give_role(user_id=convener.pk, role=Role.CONVENER, at=AT).actor
    person = give_role(user_id=user.pk, role=Role.PERSON, at=AT).actor
    shown = "I, Mary Quinn, am its treasurer"
    claim = claim_record(organisation_id=body.pk, evidence=shown, by=person, at=AT)
    decide_claim(claim_id=claim.pk, is_approved=True, answer="Yes, Mary Quinn", by=judge, at=AT)
    tie = Tie(body.pk, InterestNature.RELATED, date(2025, 1, 1), words="my sister runs it")
    declare_interest(tie=tie, by=person, at=AT)
    give_second_factor(user)
    tell([user.pk], [Message("late", "Mary, you are late")], at=AT)
    invite(
        email=EMAIL,
        role=Role.ANALYST,
        organisation=None,
        token="word",
        link="https://example.org/word",
        by=boss,
        at=AT,
    )
    return user


def everything() -> str:
    """Return every field of every row as text, and raw where it is bytes."""
    rows = [row for model in apps.get_models() for row in model._base_manager.values()]
    for row in rows:
        row.update({k: bytes(v) for k, v in row.items() if isinstance(v, memoryview)})
    return str(rows).lower()


def erase(user, boss, callbacks):
    with callbacks(execute=True):
        return erase_person(user_id=user.pk, at=LATER, by=boss)


def test_nothing_of_a_person_is_left_and_the_record_is_whole(
    mary, boss, django_capture_on_commit_callbacks
):
    client = Client()
    client.force_login(mary)
    assert all(word in everything() for word in ("mary", "treasurer"))

    erase(mary, boss, django_capture_on_commit_callbacks)

    found = everything()
    assert not [word for word in OF_HER if word in found]
    assert verify().erased > 0
    mary.refresh_from_db()
    assert (str(mary), mary.is_active, mary.has_usable_password()) == (
        "erased person",
        False,
        False,
    )
    gone = (Session, Notice, Authenticator)
    assert not [model for model in gone if model.objects.filter(user=mary).exists()]
    assert not Membership.objects.filter(user=mary, until_at=None).exists()
    assert client.get("/account/").status_code == 403


def test_what_was_sealed_under_the_key_opens_no_more(
    mary, boss, django_capture_on_commit_callbacks
):
    hers = list(EventText.objects.filter(key_name=mary.key_name))
    before = [words_of(text.event) for text in hers]
    assert any("treasurer" in str(one) for one in before)

    erase(mary, boss, django_capture_on_commit_callbacks)

    for text in hers:
        with pytest.raises(ErasedError):
            words_of(Event.objects.get(pk=text.event_id))
    assert not KeyToDrop.objects.exists()


def test_no_event_seals_what_it_erases_anew(mary, boss, django_capture_on_commit_callbacks):
    last = Event.objects.latest("pk").pk

    erase(mary, boss, django_capture_on_commit_callbacks)

    kinds = ("person-erased", "claim-erased", "interest-erased", "invitation-forgotten")
    told = Event.objects.filter(pk__gt=last, kind__in=kinds)
    assert {one.kind for one in told} == set(kinds)
    assert not EventText.objects.filter(event__in=told).exists()


def test_a_key_that_could_not_be_dropped_is_dropped_with_the_next_tick(
    mary, boss, django_capture_on_commit_callbacks, monkeypatch
):
    def broken(ring, name):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(KeyRing, "drop", broken)
        erase(mary, boss, django_capture_on_commit_callbacks)
    assert key_ring().has(mary.key_name)
    verify()

    assert tick(at=LATER).done["keys dropped"] == 2
    assert not key_ring().has(mary.key_name)
    assert drop_keys() == 0
    verify()


def test_what_stands_in_place_of_what_was_erased_is_held_to_as_well(
    mary, boss, django_capture_on_commit_callbacks
):
    erase(mary, boss, django_capture_on_commit_callbacks)
    User.objects.filter(pk=mary.pk).update(email="somebody@else.org")

    with pytest.raises(BrokenRecordError, match=f"user {mary.pk}: its email"):
        verify()


def test_the_last_administrator_is_not_erased(boss):
    with pytest.raises(LastKeeperError, match="an administrator is the last"):
        erase_person(user_id=boss.user_id, at=LATER, by=boss)

    assert not User.objects.get(pk=boss.user_id).is_erased


def test_the_last_keeper_of_a_record_is_and_the_record_can_be_claimed_anew(
    mary, boss, body, django_capture_on_commit_callbacks
):
    erase(mary, boss, django_capture_on_commit_callbacks)

    other = add_user(email="other@example.org", password=None, at=LATER)
    person = give_role(user_id=other.pk, role=Role.PERSON, at=LATER).actor
    claim_record(organisation_id=body.pk, evidence="I follow her", by=person, at=LATER)
    assert RecordClaim.objects.waiting().get().user_id == other.pk


def test_a_person_is_erased_once_and_is_found_by_nobody_after(
    mary, boss, django_capture_on_commit_callbacks
):
    assert person_of(" Mary.Quinn@example.org").pk == mary.pk
    erase(mary, boss, django_capture_on_commit_callbacks)

    with pytest.raises(ErasedAlreadyError):
        erase_person(user_id=mary.pk, at=LATER, by=boss)
    with pytest.raises(BadInputError, match="no user has the email"):
        person_of(EMAIL)
    again = add_user(email=EMAIL, password=None, at=LATER)
    assert again.pk != mary.pk


def test_whoever_comes_back_with_an_old_backup_is_erased_anew(mary, boss):
    Watch.objects.all().delete()
    create(
        Watch,
        {
            "user": mary,
            "since": AT,
            "organisation_key": 1,
            "organisation_name": "A",
            "spelling_key": "1",
        },
        at=AT,
        by=boss,
        kind="watch-started",
    )
    key_ring().drop(mary.key_name)

    erase_person(user_id=mary.pk, at=LATER, by=boss)

    assert not Watch.objects.exists()
    assert "mary" not in everything()
    verify()


def test_pages_call_them_an_erased_person(mary, boss, django_capture_on_commit_callbacks, loaded):
    del loaded
    erase(mary, boss, django_capture_on_commit_callbacks)
    client = Client()
    admin = User.objects.get(pk=boss.user_id)
    give_second_factor(admin)
    client.force_login(admin)

    for page in ("/people/", "/organisations/claims/", "/history/"):
        shown = client.get(page).content.decode()
        assert "quinn" not in shown
        assert "@invalid" not in shown


def test_an_invitation_that_is_forgotten_seals_nothing_and_its_key_goes(
    boss, django_capture_on_commit_callbacks
):
    found = invite(
        email="guest@example.org",
        role=Role.ANALYST,
        organisation=None,
        token="w",
        link="https://example.org/w",
        by=boss,
        at=AT,
    )
    with django_capture_on_commit_callbacks(execute=True):
        tick(at=found.expires_at + timedelta(90))

    found.refresh_from_db()
    assert found.email == ERASED
    assert not key_ring().has(found.key_name)
    [text] = EventText.objects.filter(key_name=found.key_name)
    assert text.event.kind == "person-invited"
    assert not KeyToDrop.objects.exists()
    verify()


def test_the_command_erases_and_verify_passes(request, tmp_path):
    here = Installation.ready(request, tmp_path, "sqlite")
    here.run(PROGRAMS / "beginning.py")

    said = here.run(*COMMAND, "user", "erase", "ann@example.org", "--yes")

    assert "is erased" in said
    assert "3 rows hold what they tell" in here.run(*COMMAND, "verify")
    assert "no user has the email" in here.refused(
        *COMMAND, "user", "erase", "ann@example.org", "--yes"
    )
