"""A real PostgreSQL server of this run alone, started as an ordinary user and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg

HOW = "no PostgreSQL server was found; install Debian's with `apt-get install postgresql`"
OWNER = "postgres"  # Debian's own user, for a run by root: the server refuses to be root's
# Nothing of a run outlives it, so nothing waits for the disk. What was committed is still there
# when a server is killed, which is all that the tests may do to it.
HASTY = ("fsync=off", "full_page_writes=off", "max_wal_size=4GB", "checkpoint_timeout=1h")


def find_programs() -> Path | None:
    """Return the folder of the newest server's programs, if there is one."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[4])
    )
    return found[-1].parent if found else None


def new_folder() -> Path:
    """Make a folder for a server; not pytest's, which is closed to the user who runs one."""
    folder = Path(tempfile.mkdtemp(prefix="convener-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER, pwd.getpwnam(OWNER).pw_gid)
    return folder


def _run(*command: str) -> None:
    as_owner = ("runuser", "-u", OWNER, "--") if os.geteuid() == 0 else ()
    subprocess.run([*as_owner, *command], check=True, capture_output=True, text=True, timeout=120)


class Server:
    """A server in a folder; another process that knows the folder reaches the same one."""

    def __init__(self, folder: Path, *, is_hasty: bool = True) -> None:
        programs = find_programs()
        assert programs is not None, HOW
        self.programs = programs
        self.folder = folder
        self.data = folder / "data"
        self.is_hasty = is_hasty

    def make(self) -> None:
        """Make the server's files, and start it at a free port."""
        _run(
            str(self.programs / "initdb"),
            "-D",
            str(self.data),
            "-U",
            "convener",
            "-A",
            "trust",
            "-N",
        )
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            (self.folder / "port").write_text(str(found.getsockname()[1]))
        self.start()

    @property
    def port(self) -> int:
        return int((self.folder / "port").read_text())

    @property
    def is_made(self) -> bool:
        return (self.folder / "port").is_file()

    @property
    def _settings(self) -> list[str]:
        settings = [
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.folder}",
            "max_connections=200",
            *(HASTY if self.is_hasty else ()),
        ]
        return [f"-p {self.port}", *(f"-c {setting}" for setting in settings)]

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self._control(
            "-w", "-l", str(self.folder / "log"), "-o", " ".join(self._settings), "start"
        )

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server; at once, it recovers when it is started again."""
        self._control("-w", "-m", "immediate" if at_once else "fast", "stop")

    def end(self) -> None:
        """Stop the server for good, and remove what it kept."""
        with suppress(subprocess.CalledProcessError):
            self.stop(at_once=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, database: str = "postgres") -> str:
        """Return the address of a database, as settings take it."""
        return f"postgresql://convener@127.0.0.1:{self.port}/{database}"

    def make_database(self, name: str, *, like: str = "template1") -> str:
        """Make a database, empty or like another one; return its address."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f'drop database if exists "{name}" with (force)')
            connection.execute(f'create database "{name}" template "{like}"')
        return self.address(name)

    def _control(self, *words: str) -> None:
        _run(str(self.programs / "pg_ctl"), "-D", str(self.data), *words)


def watch_over(folder: Path, process: int) -> None:
    """End the server of a folder once a process is gone, however it went."""
    programs = find_programs()
    wait = f"while kill -0 {process} 2>/dev/null; do sleep 2; done"
    stop = f"'{programs}/pg_ctl' -D '{folder}/data' -m immediate stop"
    as_owner = f"runuser -u {OWNER} -- " if os.geteuid() == 0 else ""
    subprocess.run(
        ["/bin/sh", "-c", f"({wait}; {as_owner}{stop}; rm -rf '{folder}') &"],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
