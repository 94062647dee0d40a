"""People who sign in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from convener.base.errors import BadInputError
from convener.rules.access import Role
from convener.service.models.pointing import NAME_LENGTH, SPELLING_LENGTH

# Whoever has not signed in is a visitor, so nobody is stored as one.
ROLES = [(role.value, role.label) for role in Role if role is not Role.VISITOR]


class UserManager(BaseUserManager["User"]):
    """Makes users, and finds one by an email typed in any case."""

    def create_user(self, email: str, *, role: Role, password: str | None = None) -> User:
        """Store a user; without a password the person signs in by another way.

        Raises
        ------
        BadInputError
            If the email is empty, or the role is that of a visitor.
        """
        if not email.strip():
            raise BadInputError("a user has no email; one is wanted")
        if role is Role.VISITOR:
            raise BadInputError("a visitor is whoever has not signed in; no user is stored as one")
        user = self.model(email=email.strip().lower(), role=role.value)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of an email, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person known by an email, in one role."""

    email = models.EmailField(
        max_length=254, unique=True, error_messages={"unique": "Another user has this email."}
    )
    role = models.CharField(max_length=20, choices=ROLES)
    is_active = models.BooleanField(default=True)
    # The organisation that a provider or a buyer signs in for, as `PointsToOrganisation` has it.
    organisation_key = models.BigIntegerField(null=True)
    organisation_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    spelling_key = models.CharField(max_length=SPELLING_LENGTH, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["role"]

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="email_is_in_lower_case",
                violation_error_message="An email is kept in lower case.",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[value for value, _ in ROLES]),
                name="user_has_a_known_role",
                violation_error_message="A user has one of the roles that sign in.",
            ),
            models.CheckConstraint(
                condition=models.Q(organisation_key=None, organisation_name="", spelling_key="")
                | (
                    models.Q(organisation_key__isnull=False)
                    & ~models.Q(organisation_name="")
                    & ~models.Q(spelling_key="")
                ),
                name="user_is_of_a_whole_organisation",
                violation_error_message="An organisation has a key, a name and a spelling.",
            ),
        ]

    def __str__(self) -> str:
        return self.email
