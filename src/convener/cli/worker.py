"""``convener worker`` and ``convener tick``: what time moves, beside the pages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer

from convener.base.errors import ConvenerError
from convener.cli.people import open_database


class TickBrokeError(ConvenerError):
    """A part of a tick broke; the others were done."""


def work(workspace: Path) -> None:
    """Move the clocks and do what takes long, until the process is told to stop."""
    open_database(workspace)
    from convener.service.working import work as go_on

    go_on()


def tick_once(workspace: Path, *, at: datetime) -> None:
    """Do all that is due now, and say what was done.

    Raises
    ------
    TickBrokeError
        If a part of it broke; the log has why.
    """
    open_database(workspace)
    from convener.service.actions.ticking import tick

    done = tick(at=at)
    if done.is_other:
        typer.echo("another process ticks now")
    for name, count in done.done.items():
        if count:
            typer.echo(f"{name}: {count:,}")
    if done.broken:
        raise TickBrokeError(f"broken: {', '.join(done.broken)}; the rest was done")
