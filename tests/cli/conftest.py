"""A workspace that is loaded, and one that is new, with the program in each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commands import Command, command_in, write_files
from once import once


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of files that can be loaded."""
    return once(tmp_path_factory, "cli-given", write_files)


@pytest.fixture(scope="session")
def loaded_workspace(given: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace with a source of each kind; nobody may change it."""
    files = [given / name for name in ("awards.jsonl", "payments.csv", "ownership.csv")]

    def make(folder: Path) -> None:
        for words in (files, [given / "places.csv", "--on", "2025-03-31"]):
            answer = command_in(folder)("load", *words)
            assert answer.code == 0, answer.err

    return once(tmp_path_factory, "cli-market", make)


@pytest.fixture(scope="session")
def ask(loaded_workspace: Path) -> Command:
    """Give the program in a workspace that is loaded, to be read only."""
    return command_in(loaded_workspace)


@pytest.fixture
def copied(loaded_workspace: Path, tmp_path: Path) -> Path:
    """Give a loaded workspace that a test may change or break."""
    folder = tmp_path / "copied"
    shutil.copytree(loaded_workspace, folder)
    return folder


@pytest.fixture
def new(tmp_path: Path) -> Command:
    """Give the program in a workspace where nothing was ever loaded."""
    return command_in(tmp_path / "new")
