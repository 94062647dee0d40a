"""The database is gone for ten seconds under a running service, which then works on."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import requests

from postgresql import HOW, Server, find_programs, new_folder
from service.installations import COMMAND, Installation

GONE_FOR = 10.0  # seconds
PASSWORD = "a long one 4 ann"
EMAIL = "ann@example.org"
ASKED = ("/account/", "/notices/", "/sign-in/", "/watch/", "/registry-is-nowhere/")


@pytest.fixture
def database():
    """Give a server of this test's own, which it may stop."""
    if find_programs() is None:
        pytest.skip(HOW)
    found = Server(new_folder())
    found.make()
    yield found
    found.end()


@contextmanager
def served(here: Installation):
    """Serve an installation, and give its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    words = [sys.executable, *COMMAND, "serve", "--port", str(port)]
    with (here.workspace.parent / "log").open("w") as log:
        process = subprocess.Popen(words, env=here.environment, stderr=log, stdout=log)
        try:
            until(lambda: ready(f"http://127.0.0.1:{port}"), seconds=120)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def until(is_so, *, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.1)


def ready(base: str) -> bool:
    try:
        return requests.get(f"{base}/ready", timeout=60).ok
    except requests.RequestException:
        return False


def signed_in(base: str) -> requests.Session:
    """Sign in as a browser does."""
    browser = requests.Session()
    page = browser.get(f"{base}/sign-in/", timeout=30).text
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
    typed = {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token}
    answer = browser.post(f"{base}/sign-in/", typed, headers={"Referer": base}, timeout=30)
    assert answer.ok
    assert EMAIL in browser.get(f"{base}/account/", timeout=30).text
    return browser


def check_away(browser: requests.Session, base: str) -> None:
    """See that each answer is a plain one that says when to ask again."""
    for path in ASKED:
        answer = browser.get(base + path, timeout=30)
        assert answer.status_code == 503, path
        assert answer.headers["Retry-After"] == "10"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "The service is away for a moment" in answer.text
        assert EMAIL not in answer.text
    program = browser.get(f"{base}/account/", headers={"Accept": "application/json"}, timeout=30)
    assert program.status_code == program.json()["status"] == 503
    assert program.headers["Content-Type"] == "application/problem+json"
    assert program.headers["Retry-After"] == "10"
    assert requests.get(f"{base}/health", timeout=30).ok
    parts = requests.get(f"{base}/ready", timeout=30).json()
    assert (parts["status"], parts["database"], parts["market"]) == ("not ready", False, True)


def test_pages_say_so_and_work_again_without_a_restart(tmp_path, database):
    address = database.make_database("away")
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    here = Installation(workspace, tmp_path / "keys", address)
    here.run(*COMMAND, "user", "add", EMAIL, "--role", "analyst", said=f"{PASSWORD}\n")

    with served(here) as base:
        browser = signed_in(base)
        database.stop(at_once=True)
        began = time.monotonic()
        while time.monotonic() - began < GONE_FOR:
            check_away(browser, base)
            time.sleep(1)
        database.start()

        for _ in range(8):  # whichever worker and thread answers
            assert EMAIL in browser.get(f"{base}/account/", timeout=30).text
        assert ready(base)

    assert " are whole" in here.run(*COMMAND, "verify")
    lines = [line for line in (tmp_path / "log").read_text().splitlines() if line[:1] == "{"]
    assert any(json.loads(line).get("status") == 503 for line in lines)
