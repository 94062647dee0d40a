"""The demonstration market: made by the simulation, loaded like anyone's data, with its people."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from convener.cli.loads import load_all
from convener.data.loading import Wanted
from convener.data.store import Store
from convener.service.server import migrate, prepare
from convener.simulation.market import make_world
from convener.simulation.releases import write_world


def make_demo(store: Store, *, seed: int, at: datetime) -> None:
    """Make the invented market of a seed and load its files."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = [
            Wanted(origin=str(path), name=f"demo-{path.name.split('.')[0]}")
            for path in write_world(make_world(seed), Path(folder))
        ]
        load_all(store, wanted, at=at, as_json=False)


def play(workspace: Path) -> None:
    """Put the invented people into the market that was made."""
    prepare("127.0.0.1", workspace, demo=True, workers=1)
    migrate()
    from django.core.management import call_command

    call_command("demo")
