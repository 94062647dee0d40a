"""Making users, and giving them what they may do and for whom."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from convener.base.errors import BadInputError, WrongStepError
from convener.rules.access import (
    CLOCK,
    NOBODY,
    OF_AN_ORGANISATION,
    OF_THE_SERVICE,
    Actor,
    Role,
    check_duties,
)
from convener.service.actions.journal import change, create
from convener.service.models import Membership, Organisation, Session, User
from convener.service.models.access import normal_email


class LastKeeperError(WrongStepError):
    """Nobody would be left who may administer."""


@transaction.atomic
def add_user(*, email: str, password: str | None, at: datetime, by: Actor = CLOCK) -> User:
    """Store a user; without a password the person signs in by another way.

    Raises
    ------
    BadInputError
        If the email or the password cannot be one, or the email is taken.
    """
    email = normal_email(email)
    _check(email, password)
    if User.objects.filter(email=email).exists():
        raise BadInputError(f"there is a user with the email {email} already")
    user = User(email=email)
    user.set_password(password)
    return create(
        User, {"email": email, "password": user.password}, at=at, by=by, kind="user-added"
    )


def _check(email: str, password: str | None) -> None:
    try:
        validate_email(email)
        if password is not None:
            validate_password(password, User(email=email))
    except ValidationError as error:
        raise BadInputError(f"{email}: {' '.join(error.messages)}") from error


@transaction.atomic
def give_role(
    *,
    user_id: int,
    role: Role,
    at: datetime,
    by: Actor = CLOCK,
    organisation: Organisation | None = None,
) -> Membership:
    """Let a person act in a role, for an organisation or for the service; once is enough.

    Raises
    ------
    BadInputError
        If nobody can be given the role, or it lacks an organisation, or cannot have one.
    ConflictingDutiesError
        If the person would hold two duties that must lie with two.
    """
    _check_place(role, organisation)
    user = User.objects.select_for_update().get(pk=user_id)
    standing = list(Membership.objects.standing(at).filter(user=user))
    for one in standing:
        if (one.role, one.organisation_id) == (role, organisation.pk if organisation else None):
            return one
    check_duties([Role(one.role) for one in standing], role)
    return create(
        Membership,
        {"user": user, "organisation": organisation, "role": role.value, "from_at": at},
        at=at,
        by=by,
        kind="role-given",
    )


def _check_place(role: Role, organisation: Organisation | None) -> None:
    if role in NOBODY:
        raise BadInputError(f"{role.label} is nobody's role; no user is stored as one")
    if organisation is None and role in OF_AN_ORGANISATION:
        raise BadInputError(f"{role.label} acts for an organisation; none was given")
    if organisation is not None and role in OF_THE_SERVICE:
        raise BadInputError(f"{role.label} acts for the service, not for {organisation}")


@transaction.atomic
def end_role(*, membership_id: int, at: datetime, by: Actor, reason: str = "") -> Membership:
    """End a membership, with a reason in words where one is given: now it lets nobody in.

    Raises
    ------
    WrongStepError
        If it has ended.
    LastKeeperError
        If it is the last one that may administer its organisation, or the service.
    """
    found = Membership.objects.select_for_update().get(pk=membership_id)
    # Not compared with `at`: of two who end it at once, the second read its clock before the lock.
    if found.until_at is not None:
        raise WrongStepError("this membership has ended already")
    _check_not_last(found, at)
    return change(found, {"until_at": at}, at=at, by=by, kind="role-ended", words=reason.strip())


def _check_not_last(found: Membership, at: datetime) -> None:
    if found.role not in (Role.KEEPER, Role.ADMINISTRATOR):
        return
    others = (
        Membership.objects.standing(at)
        .select_for_update()
        .filter(role=found.role, organisation=found.organisation_id)
        .exclude(pk=found.pk)
    )
    if not list(others):
        raise LastKeeperError(
            f"{Role(found.role).label} is the last; let another take it on before"
        )


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime) -> None:
    """Set a person's password by their own hand; the journal tells that, and never what it is."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    user.set_password(password)  # the caller's row too: its session goes on with it
    locked.password = user.password
    by = Actor(user.pk, Role.SIGNED_IN)
    change(locked, {"password": user.password}, at=at, by=by, kind="password-changed")
    user.row_version = locked.row_version


@transaction.atomic
def choose_emails(*, user_id: int, emails: str, at: datetime) -> User:
    """Choose how often a person is written to of what they are told."""
    user = User.objects.select_for_update().get(pk=user_id)
    if user.emails == emails:
        return user
    by = Actor(user_id, Role.SIGNED_IN)
    return change(user, {"emails": emails}, at=at, by=by, kind="emails-chosen")


@transaction.atomic
def sign_out_elsewhere(*, user_id: int, keep: str, at: datetime) -> None:
    """End every sign-in of a person but the one that asks for it."""
    user = User.objects.select_for_update().get(pk=user_id)
    Session.objects.filter(user=user).exclude(session_key=keep).delete()
    change(user, {}, at=at, by=Actor(user_id, Role.SIGNED_IN), kind="signed-out-elsewhere")


@transaction.atomic
def close_user(*, user_id: int, at: datetime, by: Actor) -> User:
    """Let a person sign in no more; whoever is signed in is out with the next page.

    Raises
    ------
    WrongStepError
        If the account is closed already.
    LastKeeperError
        If nobody else may administer the service, or an organisation of theirs.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.is_active:
        raise WrongStepError("this account is closed already")
    for one in Membership.objects.standing(at).filter(user=user):
        end_role(membership_id=one.pk, at=at, by=by)
    Session.objects.filter(user=user).delete()
    return change(user, {"is_active": False}, at=at, by=by, kind="user-closed")
