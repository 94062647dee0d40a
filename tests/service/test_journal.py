import json

import pytest
from django.db import connection, transaction

from convener.base.errors import BadInputError
from convener.rules.access import CLOCK, Role
from convener.rules.journal import RepeatedCommandError
from convener.service.actions.access import add_user
from convener.service.actions.journal import change, create, key_ring, record, remove, words_of
from convener.service.actions.registry import register_organisation
from convener.service.actions.verifying import verify
from convener.service.keys import ErasedError, KeyLostError, TamperedError
from convener.service.models import Event, EventText, Interest, Organisation, Stream
from service.furniture import AT

SECRET = "My brother is its director"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    return settings.KEYS


@pytest.fixture
def body() -> Organisation:
    return register_organisation(name="Good Care", at=AT)


@pytest.fixture
def interest(body) -> Interest:
    ann = add_user(email="ann@example.org", password=None, at=AT)
    return create(
        Interest,
        {
            "organisation": body,
            "user": ann,
            "nature": "related",
            "from_on": AT.date(),
            "declared_at": AT,
        },
        at=AT,
        by=CLOCK,
        kind="interest-declared",
        words=SECRET,
    )


def renamed(body: Organisation, name: str, **given) -> None:
    with transaction.atomic():
        locked = Organisation.objects.select_for_update().get(pk=body.pk)
        change(locked, {"name": name}, at=AT, by=CLOCK, kind="renamed", **given)


def test_an_event_tells_who_did_what_to_which_version_and_what_moved(body):
    renamed(body, "Better Care", reason="mistake", command="one")

    first, last = Event.objects.about(body)
    assert (first.sequence, last.sequence) == (1, 2)
    assert (first.row_version, last.row_version) == (1, 2)
    assert (last.kind, last.role, last.reason) == ("renamed", Role.CLOCK, "mistake")
    assert json.loads(last.contents) == {"changed": {"name": ["Good Care", "Better Care"]}}
    assert Stream.objects.get(name=f"organisation:{body.pk}").head.digest == last.digest
    assert Organisation.objects.get().row_version == 2


def test_what_is_not_open_stands_in_no_event_and_is_sealed_beside_it(interest):
    event = Event.objects.about(interest).get()

    assert SECRET not in event.contents
    assert "related" not in event.contents
    assert set(json.loads(event.contents)["digests"]) == {"nature"}
    assert SECRET.encode() not in bytes(event.text.envelope)
    assert words_of(event) == {"nature": [None, "related"], "words": SECRET}


def test_the_same_value_has_another_digest_in_another_row_or_version(interest):
    told = dict(interest.told_values(), organisation_id=interest.organisation_id)
    other = create(
        Interest,
        {name: told[name] for name in ("organisation_id", "nature", "from_on")}
        | {"user_id": interest.user_id, "declared_at": AT},
        at=AT,
        by=CLOCK,
        kind="interest-declared",
    )

    digests = [
        json.loads(Event.objects.about(row).get().contents)["digests"] for row in (interest, other)
    ]
    assert digests[0]["nature"] != digests[1]["nature"]


def test_erasure_makes_words_and_values_unreadable_and_leaves_the_chain_whole(interest):
    assert key_ring().drop(interest.key_name)

    with pytest.raises(KeyLostError, match="erased"):
        words_of(Event.objects.about(interest).get())
    with pytest.raises(ErasedError):
        key_ring().key(interest.key_name)
    assert verify().erased == 3  # the email and choice of the person, and the nature of the tie


def test_a_sealed_text_is_of_its_own_event_alone(interest, body):
    renamed(body, "Better Care", words="It was misspelt")
    mine, other = (
        EventText.objects.get(event__kind=kind) for kind in ("interest-declared", "renamed")
    )
    EventText.objects.filter(pk=mine.pk).update(envelope=other.envelope, key_name=other.key_name)

    with pytest.raises(TamperedError):
        words_of(Event.objects.about(interest).get())


def test_a_command_is_done_once_and_what_came_with_it_is_undone(body):
    renamed(body, "Better Care", command="token:1:abc")

    with pytest.raises(RepeatedCommandError, match="done already"):
        renamed(body, "Worse Care", command="token:1:abc")
    assert Organisation.objects.get().name == "Better Care"
    verify()


@pytest.mark.django_db(transaction=True)
def test_an_event_is_told_in_a_transaction_alone(body):
    with pytest.raises(BadInputError, match="in the transaction"):
        record(at=AT, by=CLOCK, kind="renamed", subject=body, changed={})

    assert Event.objects.count() == 1


@pytest.mark.parametrize("given", [{"kind": "Two words"}, {"reason": "a\nb"}, {"command": "a\nb"}])
def test_a_word_that_is_not_one_is_refused(body, given):
    with pytest.raises(BadInputError):
        record(**({"at": AT, "by": CLOCK, "kind": "x", "subject": body, "changed": {}} | given))


def test_what_was_removed_is_told_and_stays_removed(interest):
    remove(interest, at=AT, by=CLOCK, kind="interest-withdrawn")

    found = verify()
    assert found.removed == 1
    assert Event.objects.filter(kind="interest-withdrawn").exists()


def test_an_action_that_fails_leaves_neither_row_nor_event(body):
    class FailedError(Exception):
        pass

    @transaction.atomic
    def fail():
        renamed(body, "Better Care")
        raise FailedError

    with pytest.raises(FailedError):
        fail()

    assert Event.objects.count() == 1
    assert Organisation.objects.get().name == "Good Care"
    assert not connection.needs_rollback
