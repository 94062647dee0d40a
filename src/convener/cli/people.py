"""The people of a workspace: ``convener user``, and telling those who watch an owner."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import typer

from convener.base.errors import BadInputError
from convener.rules.access import Role

ROLES = tuple(role for role in Role if role is not Role.VISITOR)


def add_user(
    workspace: Path, *, email: str, role: str, organisation: str | None, password: str
) -> None:
    """Store a user in a workspace's database.

    Raises
    ------
    BadInputError
        If the role is none that signs in, or the action refuses the rest.
    """
    if role not in ROLES:
        raise BadInputError(f"a user cannot be {role!r}; wanted one of {', '.join(ROLES)}")
    open_database(workspace)
    from convener.service.actions import access
    from convener.service.market.data import market_data
    from convener.service.pointing import point_at_like

    pointer = point_at_like(market_data(workspace), organisation) if organisation else None
    access.add_user(email=email, role=Role(role), password=password, organisation=pointer)
    speaks = f" for {pointer.name}" if pointer else ""
    typer.echo(f"{email} may sign in as {Role(role).label}{speaks}")


def read_password() -> str:
    """Return the password typed twice at a terminal, or the first line of standard input."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def has_database(workspace: Path) -> bool:
    """Say whether anyone ever used the service of this workspace."""
    return bool(os.environ.get("CONVENER_DATABASE")) or (workspace / "convener.sqlite3").is_file()


def open_database(workspace: Path) -> None:
    """Make the workspace's database ready, as the server does."""
    from convener.service.server import migrate, prepare

    prepare("127.0.0.1", workspace, demo=False, workers=1)
    migrate()


def after_load(workspace: Path, *, at: datetime) -> None:
    """Take up the corrections that waited for a load, and tell those who watch an owner.

    Where nobody ever used the service there is nobody to tell, and Django is not even started.
    """
    if not has_database(workspace):
        return
    open_database(workspace)
    from convener.service.actions.corrections import after_load as tell

    told = tell(at=at)
    if told:
        typer.echo(f"{told:,} told of a change in an owner that they watch", err=True)
