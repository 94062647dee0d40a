"""Making users."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from convener.base.errors import BadInputError
from convener.rules.access import Role
from convener.service.models import User
from convener.service.pointing import Pointer


@transaction.atomic
def add_user(
    *, email: str, role: Role, password: str, organisation: Pointer | None = None
) -> User:
    """Store a user who signs in with a password, and for an organisation where one is given.

    Raises
    ------
    BadInputError
        If the email or the password cannot be one, the email is taken, or a provider comes
        without an organisation.
    """
    email = email.strip().lower()
    _check(email, role, password, organisation)
    if User.objects.filter(email=email).exists():
        raise BadInputError(f"there is a user with the email {email} already")
    user = User.objects.create_user(email, role=role, password=password)
    if organisation is not None:
        for name, value in organisation.columns.items():
            setattr(user, name, value)
        user.save(update_fields=list(organisation.columns))
    return user


def _check(email: str, role: Role, password: str, organisation: Pointer | None) -> None:
    try:
        validate_email(email)
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise BadInputError(f"{email}: {' '.join(error.messages)}") from error
    if organisation is None and role is Role.PROVIDER:
        raise BadInputError("a provider signs in for an organisation; none was given")
