"""What people are told: once, in a list of their own, and read when they say so."""

from datetime import UTC, datetime, timedelta

import pytest

from convener.base.errors import NotFoundError
from convener.rules.access import VISITING, Act, Role
from convener.rules.clocks import ClockName
from convener.service.actions.clocks import start_clock
from convener.service.actions.notices import Message, doers, read_notices, tell
from convener.service.models import Membership, Note, Notice
from service.furniture import BODY, actor, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
HELLO = Message("late", "Something is late", "/somewhere/", "clock:1")


@pytest.fixture
def ann(db):
    return make_user(Role.ANALYST, "ann@example.org")


@pytest.fixture
def bob(db):
    return make_user(Role.ANALYST, "bob@example.org")


def test_each_is_told_in_a_list_of_their_own(ann, bob):
    assert tell([ann.pk, bob.pk], [HELLO], at=AT) == 2

    [notice] = Notice.objects.visible_to(actor(ann))
    assert (notice.text, notice.link, notice.read_at) == (HELLO.text, "/somewhere/", None)
    assert not Notice.objects.visible_to(VISITING).exists()


def test_nobody_is_told_twice_of_one_cause(ann, bob):
    tell([ann.pk], [HELLO], at=AT)

    assert tell([ann.pk, bob.pk], [HELLO], at=AT) == 1
    assert Notice.objects.filter(user=ann).count() == 1
    assert tell([ann.pk], [Message("late", "Again"), Message("late", "Again")], at=AT) == 2


def test_whoever_was_closed_is_told_nothing(ann):
    ann.is_active = False
    ann.save()

    assert tell([ann.pk], [HELLO], at=AT) == 0


def test_reading_one_leaves_the_others_new(ann, bob):
    tell([ann.pk, bob.pk], [HELLO, Message("late", "Another")], at=AT)
    first = Notice.objects.filter(user=ann).last()

    assert read_notices(notice_id=first.pk, by=actor(ann), at=AT) == 1
    assert Notice.objects.filter(user=ann).unread().count() == 1
    assert read_notices(by=actor(ann), at=AT) == 1
    assert read_notices(by=actor(ann), at=AT) == 0
    assert Notice.objects.filter(user=bob).unread().count() == 2


def test_nobody_reads_what_another_was_told(ann, bob):
    tell([bob.pk], [HELLO], at=AT)

    with pytest.raises(NotFoundError):
        read_notices(notice_id=Notice.objects.get().pk, by=actor(ann), at=AT)
    assert Notice.objects.unread().count() == 1


def test_those_who_may_act_are_found_by_the_table_and_their_organisation(ann):
    boss = make_user(Role.ADMINISTRATOR, "boss@example.org")
    lead = make_user(Role.PROVIDER, "lead@example.org")
    make_user(Role.PROVIDER, "else@example.org", key=2)
    home = lead.memberships.get().organisation_id

    assert doers(Act.ANSWER_REQUESTS, organisation_id=None, at=AT) == {ann.pk, boss.pk}
    assert doers(Act.POST_NOTES, organisation_id=home, at=AT) == {lead.pk, boss.pk}
    Membership.objects.filter(user=lead).update(until_at=AT)
    assert doers(Act.POST_NOTES, organisation_id=home, at=AT + timedelta(1)) == {boss.pk}


def test_the_page_lists_them_and_marks_them_as_read(loaded, client, ann):
    tell([ann.pk], [HELLO, Message("late", "<b>Another</b>")], at=AT)
    client.force_login(ann)

    shown = client.get("/notices/").content.decode()
    assert "Notices (2 new)" in shown
    assert 'href="/somewhere/"' in shown
    assert "&lt;b&gt;Another" in shown

    first = Notice.objects.first()
    assert client.post("/notices/", {"number": first.pk})["Location"] == "/notices/"
    assert Notice.objects.unread().count() == 1
    assert client.post("/notices/", {"number": "9" * 30}).status_code == 400
    client.post("/notices/")
    assert "Nothing is new" in client.get("/notices/").content.decode()


def test_nobody_marks_what_another_was_told(loaded, client, ann, bob):
    tell([bob.pk], [HELLO], at=AT)
    client.force_login(ann)

    assert client.post("/notices/", {"number": Notice.objects.get().pk}).status_code == 404
    assert Notice.objects.unread().count() == 1


def test_deadlines_show_what_is_late_to_those_who_may_do_it(loaded, client, ann):
    note = Note.objects.create(
        **BODY, sort="request", text="We are a charity", posted_at=AT, posted_by=ann
    )
    start_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=AT, link="/there/")
    client.force_login(ann)
    assert "Answer a request" in client.get("/deadlines/").content.decode()

    client.force_login(make_user(Role.PROVIDER, "lead@example.org"))
    assert "Nothing waits" in client.get("/deadlines/").content.decode()
