"""Clocks of rows: started, paused, gone on, ended, and told of once when they run out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from convener.base.errors import WrongStepError
from convener.rules.access import CLOCK, VISITING, Role
from convener.rules.calendars import MissingYearError, UnknownCalendarError
from convener.rules.clocks import ClockName, ClockStep, PauseReason
from convener.service.actions.clocks import (
    breach_clock,
    end_clock,
    pause_clock,
    resume_clock,
    start_clock,
)
from convener.service.actions.notes import answer_request, post_note, withdraw_note
from convener.service.models import Clock, Event, Note, Notice
from convener.service.models.market import NoteSort
from service.furniture import BODY, actor, make_user

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
KEY = 1
LATER = MONDAY + timedelta(90)  # the people of these tests have their roles by then


@pytest.fixture
def ann(db):
    return make_user(Role.ANALYST, "ann@example.org")


@pytest.fixture
def note(ann):
    return Note.objects.create(
        **BODY, sort="request", text="We are a charity", posted_at=MONDAY, posted_by=ann
    )


@pytest.fixture
def clock(note):
    return start_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=MONDAY, link="/there/")


def kinds(clock):
    return list(Event.objects.about(clock).values_list("kind", flat=True))


def test_a_clock_starts_with_its_usual_days_and_is_told(clock):
    assert clock.due_on == date(2026, 3, 30)
    assert clock.reading(MONDAY).days == 20
    assert kinds(clock) == ["clock-started"]


def test_another_calendar_and_other_days_may_hold(note):
    clock = start_clock(
        name=ClockName.REQUEST_ANSWER,
        subject=note,
        at=datetime(2026, 3, 16, tzinfo=UTC),
        working_days=1,
        calendar="northern-ireland",
    )

    assert clock.due_on == date(2026, 3, 18)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"calendar": "moon"}, UnknownCalendarError),
        ({"at": datetime(2028, 12, 29, tzinfo=UTC)}, MissingYearError),
    ],
)
def test_a_clock_that_cannot_be_counted_is_not_started(note, change, error):
    with pytest.raises(error):
        start_clock(**{"name": ClockName.REQUEST_ANSWER, "subject": note, "at": MONDAY} | change)
    assert not Clock.objects.exists()


def test_a_clock_of_a_row_runs_once(clock, note):
    with pytest.raises(IntegrityError), transaction.atomic():
        start_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=MONDAY)

    end_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=LATER)
    start_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=LATER)
    assert Clock.objects.of(note).count() == 2


def test_a_pause_is_counted_shown_and_moves_the_day(clock, ann):
    pause_clock(
        clock_id=clock.pk,
        reason=PauseReason.INFORMATION,
        by=actor(ann),
        at=MONDAY + timedelta(1),
    )
    assert not Clock.objects.due(LATER).exists()
    resumed = resume_clock(clock_id=clock.pk, by=actor(ann), at=MONDAY + timedelta(8))

    assert resumed.paused_days == 5
    assert resumed.due_on == date(2026, 4, 8)  # Good Friday and Easter Monday lie before it
    paused = Event.objects.get(kind="clock-paused")
    assert (paused.reason, paused.actor) == ("information", ann.pk)
    assert kinds(clock) == ["clock-started", "clock-paused", "clock-resumed"]


def test_what_is_late_is_not_paused_and_what_runs_does_not_go_on(clock, ann):
    with pytest.raises(WrongStepError, match="late stays late"):
        pause_clock(clock_id=clock.pk, reason=PauseReason.AGREED, by=actor(ann), at=LATER)
    with pytest.raises(WrongStepError):
        resume_clock(clock_id=clock.pk, by=actor(ann), at=LATER)


def test_a_clock_that_ended_is_no_longer_due(clock, note):
    ended = end_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=MONDAY + timedelta(1))

    assert ended.reading(LATER).step is ClockStep.ENDED
    assert not Clock.objects.due(LATER).exists()
    assert end_clock(name=ClockName.REQUEST_ANSWER, subject=note, at=LATER) is None


def test_a_clock_that_runs_out_is_told_once_to_those_who_act(clock, ann):
    make_user(Role.CONVENER, "other@example.org")
    boss = make_user(Role.ADMINISTRATOR, "boss@example.org")

    assert not breach_clock(clock_id=clock.pk, at=clock.due_at - timedelta(seconds=1))
    assert breach_clock(clock_id=clock.pk, at=LATER)
    assert not breach_clock(clock_id=clock.pk, at=LATER)

    assert set(Notice.objects.values_list("user", "link")) == {
        (ann.pk, "/there/"),
        (boss.pk, "/there/"),
    }
    notice = Notice.objects.filter(user=ann).get()
    assert notice.text == (
        "Answer a request for a correction: it was due by the end of 30 March 2026 and is late."
    )
    breached = Event.objects.get(kind="clock-breached")
    assert (breached.actor, breached.role) == (CLOCK.user_id, "clock")
    assert kinds(clock) == ["clock-started", "clock-breached"]


def test_a_request_has_a_clock_until_it_is_answered(loaded, ann):
    lead = make_user(Role.PROVIDER, "lead@example.org", key=KEY)
    posted = post_note(
        organisation_key=KEY,
        sort=NoteSort.REQUEST,
        text="We are a charity",
        by=actor(lead),
        at=LATER,
    )
    [clock] = Clock.objects.of(posted)
    assert clock.link == f"/corrections/requests/{posted.pk}/"

    answer_request(
        note_id=posted.pk, is_approved=False, answer="No", by=actor(ann), at=LATER + timedelta(1)
    )

    clock.refresh_from_db()
    assert clock.ended_at == LATER + timedelta(1)
    assert Notice.objects.get(user=lead).text.startswith("What you asked for was answered")


def test_a_note_that_asks_for_nothing_has_no_clock_and_one_taken_back_ends_it(loaded):
    lead = make_user(Role.PROVIDER, "lead@example.org", key=KEY)
    said = {"organisation_key": KEY, "text": "Hello", "by": actor(lead), "at": LATER}
    post_note(sort=NoteSort.NOTE, **said)
    assert not Clock.objects.exists()

    withdraw_note(note_id=post_note(sort=NoteSort.REQUEST, **said).pk, by=actor(lead), at=LATER)
    assert not Clock.objects.open().exists()


def test_a_clock_is_seen_by_those_who_may_do_what_it_asks_for(clock, ann):
    lead = make_user(Role.PROVIDER, "lead@example.org")

    assert list(Clock.objects.visible_to(actor(ann))) == [clock]
    assert not Clock.objects.visible_to(actor(lead)).exists()
    assert not Clock.objects.visible_to(VISITING).exists()
