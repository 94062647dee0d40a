"""Whatever is done to the record behind the journal's back is found and named."""

import json

import pytest
from django.db import connection

from convener.base.errors import BadInputError
from convener.rules.access import CLOCK, Role
from convener.rules.journal import BrokenChainError, digest_of
from convener.rules.rebuilding import BrokenRecordError
from convener.service.actions.access import add_user, end_role, give_role
from convener.service.actions.heads import heads_path, publish_heads, read_heads
from convener.service.actions.journal import change
from convener.service.actions.registry import register_organisation
from convener.service.actions.verifying import verify
from convener.service.keys import KeyLostError
from convener.service.models import Event, EventText, Membership, Organisation, Stream, User
from service.furniture import AT
from service.installations import COMMAND, DATABASES, PROGRAMS, Installation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]


@pytest.fixture
def record(settings, tmp_path):
    """Tell of two organisations, two people and what they may do."""
    settings.KEYS, settings.WORKSPACE = tmp_path / "keys", tmp_path
    first, second = (register_organisation(name=name, at=AT) for name in ("First", "Second"))
    ann, bob = (add_user(email=f"{n}@example.org", password=None, at=AT) for n in ("ann", "bob"))
    for user, body in ((ann, first), (bob, first), (ann, second)):
        given = give_role(user_id=user.pk, role=Role.OFFICER, organisation=body, at=AT)
    end_role(membership_id=given.pk, at=AT, by=CLOCK)


def drop(event: Event) -> None:
    EventText.objects.filter(event=event).delete()
    Event.objects.filter(pk=event.pk).delete()


def stream_of(name: str) -> str:
    return f"organisation:{Organisation.objects.get(name=name).pk}"


def test_a_whole_record_is_counted():
    found = verify()

    assert (found.streams, found.events, found.rows) == (3, 8, 7)
    assert (found.removed, found.erased) == (0, 0)


def test_a_tampered_event_is_named():
    Event.objects.filter(stream__name=stream_of("First"), sequence=2).update(actor=99)

    with pytest.raises(BrokenChainError, match=f"^{stream_of('First')}: event 2 "):
        verify()


def test_a_missing_event_is_named():
    drop(Event.objects.get(stream__name=stream_of("First"), sequence=2))

    with pytest.raises(BrokenChainError, match=f"^{stream_of('First')}: event 2 is missing"):
        verify()


def test_events_that_changed_places_are_named():
    mine = Event.objects.filter(stream__name=stream_of("First"))
    for was, becomes in ((2, 99), (3, 2), (99, 3)):
        mine.filter(sequence=was).update(sequence=becomes)

    with pytest.raises(BrokenChainError, match=f"^{stream_of('First')}: event 2 "):
        verify()


def test_a_stream_that_was_cut_is_named_though_its_head_was_moved_too():
    publish_heads(at=AT)
    name = stream_of("Second")
    last = Event.objects.filter(stream__name=name).latest("sequence")
    before = Event.objects.get(stream__name=name, sequence=last.sequence - 1)
    drop(last)

    with pytest.raises(BrokenChainError, match=f"^{name}: it ends at event 2; 3 were recorded"):
        verify()
    Stream.objects.filter(name=name).update(sequence=before.sequence, digest=before.digest)
    with pytest.raises(BrokenRecordError, match="its events end at 1"):
        verify()
    Membership.objects.filter(pk=last.subject_id).update(until_at=None, row_version=1)
    verify()
    with pytest.raises(BrokenChainError, match=f"^{name}: it ends at event 2; 3 were recorded"):
        verify(read_heads(heads_path()))


def test_a_stream_that_was_written_anew_from_its_first_event_is_named():
    publish_heads(at=AT)
    name, last = stream_of("First"), "0" * 64
    rows = [told for told, _ in Event.objects.chained() if told.stream == name]
    for told in rows:
        forged = told._replace(role="administrator")
        last = digest_of(forged, last)
        Event.objects.filter(stream__name=name, sequence=told.sequence).update(
            role=forged.role, digest=last
        )
    Stream.objects.filter(name=name).update(digest=last)

    verify()  # by itself it fits
    with pytest.raises(BrokenChainError, match=f"^{name}: event 3 is not the one whose head"):
        verify(read_heads(heads_path()))


def test_a_head_that_lies_is_named():
    Stream.objects.filter(name=stream_of("First")).update(sequence=2)

    with pytest.raises(BrokenChainError, match="its head says 2 events; there are 3"):
        verify()


@pytest.mark.parametrize(
    ("model", "changed", "named"),
    [
        (Membership, {"role": "finance"}, "its role is not what its events tell"),
        (Membership, {"row_version": 7}, "it has version 7; its events end at"),
        (Organisation, {"name": "Other"}, "its name is not what its events tell"),
        (User, {"email": "eve@example.org"}, "its email is not what its events tell"),
    ],
)
def test_a_row_that_was_changed_past_the_journal_is_named_without_its_value(model, changed, named):
    pk = model.objects.earliest("pk").pk
    model.objects.filter(pk=pk).update(**changed)

    with pytest.raises(
        BrokenRecordError, match=f"^{model._meta.model_name} {pk}: {named}"
    ) as said:
        verify()
    assert not any(str(value) in str(said.value) for value in changed.values() if value != 7)


def test_a_deleted_row_is_named():
    found = Membership.objects.latest("pk")
    pk = found.pk
    Membership.objects.filter(pk=pk).delete()

    with pytest.raises(BrokenRecordError, match=f"^membership {pk}: .*it is not there"):
        verify()


def test_a_row_that_no_event_tells_of_is_named():
    ann = User.objects.earliest("pk")
    made = Membership.objects.create(user=ann, role="administrator", from_at=AT)

    with pytest.raises(BrokenRecordError, match=f"^membership {made.pk}: no event tells of it"):
        verify()


def test_a_change_past_the_journal_is_found_even_after_the_next_act():
    """What an act finds is told with it: it does not make a forged value true."""
    pk = Organisation.objects.earliest("pk").pk
    Organisation.objects.filter(pk=pk).update(name="Forged")
    body = Organisation.objects.select_for_update().get(pk=pk)
    change(body, {"name": "Renamed"}, at=AT, by=CLOCK, kind="renamed")

    with pytest.raises(BrokenRecordError, match="its name was changed by no event"):
        verify()


def test_a_key_that_was_lost_and_not_erased_is_named(settings, tmp_path):
    settings.KEYS = tmp_path / "other keys"

    with pytest.raises(KeyLostError, match="2 keys are not here, the first person:"):
        verify()


@pytest.mark.parametrize("text", ["", "[]", '{"heads": [{"stream": "a"}]}', "\x00\x01"])
def test_a_file_that_holds_no_heads_is_refused(tmp_path, text):
    path = tmp_path / "heads.json"
    path.write_text(text)

    with pytest.raises(BadInputError, match="holds no heads"):
        read_heads(path)


def test_the_heads_are_published_whole():
    publish_heads(at=AT)

    said = json.loads(publish_heads(at=AT).read_text())
    assert {one["stream"] for one in said["heads"]} == {
        "service",
        stream_of("First"),
        stream_of("Second"),
    }
    assert [path.name for path in heads_path().parent.iterdir()] == ["journal-heads.json"]
    assert connection.in_atomic_block


TAMPER = "update convener_event set kind = 'other' where sequence = 1"
ADDED = (*COMMAND, "user", "add", "ann@example.org", "--role", "analyst")


@pytest.mark.parametrize("database", DATABASES)
def test_the_command_checks_and_names_what_is_broken(request, tmp_path, database):
    here = Installation.ready(request, tmp_path / "made", database)
    here.run(*ADDED, said="a long one 4 ann\n")

    assert "2 events in 1 streams are whole; 2 rows" in here.run(*COMMAND, "verify")
    here.execute(TAMPER)
    assert "service: event 1 (other) is not the one" in here.refused(*COMMAND, "verify")


APART = f"""
import django
django.setup()
from django.db import connection
from convener.service.actions import verifying
verifying.LARGE = 0
if __name__ == "__main__":
    print(verifying.verify().events)
    with connection.cursor() as cursor:
        cursor.execute({TAMPER!r})
    try:
        verifying.verify()
    except Exception as error:
        print(type(error).__name__, error)
"""


def test_chains_are_checked_beside_the_rows_where_there_are_many(request, tmp_path):
    here = Installation.ready(request, tmp_path / "made", "postgresql")
    here.run(PROGRAMS / "beginning.py")

    whole, broken = here.run("-c", APART).splitlines()

    assert whole == "3"
    assert broken.startswith("BrokenChainError organisation:1: event 1 (other)")
