"""Boxes of which no copy tells what is in them, or that anything ever was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from convener.base.errors import BadInputError
from convener.rules.access import Role
from convener.service.actions.journal import key_ring
from convener.service.actions.private_boxes import LENGTH, read_box, reseal_boxes, write_box
from convener.service.actions.registry import register_organisation
from convener.service.actions.ticking import tick
from convener.service.models import PrivateBox, Session
from service.furniture import make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
PASSWORD = "a long and quiet river"


@pytest.fixture
def bodies(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    return [register_organisation(name=name, at=AT) for name in ("First", "Second", "Third")]


def copy():
    """Return the table as a backup holds it."""
    return {
        row["organisation_id"]: (bytes(row["envelope"]), row["resealed_at"])
        for row in PrivateBox.objects.values("organisation_id", "envelope", "resealed_at")
    }


def changed(before, after):
    return {number for number in before if before[number][0] != after[number][0]}


def test_writing_one_changes_every_one(bodies):
    reseal_boxes(AT)
    before = copy()

    write_box(bodies[1], b"731909")

    after = copy()
    assert changed(before, after) == {body.pk for body in bodies}
    assert {len(text) for text, _ in after.values()} == {len(text) for text, _ in before.values()}
    assert {when for _, when in after.values()} == {AT}
    assert [read_box(body) for body in bodies] == [b"", b"731909", b""]


def test_a_tick_changes_every_one_each_hour_whether_one_was_written_or_none(bodies):
    assert tick(at=AT).done["boxes sealed anew"] == 3
    write_box(bodies[0], b"kept")
    before = copy()

    assert tick(at=AT + timedelta(minutes=59)).done["boxes sealed anew"] == 0
    assert changed(before, copy()) == set()
    assert tick(at=AT + timedelta(minutes=60)).done["boxes sealed anew"] == 3

    assert changed(before, copy()) == {body.pk for body in bodies}
    assert read_box(bodies[0]) == b"kept"


def test_a_box_whose_key_is_gone_holds_up_no_other(bodies):
    key_ring().drop(bodies[0].key_name)
    before = copy()

    assert reseal_boxes(AT) == 2
    assert changed(before, copy()) == {bodies[1].pk, bodies[2].pk}


def test_what_is_too_long_for_a_box_is_refused(bodies):
    with pytest.raises(BadInputError, match="the private box holds"):
        write_box(bodies[0], b"x" * LENGTH)


def test_a_check_sent_by_someone_signed_out_is_kept_nowhere_and_looks_like_any_form(loaded):
    del loaded
    user = make_user(Role.PROVIDER, "lead@example.org", PASSWORD)
    page = f"/organisations/{user.memberships.get().organisation_id}/accounts/"
    lengths, shown = [], []
    for form in (
        {"do": "check", "annual_value": "731909.13", "tier": "bronze"},
        {"do": "year", "starts_on": "2025-01-01", "revenue": "5"},
    ):
        client = Client()
        client.post("/sign-in/", {"login": "lead@example.org", "password": PASSWORD})
        Session.objects.all().delete()
        refused = client.post(page, form)
        assert refused.status_code == 403
        lengths.append(len(client.session["typed"]))
        client.post("/sign-in/", {"login": "lead@example.org", "password": PASSWORD})
        shown.append(client.get(page).content.decode())

    assert lengths[0] == lengths[1]
    assert "731909" not in shown[0]
    assert "kept nowhere; type it again" in shown[0]
    assert "What you typed is back" in shown[1]
