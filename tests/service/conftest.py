"""The small store, and pages that read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from convener.data.store import Store
from service.small_store import build_store


@pytest.fixture(scope="session")
def store(tmp_path_factory) -> Store:
    """Give a store of one list of homes and one set of awards."""
    return build_store(tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def workspace(settings, tmp_path) -> Path:
    """Point the pages at an empty workspace."""
    settings.WORKSPACE = tmp_path
    return tmp_path


@pytest.fixture
def loaded(settings, store) -> Store:
    """Point the pages at the store."""
    settings.WORKSPACE = store.folder
    return store
