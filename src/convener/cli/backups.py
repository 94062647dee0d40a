"""``convener backup`` and ``convener restore``: the whole record in one file, and back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer

from convener.cli.people import open_database
from convener.cli.records import open_record


def back_up(workspace: Path, path: Path, *, at: datetime) -> None:
    """Write the record of a workspace into a new file."""
    open_record(workspace)
    from convener.service.actions.backups import back_up as write

    rows = sum(write(path, at=at).values())
    typer.echo(f"{rows:,} rows are in {path}; the keys are not, keep them apart")


def restore(workspace: Path, path: Path) -> None:
    """Put a backup into an empty workspace, and check the record that it holds."""
    open_database(workspace)
    from convener.service.actions.backups import restore as read
    from convener.service.actions.verifying import verify

    rows = sum(read(path).values())
    typer.echo(f"{rows:,} rows are restored, each as it was written")
    found = verify()
    typer.echo(f"{found.events:,} events in {found.streams:,} streams are whole")
