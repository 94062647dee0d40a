"""The small store, and pages that read it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from convener.data.store import Store
from service.small_store import build_store


@pytest.fixture(scope="session")
def store(tmp_path_factory) -> Store:
    """Give a store of one list of homes and one set of awards."""
    return build_store(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(autouse=True)
def _nothing_beside(monkeypatch) -> None:
    """Let no thread go on beside a test, in a database that is gone by then."""
    monkeypatch.setattr("convener.service.actions.corrections.beside", lambda work: None)


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    """Let no password take the half second that makes one hard to guess."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def workspace(settings, tmp_path) -> Path:
    """Point the pages at an empty workspace."""
    settings.WORKSPACE = tmp_path
    return tmp_path


@pytest.fixture
def loaded(settings, store) -> Iterator[Store]:
    """Point the pages at the store, which all share and none may change."""
    settings.WORKSPACE = store.folder
    manifest = store.folder / "manifest.json"
    before = manifest.read_bytes()
    yield store
    is_changed = manifest.read_bytes() != before
    assert not is_changed, "the store that all share was changed; give the test one of its own"


@pytest.fixture
def own_store(settings, store, tmp_path) -> Store:
    """Point the pages at a copy of the store, which this test alone may change."""
    settings.WORKSPACE = tmp_path / "own"
    shutil.copytree(store.folder, settings.WORKSPACE)
    return Store(settings.WORKSPACE)
