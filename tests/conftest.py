"""Fixtures that every floor shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def shared_folder() -> Path:
    """Return where the shared reference data lies, whether it is there or not."""
    return Path(os.environ.get("CONVENER_SHARED", ROOT.parent / "shared"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of a file on one worker: what they share is made once, not once a worker."""
    is_shared_out = config.pluginmanager.hasplugin("xdist")
    for item in items:
        if is_shared_out and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(ROOT))))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real data and published numbers, or skip where it is absent."""
    folder = shared_folder()
    if not folder.is_dir():
        pytest.skip(
            f"real data is not at {folder}; set CONVENER_SHARED to the folder that holds it"
        )
    return folder
