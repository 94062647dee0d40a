"""What the service writes of itself holds nothing about a person."""

from __future__ import annotations

import io
import json
import logging
import socket
from pathlib import Path

import pytest
from django.core.management.color import no_style
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import ResolverMatch

from convener.rules.access import SIGN_IN_ROLES, Role, may
from convener.service.actions import corrections
from convener.service.fields import stored_models
from convener.service.logs import JsonLines
from convener.service.models import User
from service import filling
from service.furniture import furnish, make_user
from service.installations import COMMAND, Installation
from service.routes import CHANGING, ROUTES, address
from service.small_store import build_store
from service.test_trouble_database import served

NAME, EMAIL, PHONE = "Zebulon Quux", "zebulon.quux@example.org", "07700 900123"
WORDS = f"I am {NAME}, {EMAIL}, {PHONE}"
PERSONAL = ("zebulon", "quux", "900123", "900 123")


@pytest.fixture
def lines():
    """Give the log as the service writes it, at the level of everything there is."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(before)


def check_clean(text: str) -> None:
    assert text
    assert all(json.loads(line)["message"] for line in text.splitlines())
    assert [line for line in text.splitlines() for word in PERSONAL if word in line.lower()] == []


@pytest.fixture
def people(db, settings, tmp_path, monkeypatch):
    settings.WORKSPACE = build_store(tmp_path).folder
    monkeypatch.setattr(corrections, "is_waiting", lambda store, seen: False)
    users = {role: make_user(role) for role in SIGN_IN_ROLES}
    furnish()
    with connection.cursor() as cursor:
        for line in connection.ops.sequence_reset_sql(no_style(), stored_models()):
            cursor.execute(line)
    return users


def written(name: str) -> str:
    return EMAIL if name in ("email", "login") else WORDS


def test_forms_that_a_person_fills_in_leave_no_trace_in_the_log(people, lines):
    left_out = {"corrections-apply", "sign-out", "mfa_reauthenticate"}
    sent, asked = 0, set()
    for one in ROUTES:
        if one.name not in CHANGING or one.name in left_out:
            continue
        act = one.callback.act
        role = next(role for role in (Role.ADMINISTRATOR, *SIGN_IN_ROLES) if may(role, act))
        # First as someone who is signed in, then as one who no longer is.
        for client in (Client(), Client()):
            if one.name not in asked:
                client.force_login(people[role])
                asked.add(one.name)
            sent += len([*filling.send(client, address(one), written)])
            client.post(address(one), {"text": WORDS, "email": EMAIL, "reason": WORDS})

    assert sent >= 30
    assert '"status": 400' in lines.getvalue()
    check_clean(lines.getvalue())


def test_addresses_that_hold_a_persons_words_are_not_written(people, lines):
    client = Client(raise_request_exception=False)
    for path in (
        f"/search/?q={NAME}",
        f"/{NAME}/",
        f"/invitations/{NAME}/",
        f"/sign-in/password/1-{NAME}/",
        f"/market/{NAME}/",
        f"/market/processes/{NAME}/",
        f"/api/organisations?search={EMAIL}&limit=x",
        f"/registry/{EMAIL}",
    ):
        client.get(path, headers={"referer": f"https://example.org/{EMAIL}"})
        client.post(path, {"text": WORDS}, headers={"user-agent": WORDS})
    Client(enforce_csrf_checks=True).post(
        "/sign-in/", {"login": EMAIL}, headers={"referer": f"https://evil.example/{NAME}"}
    )
    client.get("/", headers={"host": "zebulon.quux.example.org"})
    client.post("/sign-in/", {"login": EMAIL, "password": WORDS})

    check_clean(lines.getvalue())


def test_an_error_is_told_by_its_sort_and_place_and_not_by_its_words(db, lines):
    User.objects.create(email=EMAIL)
    try:
        with transaction.atomic():
            User.objects.create(email=EMAIL)
    except IntegrityError:
        logging.getLogger("convener").exception("a row was refused")
    try:
        Path(f"/nowhere/{NAME}").read_text()
    except OSError:
        logging.getLogger("convener").exception("a file was not written")

    refused, unwritten = map(json.loads, lines.getvalue().splitlines())
    assert "django.db.utils.IntegrityError" in refused["error"]
    assert "in test_an_error_is_told_by" in refused["error"]
    assert unwritten["error"].startswith("builtins.FileNotFoundError 2\n")
    check_clean(lines.getvalue())


@pytest.mark.parametrize(
    ("logger", "message", "args", "written"),
    [
        ("gunicorn.error", "Error handling request %s", (f"/search/?q={NAME}",), "an address"),
        ("gunicorn.error", f"Invalid request from ip=10.0.0.9: {EMAIL}", (), "an email"),
        ("other", "cannot write to %s", (EMAIL,), "an email"),
        ("other", "100% of it", (), "100% of it"),
    ],
)
def test_what_libraries_say_is_cleared_of_people(logger, message, args, written):
    record = logging.LogRecord(logger, logging.ERROR, "", 0, message, args, None)

    said = json.loads(JsonLines().format(record))["message"]

    assert written in said
    assert "10.0.0.9" not in said
    check_clean(JsonLines().format(record))


def test_a_request_is_told_by_its_route():
    request = HttpRequest()
    request.path = "/invitations/secret-word/"
    request.resolver_match = ResolverMatch(print, (), {}, route="invitations/<str:token>/")
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", request.path), None
    )
    record.request, record.status_code = request, 404

    said = json.loads(JsonLines().format(record))

    assert said["message"] == "Not Found: /invitations/<str:token>/"
    assert said["status"] == 404


def test_the_server_writes_lines_of_json_and_not_who_asked(request, tmp_path):
    here = Installation.ready(request, tmp_path / "made", "sqlite")
    here.run(*COMMAND, "user", "add", EMAIL, "--role", "analyst", said="a long one 4 ann\n")

    with served(here) as base:
        host, port = base.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(f"GET /{EMAIL} HTTP/9.9\r\n{WORDS}\r\n\r\n".encode())
            raw.recv(1000)

    text = (tmp_path / "made" / "log").read_text()
    told = [json.loads(line) for line in text.splitlines()]
    assert any(line["message"].startswith("Listening at: http://127.0.0.1") for line in told)
    assert any(line["message"].startswith("Invalid request") for line in told)
    assert "127.0.0.1:" not in " ".join(one["message"] for one in told if "Inv" in one["message"])
    check_clean(text)
