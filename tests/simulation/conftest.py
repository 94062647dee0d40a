"""One world of the demonstration's own seed, made and written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from convener.simulation.market import make_world
from convener.simulation.releases import write_world
from convener.simulation.world import World

SEED = 2026


@pytest.fixture(scope="session")
def world() -> World:
    return make_world(SEED)


@pytest.fixture(scope="session")
def written(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_world(world, tmp_path_factory.mktemp("invented"))
