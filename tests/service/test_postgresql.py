"""The migrations on both databases, each in a process whose settings name a new one."""

from __future__ import annotations

import pytest

from service.installations import DATABASES, Installation


@pytest.mark.parametrize("database", DATABASES)
def test_the_migrations_run_forwards_and_backwards(request, tmp_path, database):
    installation = Installation.new(request, tmp_path, database)

    for target in ([], ["convener", "zero"], []):
        installation.run("-m", "django", "migrate", "-v", "0", "--no-input", *target)
