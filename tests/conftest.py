"""Fixtures that every floor shares, and the database that the tests run on.

One PostgreSQL server a run: started by the first test that needs a database, shared by every
worker, gone with the run. ``CONVENER_TEST_DATABASE=sqlite`` runs on the embedded database instead.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from once import once
from postgresql import HOW, Server, find_programs, new_folder, watch_over

ROOT = Path(__file__).resolve().parents[1]
CHOICE = "CONVENER_TEST_DATABASE"  # postgresql or sqlite
FOLDER = "CONVENER_TEST_SERVER"  # where the run's server lies; said to the workers


def shared_folder() -> Path:
    """Return where the shared reference data lies, whether it is there or not."""
    return Path(os.environ.get("CONVENER_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real data and published numbers, or skip where it is absent."""
    folder = shared_folder()
    if not folder.is_dir():
        pytest.skip(
            f"real data is not at {folder}; set CONVENER_SHARED to the folder that holds it"
        )
    return folder


def wants_postgresql() -> bool:
    """Say whether this run is one on PostgreSQL.

    Where no server can be found, a run of CI fails and any other one takes SQLite.
    """
    if os.environ.get(CHOICE, "postgresql") == "sqlite":
        return False
    if find_programs() is None and os.environ.get("CI") == "true":
        pytest.exit(HOW, returncode=1)
    return find_programs() is not None


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of the run's server, before workers are started."""
    if not _is_worker(config) and wants_postgresql():
        os.environ[FOLDER] = str(new_folder())


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run's server."""
    folder = None if _is_worker(config) else os.environ.pop(FOLDER, None)
    if folder is not None:
        Server(Path(folder)).end()


def pytest_report_header() -> str:
    if wants_postgresql():
        return "database: PostgreSQL"
    why = f", as {CHOICE} says" if os.environ.get(CHOICE) else f": {HOW}"
    return f"database: SQLite{why}"


@pytest.fixture(scope="session")
def postgresql() -> Server:
    """Give the run's PostgreSQL server; whoever asks first starts it."""
    if find_programs() is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(HOW)
    if FOLDER not in os.environ:
        os.environ[FOLDER] = str(new_folder())
    found = Server(Path(os.environ[FOLDER]))
    with (found.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.is_made:
            found.make()
            watch_over(found.folder, _run_of_this_worker())
    return found


def _run_of_this_worker() -> int:
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


@pytest.fixture(scope="session")
def migrated(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the name of a database that has the shape of the models, made once a run to copy."""
    from service.installations import Installation

    def make(folder: Path) -> None:
        Installation(folder, folder / "keys", postgresql.make_database("migrated")).migrate()

    once(tmp_path_factory, "migrated", make)
    return "migrated"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Lead Django to the run's server, and to a folder of keys of this worker's own."""
    from django.conf import settings
    from django.db import connections

    from convener.service.configuration import database_settings, read_configuration

    settings.KEYS = tmp_path_factory.mktemp("keys") / "keys"
    if wants_postgresql():
        address = request.getfixturevalue("postgresql").address("convener")
        given = read_configuration({"CONVENER_DATABASE": address})
        # No connection outlives its test, so that a database can be dropped.
        settings.DATABASES["default"] = {
            **database_settings(given),
            "CONN_MAX_AGE": 0,
            "TEST": {"TEMPLATE": request.getfixturevalue("migrated")},
        }
        connections.settings = connections.configure_settings(settings.DATABASES)
        del connections["default"]
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")
