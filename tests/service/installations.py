"""An installation of its own, on either database, and programs that act in it.

What is proved of several processes at once, or of one that is killed, needs real processes and a
database that they share.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from once import once

DATABASES = ("sqlite", "postgresql")
COMMAND = ("-c", "from convener.cli import app; app()")  # the command line, as Python runs it
PROGRAMS = Path(__file__).resolve().parent / "programs"
SQLITE = "convener.sqlite3"
MIGRATE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
"""


def _name(folder: Path) -> str:
    """Return the name of the database of a folder, which no other folder has."""
    return f"of-{hashlib.sha256(str(folder).encode()).hexdigest()[:20]}"


@dataclass(frozen=True)
class Installation:
    """A workspace, a folder of keys and a database, all new."""

    workspace: Path
    keys: Path
    address: str  # of the PostgreSQL database; empty on the embedded one

    @classmethod
    def new(
        cls, request: pytest.FixtureRequest, folder: Path, database: str, like: str = "template1"
    ) -> Installation:
        """Make an installation on a database; on PostgreSQL a new one of the run's server."""
        address = ""
        if database == "postgresql":
            server = request.getfixturevalue("postgresql")
            address = server.make_database(_name(folder), like=like)
        workspace = folder / "workspace"
        workspace.mkdir(parents=True)
        return cls(workspace, folder / "keys", address)

    @classmethod
    def ready(cls, request: pytest.FixtureRequest, folder: Path, database: str) -> Installation:
        """Make an installation whose database has the shape of the models.

        The migrations run once a run and kind of database; what is given is a copy.
        """
        if database == "postgresql":
            return cls.new(request, folder, database, like=request.getfixturevalue("migrated"))
        made = cls.new(request, folder, database)
        factory = request.getfixturevalue("tmp_path_factory")
        first = once(factory, "migrated-sqlite", lambda to: cls(to, to / "keys", "").migrate())
        shutil.copy(first / SQLITE, made.workspace / SQLITE)
        return made

    @property
    def environment(self) -> dict[str, str]:
        """Return what the environment says to a program of this installation."""
        kept = {name: value for name, value in os.environ.items() if "CONVENER_" not in name}
        return {
            **kept,
            "CONVENER_WORKSPACE": str(self.workspace),
            "CONVENER_KEYS": str(self.keys),
            "CONVENER_DATABASE": self.address,
            "CONVENER_SECRET_KEY": "a-key-of-one-test-alone-0123456789-abcdefghijklmnopqrs",
            "DJANGO_SETTINGS_MODULE": "convener.service.settings",
            "PYTHONPATH": os.pathsep.join([str(PROGRAMS.parents[1]), *sys.path]),
        }

    def migrate(self) -> None:
        """Bring the database to the shape of the models."""
        self.run("-c", MIGRATE)

    def run(self, *words: object, said: str = "") -> str:
        """Run Python with these words, to its end; return what it wrote."""
        ended = self._ended(*words, said=said)
        assert ended.returncode == 0, ended.stderr[-3000:]
        return ended.stdout

    def refused(self, *words: object) -> str:
        """Run Python with words that are refused; return what it said of it."""
        ended = self._ended(*words)
        assert ended.returncode == 1, ended.stdout[-3000:]
        return ended.stderr

    def _ended(self, *words: object, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *map(str, words)],
            env=self.environment,
            input=said,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def execute(self, statement: str) -> None:
        """Run a statement in the database, past the service and all that it keeps."""
        if self.address:
            with psycopg.connect(self.address, autocommit=True) as connection:
                connection.execute(statement)
        else:
            with closing(sqlite3.connect(self.workspace / SQLITE)) as connection:
                connection.execute(statement)
                connection.commit()

    def start(self, program: str, *words: object) -> subprocess.Popen[str]:
        """Start one of the programs beside this module; the caller reads what it writes."""
        return self.begin(PROGRAMS / f"{program}.py", *words)

    def begin(self, *words: object) -> subprocess.Popen[str]:
        """Start Python with these words, to go on beside the test."""
        return subprocess.Popen(
            [sys.executable, *map(str, words)],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
