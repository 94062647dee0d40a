"""The models on a real PostgreSQL server, started here as an ordinary user and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOW = "no PostgreSQL server was found; install Debian's with `apt-get install postgresql`"
OWNER = "postgres"  # Debian's own user, for a run by root: the server refuses to be root's


def find_server() -> Path | None:
    """Return the folder of the newest server's programs, if there is one."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[4])
    )
    return found[-1].parent if found else None


def _as_owner(command: list[str]) -> list[str]:
    if os.geteuid() != 0:
        return command
    return ["runuser", "-u", OWNER, "--", *command]


def _run(command: list[str]) -> None:
    subprocess.run(_as_owner(command), check=True, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Give the address of a database on a server of this run alone."""
    programs = find_server()
    if programs is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(HOW)
    # Not pytest's folder: that is closed to the user who runs the server.
    folder = Path(tempfile.mkdtemp(prefix="convener-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER, pwd.getpwnam(OWNER).pw_gid)
    data = folder / "data"
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    try:
        _run([str(programs / "initdb"), "-D", str(data), "-U", "convener", "--auth=trust", "-N"])
        _run([*control, "-o", options, "start"])
        yield f"postgresql://convener@127.0.0.1:{port}/postgres"
        _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_models_keep_their_promises_on_postgresql(server):
    """Run the tests of the models once more, in a process whose settings name the server."""
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
            str(ROOT / "tests" / "service" / "test_models.py"),
        ],
        cwd=ROOT,
        env={**os.environ, "CONVENER_DATABASE": server},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert ended.returncode == 0, ended.stdout[-3000:]
    assert "1 skipped" in ended.stdout  # the one that asks about SQLite
    assert "passed" in ended.stdout


def test_the_migrations_run_forwards_and_backwards_on_postgresql(server):
    environment = {
        **os.environ,
        "CONVENER_DATABASE": server,
        "DJANGO_SETTINGS_MODULE": "convener.service.settings",
    }
    for target in ([], ["convener", "zero"], []):
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "-v", "0", "--no-input", *target],
            env=environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
            timeout=120,
        )
