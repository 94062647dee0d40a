"""The record of a workspace: ``convener verify`` and ``convener keys rotate``."""

from __future__ import annotations

from pathlib import Path

import typer

from convener.base.errors import NotFoundError


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


def verify(workspace: Path, heads: Path | None) -> None:
    """Check the record against itself, against the published heads, and against those given.

    Raises
    ------
    BrokenChainError, BrokenRecordError, KeyLostError
        At the first link that is broken, or row that is not as it was told.
    """
    open_record(workspace)
    from convener.service.actions.heads import heads_path, read_heads
    from convener.service.actions.verifying import verify as check

    published = heads_path()
    kept = read_heads(published) if published.is_file() else []
    found = check([*kept, *(read_heads(heads) if heads else [])])
    typer.echo(
        f"{found.events:,} events in {found.streams:,} streams are whole;"
        f" {found.rows:,} rows hold what they tell"
    )
    if kept:
        typer.echo(f"{len(kept):,} published heads are met")
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
