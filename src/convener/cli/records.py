"""The record of a workspace: ``convener verify`` and ``convener keys rotate``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer

from convener.base.errors import NotFoundError
from convener.rules.journal import BrokenChainError
from convener.rules.rebuilding import BrokenRecordError


def open_record(workspace: Path) -> None:
    """Start Django on a workspace's database, which stays as it is.

    Raises
    ------
    NotFoundError
        If nobody ever used the service there.
    """
    from convener.cli.people import has_database
    from convener.service.server import prepare

    if not has_database(workspace):
        raise NotFoundError(f"{workspace} has no database; `convener serve` makes one")
    prepare("127.0.0.1", workspace, demo=False, workers=1)
    import django

    django.setup()


def verify(workspace: Path, heads: Path | None, *, at: datetime) -> None:
    """Check the record against itself, against the published heads, and against those given.

    Raises
    ------
    BrokenChainError, BrokenRecordError, KeyLostError
        At the first link that is broken, or row that is not as it was told.
    """
    open_record(workspace)
    from convener.service.actions.heads import heads_path, read_heads
    from convener.service.actions.verified import note_verified
    from convener.service.actions.verifying import verify as check

    published = heads_path()
    kept = read_heads(published) if published.is_file() else []
    given = read_heads(heads) if heads else []
    try:
        found = check([*kept, *given])
    except (BrokenChainError, BrokenRecordError):
        note_verified(is_whole=False, at=at)
        raise
    note_verified(is_whole=True, at=at)
    typer.echo(
        f"{found.events:,} events in {found.streams:,} streams are whole;"
        f" {found.rows:,} rows hold what they tell"
    )
    if kept:
        typer.echo(f"{len(kept):,} published heads are met")
    if given:
        typer.echo(f"{len(given):,} heads of {heads} are met")
    if found.removed:
        typer.echo(f"{found.removed:,} rows were removed by events")
    if found.erased:
        typer.echo(f"{found.erased:,} values were erased and can be compared no more")


def rotate_keys(workspace: Path) -> None:
    """Wrap every key under a new master key."""
    open_record(workspace)
    from convener.service.actions.journal import key_ring

    ring = key_ring()
    count, name = ring.count(), ring.rotate()
    typer.echo(f"{count:,} keys are wrapped under the new master key {name}; the old one is gone")
