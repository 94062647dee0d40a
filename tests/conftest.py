"""Fixtures that every floor shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


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
