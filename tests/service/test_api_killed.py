"""Commands on a real server whose workers are killed: each is done once, whoever asks again."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.installations import COMMAND, DATABASES, Installation

COMMANDS = 7
KILLED = (2, 5)  # at which of them
MAKE = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from convener.rules.access import Act, Role
from convener.service.actions.access import add_user, give_role
from convener.service.actions.tokens import make_token
at = timezone.now()
user = add_user(email="con@example.org", password=None, at=at)
role = give_role(user_id=user.pk, role=Role.CONVENER, organisation=None, at=at)
acts = [Act.REGISTER_ORGANISATION]
print(make_token(membership=role, label="A test", acts=acts, lasts=timedelta(1), by=role.actor,
                 at=at).text)
"""
TOLD = """
import django, json
django.setup()
from convener.service.models import Event, IdempotentAnswer, Organisation
print(json.dumps([
    dict(Organisation.objects.values_list("name", "pk")),
    Organisation.objects.count(),
    Event.objects.filter(kind="organisation-registered").exclude(command="").count(),
    IdempotentAnswer.objects.exclude(status=200).count(),
]))
"""


@pytest.fixture(params=DATABASES)
def here(request, tmp_path) -> Installation:
    return Installation.ready(request, tmp_path / "made", request.param)


@pytest.fixture
def server(here):
    """Serve an installation with two workers; give the process and the port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    words = ("--workspace", str(here.workspace), "serve", "--port", str(port), "--workers", "2")
    process = subprocess.Popen(
        [sys.executable, *COMMAND, *words],
        env=here.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def kill_workers(master: int) -> None:
    """Kill every worker that there is now, in the middle of whatever it does."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii")
    for child in children.split():
        os.kill(int(child), signal.SIGKILL)


def send(port: int, token: str, number: int) -> dict:
    """Send one command under one key until it is answered, as a program should."""
    body = json.dumps({"name": f"River {number}", "kind": "mutual", "source": "Its rules"})
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"river-{number}",
    }
    ends = time.monotonic() + 120
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("POST", "/api/commands/register-organisation", body, headers)
            answer = connection.getresponse()
            told = answer.read()
            if answer.status == 200:
                return json.loads(told)
            assert answer.status in {500, 503}, told  # it stopped before anything was done
        except (OSError, http.client.HTTPException):
            assert time.monotonic() < ends
            time.sleep(0.1)
        finally:
            connection.close()


def test_each_command_is_done_once_whoever_is_killed(here, server):
    token = here.run("-c", MAKE).strip()
    process, port = server
    first = send(port, token, 0)
    chance = random.Random(7)

    answers = {0: first}
    with ThreadPoolExecutor(2) as programs:
        for number in range(1, COMMANDS):
            both = [programs.submit(send, port, token, number) for _ in range(2)]
            if number in KILLED:
                threading.Event().wait(chance.uniform(0.0, 0.08))
                kill_workers(process.pid)
            one, other = [each.result() for each in both]
            assert one == other
            answers[number] = one
    again = {number: send(port, token, number) for number in answers}

    assert again == answers
    records, count, told, unanswered = json.loads(here.run("-c", TOLD))
    assert {number: str(records[f"River {number}"]) for number in answers} == {
        number: answer["number"] for number, answer in answers.items()
    }
    assert (count, told, unanswered) == (COMMANDS, COMMANDS, 0)
    assert " are whole" in here.run(*COMMAND, "verify")
