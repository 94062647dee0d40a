"""One world of the demonstration's own seed, made and written once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.simulation.market import make_world
from convener.simulation.releases import write_world
from convener.simulation.world import World
from once import once

SEED = 2026
AT = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def world() -> World:
    return make_world(SEED)


@pytest.fixture(scope="session")
def written(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_world(world, tmp_path_factory.mktemp("invented"))


@pytest.fixture(scope="module")
def market(
    written: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Load everything that was written, as one folder, and open the store."""

    def make(folder: Path) -> None:
        (done,) = load(Store(folder), [Wanted(str(written[0].parent), name="invented")], at=AT)
        assert done.report["reading"]["refused"] == 0

    store = Store(once(tmp_path_factory, "invented-market", make))
    with store.connect() as connection:
        yield connection
