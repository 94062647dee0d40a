"""What was done, as its pages tell it to those who may see it."""

import csv
import html
import io
import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convener.base.kinds import Kind
from convener.rules.access import Act, Role, Scope, roles_for, scope_of
from convener.service.actions.access import end_role, give_role
from convener.service.actions.journal import change, key_ring
from convener.service.actions.kinds import give_kind
from convener.service.actions.registry import rename_organisation
from convener.service.models import Event, Stream, User
from convener.service.timeline import ERASED, entries
from convener.service.views import history
from service.calling import Program, unbound
from service.furniture import actor, make_user

LATER = datetime(2026, 5, 5, 9, 30, tzinfo=UTC)
SECRET = "the secretary's own words"


@pytest.fixture
def own_keys(settings, tmp_path) -> None:
    """Keep the keys of one test apart: those that it drops are gone for good."""
    settings.KEYS = tmp_path / "keys"


@pytest.fixture
def keeper(db) -> User:
    return make_user(Role.KEEPER)


@pytest.fixture
def body(keeper):
    return keeper.memberships.get().organisation


@pytest.fixture
def renamed(keeper, body):
    rename_organisation(
        organisation_id=body.pk,
        name="Brightside Care CIC",
        reason=SECRET,
        by=actor(keeper),
        at=LATER,
    )
    body.refresh_from_db()
    return body


def first_entry(user: User):
    by = actor(user)
    [entry, *_] = entries(list(Event.objects.of(Stream.objects.visible_to(by))), by)
    return entry


def met_on(page) -> list[tuple[str, int]]:
    """Return the stream and number of each event of a page, in its order."""
    found = re.findall(r"Event (\d+) of ([\w:]+)", page.text)
    return [(stream, int(sequence)) for sequence, stream in found]


def test_an_entry_says_who_did_what_and_what_it_was_before(keeper, renamed):
    entry = first_entry(keeper)

    assert (entry.act, entry.at, entry.who) == ("organisation renamed", LATER, keeper.email)
    assert entry.organisation == "Brightside Care CIC"
    [move] = [move for move in entry.moves if move.label == "name"]
    assert (move.before, move.after) == ("Brightside Homes Limited", "Brightside Care CIC")


def test_choices_and_days_are_said_in_words(keeper, body):
    give_kind(
        organisation_id=body.pk,
        kind=Kind.CHARITY,
        from_on=date(2026, 4, 1),
        source="The charity register",
        by=actor(keeper),
        at=LATER,
    )

    said = {move.label: move.after for move in first_entry(keeper).moves}
    assert said["kind"] == Kind.CHARITY.label
    assert said["from"] == "1 April 2026"


def test_what_is_not_open_is_named_and_not_shown(keeper):
    change(keeper, {"emails": "never"}, at=LATER, by=actor(keeper), kind="emails-chosen")

    of_service = Event.objects.of(Stream.objects.all())
    [entry] = entries(list(of_service[:1]), actor(make_user(Role.ADMINISTRATOR)))
    assert (entry.moves, entry.unshown) == ((), ("emails",))


def test_words_are_shown_until_they_are_erased(own_keys, keeper, renamed):
    assert first_entry(keeper).words == SECRET

    key_ring().drop(renamed.key_name)
    assert first_entry(keeper).words == ERASED


def test_people_of_other_organisations_are_known_by_their_role_alone(keeper, renamed):
    outsider = make_user(Role.CONVENER)
    by = actor(outsider)
    change(renamed, {"name": "Third name"}, at=LATER, by=by, kind="renamed")

    entry = first_entry(keeper)
    assert entry.role == Role.CONVENER.label
    assert outsider.email not in entry.who
    assert first_entry(outsider).who == outsider.email


@pytest.mark.parametrize("role", roles_for(Act.SEE_JOURNAL))
def test_list_count_download_and_streams_agree_for_every_role(loaded, client, renamed, role):
    other = make_user(Role.PROVIDER, "stranger", key=2)
    user = make_user(role, "reader")
    client.force_login(user)
    by = actor(user)
    wanted = Event.objects.all()
    if scope_of(role, Act.SEE_JOURNAL) is Scope.OWN:
        wanted = wanted.filter(stream__name=renamed.stream_name)

    page = client.get(reverse("history"))
    file = client.get(reverse("history-download", args=["csv"]))

    assert f"<strong>{wanted.count()} act" in page.text
    assert met_on(page) == list(wanted.order_by("-pk").values_list("stream__name", "sequence"))
    assert wanted.count() == Stream.objects.visible_to(by).length()
    rows = csv.DictReader(io.StringIO(file.text))
    assert {(row["stream"], int(row["event"])) for row in rows} == set(
        wanted.values_list("stream__name", "sequence")
    )
    told = Program(unbound(user)).read("/api/history", limit=1000).json()
    assert told["total"] == wanted.count()
    assert [(row["stream"], row["sequence"]) for row in told["rows"]] == met_on(page)
    theirs = other.memberships.get().organisation
    reached = client.get(reverse("organisation-history", args=[theirs.pk])).status_code
    assert reached == (200 if scope_of(role, Act.SEE_JOURNAL) is Scope.ALL else 403)


def test_a_long_history_is_read_from_an_event_on(loaded, client, keeper, body, monkeypatch):
    monkeypatch.setattr(history, "SHOWN", 2)
    for number in range(5):
        change(body, {"name": f"Name {number}"}, at=LATER, by=actor(keeper), kind="renamed")
    client.force_login(keeper)
    address, met = reverse("organisation-history", args=[body.pk]), []
    while address:
        shown = client.get(address)
        met += [sequence for _, sequence in met_on(shown)]
        older = re.search(r'rel="next"\s+href="([^"]+)"', shown.text)
        address = older and html.unescape(older[1])
    assert met == sorted(
        Event.objects.filter(stream__name=body.stream_name).values_list("sequence", flat=True),
        reverse=True,
    )


def test_the_history_of_one_row_can_be_asked_for(loaded, client, keeper, renamed):
    client.force_login(keeper)
    shown = client.get(reverse("history"), {"about": f"organisation:{renamed.pk}"})
    about = Event.objects.about(renamed).order_by("-pk")
    assert met_on(shown) == list(about.values_list("stream__name", "sequence"))
    assert f"<strong>{about.count()} acts</strong>" in shown.text
    told = client.get("/api/history", {"about": f"organisation:{renamed.pk}"}).json()
    assert told["total"] == about.count()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"stream": "service"}, "one that you may read"),
        ({"stream": "\0"}, "one that you may read"),
        ({"about": "note"}, "as note:5"),
        ({"about": "note:1; drop"}, "as note:5"),
        ({"before": "-1"}, "the number of an event"),
        ({"before": "9" * 40}, "the number of an event"),
    ],
)
def test_what_cannot_be_asked_is_answered_clearly(loaded, client, keeper, asked, said):
    client.force_login(keeper)
    answer = client.get(reverse("history"), asked)
    assert answer.status_code == 400
    assert said in answer.text


def test_a_page_asks_the_database_as_often_for_many_events_as_for_few(
    loaded, client, keeper, body
):
    client.force_login(keeper)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("history"))
        counts.append(len(asked))
        for number in range(20):
            change(
                body,
                {"name": f"Name {number}"},
                at=LATER,
                by=actor(keeper),
                kind="renamed",
                words="Why",
            )
    assert counts[0] == counts[1]


def test_a_role_given_tells_to_whom(keeper, body):
    other = User.objects.create(email="ann@example.org")
    give_role(user_id=other.pk, role=Role.OFFICER, organisation=body, by=actor(keeper), at=LATER)
    said = {move.label: move.after for move in first_entry(keeper).moves}
    assert said["person"] == "ann@example.org"
    assert said["role"] == Role.OFFICER.label


def test_a_role_that_was_ended_tells_whose_it_was_and_why(keeper, body):
    other = User.objects.create(email="ann@example.org")
    given = give_role(
        user_id=other.pk, role=Role.OFFICER, organisation=body, by=actor(keeper), at=LATER
    )
    end_role(membership_id=given.pk, by=actor(keeper), at=LATER, reason="She left in May")

    entry = first_entry(keeper)
    assert entry.what == f"membership {given.pk} of ann@example.org"
    assert entry.words == "She left in May"
