"""The migrations on both databases, each in a process whose settings name a new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from convener.service import migrations
from service.installations import DATABASES, Installation

MIGRATIONS = sorted(Path(migrations.__file__).parent.glob("0*.py"))


BACK = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
for target in (["convener", "zero"], []):
    call_command("migrate", *target, verbosity=0, interactive=False)
    applied = MigrationRecorder(connection).applied_migrations()
    ours = [name for app, name in applied if app == "convener"]
    print(len(ours), "convener_user" in connection.introspection.table_names())
"""


@pytest.mark.parametrize("database", DATABASES)
def test_the_migrations_run_forwards_and_backwards(request, tmp_path, database):
    installation = Installation.ready(request, tmp_path / "made", database)  # forwards, once

    back, forth = installation.run("-c", BACK).splitlines()

    assert back == "0 False"
    assert forth == f"{len(MIGRATIONS)} True"
