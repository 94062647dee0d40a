"""People who sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from convener.base.errors import BadInputError
from convener.rules.privacy import Retention, classed
from convener.service.models.journal import Journalled

if TYPE_CHECKING:
    from convener.service.models.members import Membership


ERASED_PERSON = "erased person"


class Emails(models.TextChoices):
    """How often a person is written to of what they are told; the list in the service has all."""

    EACH = "each", "An email for each"
    DAILY = "daily", "One email a day"
    NEVER = "never", "No email: I read the list"


class UserManager(BaseUserManager["User"]):
    """Finds a user by an email typed in any case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of an email, whatever its case."""
        return self.get(email=normal_email(username or ""))


def erased_email(number: int | None = None) -> str:
    """Return what stands in place of an email that was erased: it leads nowhere."""
    return f"erased-{number}@invalid" if number else "erased@invalid"


def normal_email(text: str) -> str:
    """Return an email as it is stored.

    Raises
    ------
    BadInputError
        If there is none.
    """
    email = text.strip().lower()
    if not email:
        raise BadInputError("a user has no email; one is wanted")
    return email


class User(AbstractBaseUser, Journalled):
    """A person known by an email. What they may do is said by their memberships."""

    email = models.EmailField(
        max_length=254, unique=True, error_messages={"unique": "Another user has this email."}
    )
    is_active = models.BooleanField(default=True)
    emails = models.CharField(max_length=10, choices=Emails, default=Emails.EACH)

    memberships: models.Manager[Membership]
    # A password is nobody's to read, and a sign-in is no change of the record.
    untold: ClassVar[frozenset[str]] = frozenset({"password", "last_login"})
    kept = classed(Retention.RECORD, partner="id is_active row_version") | classed(
        Retention.ACCOUNT, personal="email emails last_login", sealed="password"
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="email_is_in_lower_case",
                violation_error_message="An email is kept in lower case.",
            )
        ]

    def __str__(self) -> str:
        return self.shown_as

    @property
    def shown_as(self) -> str:
        """Return what pages call the person."""
        return ERASED_PERSON if self.is_erased else self.email

    @property
    def is_erased(self) -> bool:
        """Say whether nothing is left of the person but their number."""
        return self.email == erased_email(self.pk)

    @property
    def key_name(self) -> str:
        return f"person:{self.pk}"
