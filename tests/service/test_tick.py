"""A tick does what is due, once, however many tick and however often."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from convener.rules.access import Role
from convener.rules.clocks import ClockName
from convener.service.actions import ticking
from convener.service.actions.clocks import start_clock
from convener.service.actions.notices import Message, tell
from convener.service.actions.ticking import ERASED, tick
from convener.service.models import Event, Invitation, Note, Notice, Session
from service.furniture import BODY, make_user
from service.installations import COMMAND, DATABASES, Installation

pytestmark = pytest.mark.usefixtures("workspace")  # heads are published into it

AT = datetime(2026, 6, 1, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    """Keep the keys of one test apart: those that it drops are gone for good."""
    settings.KEYS = tmp_path / "keys"


@pytest.fixture
def ann(db):
    return make_user(Role.ANALYST, "ann@example.org")


@pytest.fixture
def clock(ann):
    note = Note.objects.create(
        **BODY, sort="request", text="We are a charity", posted_at=AT, posted_by=ann
    )
    return start_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=AT)


def test_a_tick_says_what_is_late_and_writes_to_who_acts(clock, ann):
    assert tick(at=AT).done["clocks that ran out"] == 0

    done = tick(at=clock.due_at)

    assert (done.done["clocks that ran out"], done.done["emails sent"]) == (1, 1)
    assert not done.broken
    assert Notice.objects.filter(user=ann).count() == len(mail.outbox) == 1


def test_a_tick_run_twice_does_nothing_more(clock):
    tick(at=clock.due_at)
    kept = (Event.objects.count(), Notice.objects.count(), len(mail.outbox))

    again = tick(at=clock.due_at + timedelta(minutes=1))

    assert set(again.done.values()) == {0}
    assert (Event.objects.count(), Notice.objects.count(), len(mail.outbox)) == kept


def test_a_part_that_breaks_holds_up_no_other(clock, ann, monkeypatch):
    def broken(at):
        raise RuntimeError

    parts = {"clocks that ran out": broken, **ticking.PARTS, "another": broken}
    monkeypatch.setattr(ticking, "PARTS", {"another": broken, **parts})
    tell([ann.pk], [Message("late", "Something")], at=AT)

    done = tick(at=AT)

    assert "another" in done.broken
    assert done.done["emails sent"] == 1


def test_old_notices_go_and_newer_ones_stay(ann):
    tell([ann.pk], [Message("late", "Old")], at=AT)
    tell([ann.pk], [Message("late", "New")], at=AT + timedelta(2))

    assert tick(at=AT + timedelta(731)).done["notices dropped"] == 1
    assert Notice.objects.get().text == "New"


def test_the_address_of_an_invitation_is_erased_ninety_days_after_it_ran_out(ann):
    invited = Invitation.objects.create(
        email="guest@example.org",
        role="analyst",
        token_digest="x",
        invited_at=AT,
        expires_at=AT + timedelta(14),
    )

    assert tick(at=AT + timedelta(100)).done["invitations forgotten"] == 0
    assert tick(at=AT + timedelta(104)).done["invitations forgotten"] == 1
    assert tick(at=AT + timedelta(105)).done["invitations forgotten"] == 0
    invited.refresh_from_db()
    assert invited.email == ERASED


def test_administrators_are_told_once_of_a_calendar_that_lacks_the_next_year(ann):
    boss = make_user(Role.ADMINISTRATOR, "boss@example.org")
    october = datetime(2028, 10, 2, tzinfo=UTC)

    assert tick(at=october).done["calendars asked for"] == 4
    assert tick(at=october + timedelta(30)).done["calendars asked for"] == 0
    assert set(Notice.objects.values_list("user", flat=True)) == {boss.pk}
    assert "in 2029 are missing" in Notice.objects.first().text


MAKE = """
import django; django.setup()
from datetime import datetime, UTC
from convener.rules.access import Role
from convener.rules.clocks import ClockName
from convener.service.actions.access import add_user, give_role
from convener.service.actions.clocks import start_clock
from convener.service.models import Note
AT = datetime(2026, 1, 5, tzinfo=UTC)
user = add_user(email="ann@example.org", password=None, at=AT)
give_role(user_id=user.pk, role=Role.ANALYST, at=AT)
for number in range(20):
    note = Note.objects.create(organisation_key=1, organisation_name="A", spelling_key="1",
        sort="request", text="x", posted_at=AT, posted_by=user)
    start_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=AT)
"""
# Ticks once more, then counts.
COUNT = """
from convener.cli import app
app(["tick"], standalone_mode=False)
from convener.service.models import Event, Notice, Stream
from convener.rules.journal import check_chain
heads = list(check_chain(Event.objects.all().chained()))
print(Event.objects.filter(kind="clock-breached").count(), Notice.objects.count(),
      sum(head.sequence for head in heads) == Event.objects.count())
"""


def test_sign_ins_that_ran_out_are_dropped(db, client, ann):
    client.force_login(ann)
    [kept] = Session.objects.all()

    assert tick(at=kept.expire_date - timedelta(seconds=1)).done["sign-ins dropped"] == 0
    assert tick(at=kept.expire_date).done["sign-ins dropped"] == 1
    assert not Session.objects.exists()


def test_tasks_that_ended_long_ago_are_dropped_and_others_stay(db):
    common = {"args_kwargs": {}, "task_path": "a.b", "run_after": AT, "exception_class_path": ""}
    ended = DBTaskResult.objects.create(**common, finished_at=AT)
    waiting = DBTaskResult.objects.create(**common)

    assert tick(at=AT + timedelta(days=89)).done["tasks dropped"] == 0
    assert tick(at=AT + timedelta(days=91)).done["tasks dropped"] == 1
    assert not DBTaskResult.objects.filter(pk=ended.pk).exists()
    assert DBTaskResult.objects.filter(pk=waiting.pk).exists()


@pytest.mark.parametrize("database", DATABASES)
def test_processes_that_tick_at_once_tell_once(request, tmp_path, database):
    here = Installation.ready(request, tmp_path / "made", database)
    here.run("-c", MAKE)

    ticks = [here.begin(*COMMAND, "tick") for _ in range(3)]
    for one in ticks:
        _, said = one.communicate(timeout=120)
        assert one.returncode == 0, said[-2000:]

    assert here.run("-c", COUNT).split()[-3:] == ["20", "20", "True"]
