"""The people of a workspace: ``convener user``, and telling those who watch an owner."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import typer

from convener.base.errors import BadInputError
from convener.rules.access import SIGN_IN_ROLES, Role


def add_user(
    workspace: Path,
    *,
    email: str,
    role: str,
    organisation: str | None,
    password: str,
    at: datetime,
) -> None:
    """Store a user in a workspace's database.

    Raises
    ------
    BadInputError
        If the role is none that signs in, or the action refuses the rest.
    """
    if role not in SIGN_IN_ROLES:
        wanted = ", ".join(SIGN_IN_ROLES)
        raise BadInputError(f"a user cannot be {role!r}; wanted one of {wanted}")
    open_database(workspace)
    from django.db import transaction

    from convener.service.actions.access import add_user as add
    from convener.service.actions.access import give_role
    from convener.service.actions.registry import organisation_like

    with transaction.atomic():
        body = organisation_like(organisation, at=at) if organisation else None
        user = add(email=email, password=password, at=at)
        give_role(user_id=user.pk, role=Role(role), organisation=body, at=at)
    speaks = f" for {body}" if body else ""
    typer.echo(f"{email} may sign in as {Role(role).label}{speaks}")


def end_user(workspace: Path, *, email: str, at: datetime) -> None:
    """Close a user's account; whoever is signed in with it is out with the next page.

    Raises
    ------
    BadInputError
        If no user has the email.
    """
    open_database(workspace)
    from convener.rules.access import CLOCK
    from convener.service.actions.access import close_user
    from convener.service.models import User
    from convener.service.models.access import normal_email

    user = User.objects.filter(email=normal_email(email)).first()
    if user is None:
        raise BadInputError(f"no user has the email {email}")
    close_user(user_id=user.pk, at=at, by=CLOCK)
    typer.echo(f"{user.email} may sign in no more")


def erase_user(workspace: Path, *, email: str, at: datetime) -> None:
    """Erase a person: their key is dropped, and what they did stays under their number.

    Raises
    ------
    BadInputError
        If no user has the email.
    LastKeeperError
        If nobody else may administer the service.
    """
    open_database(workspace)
    from convener.rules.access import CLOCK
    from convener.service.actions.erasing import erase_person, person_of

    erased = erase_person(user_id=person_of(email).pk, at=at, by=CLOCK)
    typer.echo(f"person {erased.pk} is erased; what they did stays, done by an erased person")


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
