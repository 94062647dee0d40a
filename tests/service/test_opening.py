"""A database of the release before the journal is brought along with its rows, each told of."""

import pytest

from convener.rules.rebuilding import BrokenRecordError
from convener.service.actions.access import add_user
from convener.service.actions.heads import publish_heads
from convener.service.actions.opening import JournalGoneError, begin_journal
from convener.service.actions.verifying import verify
from convener.service.models import Event, EventText, Organisation, Stream, User
from service.furniture import AT
from service.installations import COMMAND, DATABASES, PROGRAMS, Installation

SEE = """
import django
django.setup()
from convener.service.actions.journal import words_of
from convener.service.actions.verifying import verify
from convener.service.models import Event, Membership, Note, User
told = Event.objects.filter(kind="found-when-the-journal-began")
print(told.count(), sorted(set(told.values_list("subject", flat=True))))
print(sorted(Membership.objects.values_list("user__email", "role")))
print(words_of(Event.objects.about(User.objects.get(email="ann@example.org")).first())["email"])
found = verify()
print(found.events, found.streams, found.rows)
"""


@pytest.mark.parametrize("database", DATABASES)
def test_an_old_database_with_rows_is_brought_along_and_verified(request, tmp_path, database):
    here = Installation.new(request, tmp_path / "made", database)
    here.run(PROGRAMS / "old_rows.py")
    added = (*COMMAND, "user", "add", "new@example.org", "--role", "analyst")

    here.run(*added, said="a long one 4 new\n")

    count, memberships, sealed, verified = here.run("-c", SEE).splitlines()
    wanted = (
        "['correction', 'membership', 'note', 'organisation', 'ownerwarning', 'user', 'watch']"
    )
    assert count == f"10 {wanted}"
    assert "('ann@example.org', 'analyst')" in memberships
    assert "('pat@example.org', 'provider')" in memberships
    assert sealed == "[None, 'ann@example.org']"
    assert verified == "12 2 12"


@pytest.fixture
def here(db, settings, tmp_path):
    settings.KEYS, settings.WORKSPACE = tmp_path / "keys", tmp_path


@pytest.mark.usefixtures("here")
def test_a_journal_is_begun_once_and_no_row_gets_in_that_way_later():
    User.objects.create(email="ann@example.org")
    assert begin_journal(at=AT) == 1

    Organisation.objects.create(name="Slipped in", registered_at=AT)

    assert begin_journal(at=AT) == 0
    with pytest.raises(BrokenRecordError, match="no event tells of it"):
        verify()


@pytest.mark.usefixtures("here")
def test_an_empty_database_has_nothing_to_begin_with():
    assert begin_journal(at=AT) == 0
    assert not Stream.objects.exists()


@pytest.mark.usefixtures("here")
def test_a_journal_that_was_emptied_is_not_begun_anew():
    add_user(email="ann@example.org", password=None, at=AT)
    publish_heads(at=AT)
    EventText.objects.all().delete()
    Event.objects.all().delete()
    Stream.objects.all().delete()

    with pytest.raises(JournalGoneError, match="its heads were published once"):
        begin_journal(at=AT)
