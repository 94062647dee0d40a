"""An installation of its own, on either database, and programs that act in it.

What is proved of several processes at once, or of one that is killed, needs real processes and a
database that they share.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

DATABASES = ("sqlite", "postgresql")
PROGRAMS = Path(__file__).resolve().parent / "programs"


@dataclass(frozen=True)
class Installation:
    """A workspace, a folder of keys and a database, all new."""

    workspace: Path
    keys: Path
    address: str  # of the PostgreSQL database; empty on the embedded one

    @classmethod
    def new(cls, request: pytest.FixtureRequest, folder: Path, database: str) -> Installation:
        """Make an installation on a database; on PostgreSQL a new one of the run's server."""
        address = ""
        if database == "postgresql":
            server = request.getfixturevalue("postgresql")
            address = server.make_database(f"installation-{os.getpid()}-{folder.name}"[:63])
        workspace = folder / "workspace"
        workspace.mkdir(parents=True)
        return cls(workspace, folder / "keys", address)

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
        self.run("-m", "django", "migrate", "-v", "0", "--no-input")

    def run(self, *words: object) -> str:
        """Run Python with these words, to its end; return what it wrote."""
        ended = subprocess.run(
            [sys.executable, *map(str, words)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert ended.returncode == 0, ended.stderr[-3000:]
        return ended.stdout

    def start(self, program: str, *words: object) -> subprocess.Popen[str]:
        """Start one of the programs beside this module; the caller reads what it writes."""
        return subprocess.Popen(
            [sys.executable, str(PROGRAMS / f"{program}.py"), *map(str, words)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
