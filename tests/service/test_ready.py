"""Whether the service is up, whether it can answer, and what it warns of."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from convener.rules.access import CLOCK, Role
from convener.rules.journal import BrokenChainError
from convener.service.actions.access import add_user, give_role
from convener.service.actions.heads import heads_path, publish_heads
from convener.service.actions.ticking import tick
from convener.service.actions.verified import last_verified, note_verified
from convener.service.models import Event, Stream
from convener.service.readiness import standing
from service.furniture import AT
from service.installations import COMMAND, Installation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("workspace")]


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    return settings.KEYS


@pytest.fixture
def ann(keys):
    return add_user(email="ann@example.org", password=None, at=AT)


def asked(client) -> tuple[int, dict]:
    response = client.get("/ready")
    return response.status_code, response.json()


def test_a_fresh_service_is_ready_and_no_key_is_made_by_asking(client, keys):
    status, said = asked(client)

    parts = {name: said[name] for name in ("database", "journal", "keys", "market")}
    assert (status, said["status"], set(parts.values())) == (200, "ready", {True})
    assert not keys.exists()
    assert not Stream.objects.exists()


def test_health_asks_nothing_of_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/health").json() == {"status": "up"}


def test_keys_that_are_gone_are_said_and_not_made_anew(client, keys, ann, tmp_path):
    keys.rename(tmp_path / "elsewhere")

    status, said = asked(client)

    assert (status, said["status"], said["keys"]) == (503, "not ready", False)
    assert said["database"]
    assert not keys.exists()


def test_other_keys_than_those_that_sealed_are_said(client, settings, ann, tmp_path):
    settings.KEYS = tmp_path / "others"
    settings.KEYS.mkdir(mode=0o700)

    assert asked(client)[1]["keys"] is False


@pytest.mark.django_db(transaction=True)
def test_a_journal_that_cannot_be_written_is_said(client):
    if connection.vendor == "postgresql":
        forbid, allow = ("set default_transaction_read_only = " + word for word in ("on", "off"))
    else:
        forbid, allow = ("pragma query_only = " + word for word in ("on", "off"))
    with connection.cursor() as cursor:
        cursor.execute(forbid)
        try:
            status, said = asked(client)
        finally:
            cursor.execute(allow)

    assert (status, said["database"], said["journal"]) == (503, True, False)


def test_a_market_that_cannot_be_read_is_said(client, workspace):
    (workspace / "manifest.json").write_text("not a manifest")

    status, said = asked(client)

    assert (status, said["market"], said["database"]) == (503, False, True)


def test_holidays_that_are_missing_are_warned_of():
    assert standing(at=datetime(2028, 9, 30, tzinfo=UTC)).warnings == ()

    found = standing(at=datetime(2028, 10, 2, tzinfo=UTC))

    assert found.is_ready
    assert "the bank holidays of Scotland in 2029 are missing" in found.warnings


def test_heads_are_published_by_the_tick_once_a_day(client, ann):
    assert client.get("/open/journal-heads.json").json() == {"at": None, "heads": []}

    counts = [
        tick(at=AT + timedelta(hours=hours)).done["heads published"] for hours in (0, 23, 25)
    ]

    assert counts == [1, 0, 1]
    response = client.get("/open/journal-heads.json")
    said = response.json()
    assert [one["stream"] for one in said["heads"]] == ["service"]
    assert datetime.fromisoformat(said["at"]) == AT + timedelta(hours=25)
    assert response["Access-Control-Allow-Origin"] == "*"


def test_heads_that_were_not_published_for_days_are_warned_of(ann):
    publish_heads(at=AT)

    assert standing(at=AT + timedelta(1)).warnings == ()
    assert standing(at=AT + timedelta(3)).warnings == (
        f"the heads of the journal were last published on {AT:%Y-%m-%d}",
    )


def test_heads_are_not_published_over_a_chain_that_was_written_anew(ann):
    publish_heads(at=AT)
    kept = heads_path().read_text()
    Event.objects.update(digest="f" * 64)
    give_role(user_id=ann.pk, role=Role.ANALYST, at=AT, by=CLOCK)

    with pytest.raises(BrokenChainError, match="service: event 1 is not the one whose head"):
        publish_heads(at=AT + timedelta(1))
    assert "heads published" in tick(at=AT + timedelta(1)).broken
    assert heads_path().read_text() == kept


def test_how_it_was_last_verified_is_said():
    assert standing(at=AT).verified_at is None

    note_verified(is_whole=True, at=AT)
    assert standing(at=AT).warnings == ()
    assert standing(at=AT + timedelta(9)).warnings == (
        f"the journal was last verified on {AT:%Y-%m-%d}",
    )
    note_verified(is_whole=False, at=AT)
    found = standing(at=AT)
    assert found.warnings == ("the journal was found broken when it was last verified",)
    assert found.verified_at == AT.isoformat()
    assert found.is_ready


def test_a_note_of_a_verification_that_cannot_be_read_is_none(workspace):
    (workspace / "verified.json").write_text("[]")

    assert last_verified() is None


TAMPER = """
import django
django.setup()
from convener.service.models import Event
Event.objects.update(kind="other")
"""


def test_the_command_keeps_how_it_found_the_record(request, tmp_path, settings):
    here = Installation.ready(request, tmp_path / "made", "sqlite")
    added = (*COMMAND, "user", "add", "ann@example.org", "--role", "analyst")
    here.run(*added, said="a long one 4 ann\n")
    settings.WORKSPACE = here.workspace

    here.run(*COMMAND, "verify")
    assert last_verified().is_whole
    here.run("-c", TAMPER)
    here.refused(*COMMAND, "verify")
    assert not last_verified().is_whole


def test_a_probe_of_the_journal_leaves_the_transaction_as_it_was(client):
    with transaction.atomic():
        asked(client)
        assert not connection.needs_rollback
