"""Erasing people: their key is dropped, and what they did stays on the record under a number.

What a person said or was told in private goes; what they did for an organisation stays, done by
an erased person. The chain stays whole: an event tells that a field was erased.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db import transaction

from convener.base.errors import BadInputError, WrongStepError
from convener.rules.access import Actor, Role
from convener.rules.clocks import ClockName
from convener.rules.registry import ClaimStep
from convener.service.actions.access import end_role
from convener.service.actions.clocks import end_clock
from convener.service.actions.journal import change, erase, key_ring, remove
from convener.service.models import (
    ApiToken,
    IdempotentAnswer,
    Interest,
    Invitation,
    KeyToDrop,
    Membership,
    Notice,
    RecordClaim,
    Session,
    User,
    Watch,
)
from convener.service.models.access import Emails, erased_email, normal_email
from convener.service.models.members import InterestNature


class ErasedAlreadyError(WrongStepError):
    """Nothing is left of the person that could be erased."""


def person_of(email: str) -> User:
    """Return the person of an email.

    Raises
    ------
    BadInputError
        If no user has it.
    """
    found = User.objects.filter(email=normal_email(email)).first()
    if found is None:
        raise BadInputError(f"no user has the email {email}")
    return found


@transaction.atomic
def erase_person(*, user_id: int, at: datetime, by: Actor) -> User:
    """Erase a person: nobody can read any more who they were, what they said or what they typed.

    Raises
    ------
    ErasedAlreadyError
        If that was done.
    LastKeeperError
        If nobody else may administer the service.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_erased:
        raise ErasedAlreadyError(f"person {user.pk} is erased already")
    _end_roles(user, at=at, by=by)
    _end_tokens(user, at=at, by=by)
    _erase_claims(user, at=at, by=by)
    for interest in Interest.objects.select_for_update().filter(user=user):
        other = {"nature": InterestNature.OTHER.value, "envelope": b""}
        erase(interest, other, at=at, by=by, kind="interest-erased")
    for watch in Watch.objects.select_for_update().filter(user=user):
        remove(watch, at=at, by=by, kind="watch-ended")
    for invitation in Invitation.objects.select_for_update().filter(email=user.email):
        erase_invitation(invitation, at=at, by=by)
    _forget(user)
    blank: dict[str, Any] = {
        "email": erased_email(user.pk),
        "is_active": False,
        "emails": Emails.EACH.value,
        "last_login": None,
        "password": make_password(None),
    }
    drop_soon(user.key_name, at=at)
    return erase(user, blank, at=at, by=by, kind="person-erased")


def _end_roles(user: User, *, at: datetime, by: Actor) -> None:
    """End what a person may do; the last keeper of a record leaves it to be claimed anew."""
    for one in Membership.objects.select_for_update().filter(user=user, until_at=None):
        if one.role == Role.KEEPER:
            change(one, {"until_at": max(at, one.from_at)}, at=at, by=by, kind="role-ended")
        else:
            end_role(membership_id=one.pk, at=max(at, one.from_at), by=by)


def _end_tokens(user: User, *, at: datetime, by: Actor) -> None:
    mine = ApiToken.objects.select_for_update(of=("self",)).filter(membership__user=user)
    IdempotentAnswer.objects.filter(token__in=mine.values("pk")).delete()
    for token in mine.filter(ended_at=None):
        change(token, {"ended_at": at}, at=at, by=by, kind="token-ended")


def _erase_claims(user: User, *, at: datetime, by: Actor) -> None:
    for claim in RecordClaim.objects.select_for_update().filter(user=user):
        if claim.step == ClaimStep.WAITING:
            end_clock(name=ClockName.CLAIM_DECISION, subject=claim, at=at, by=by)
            withdrawn = {"step": ClaimStep.WITHDRAWN.value}
            change(claim, withdrawn, at=at, by=by, kind="claim-withdrawn")
        erase(claim, {"evidence": "", "answer": ""}, at=at, by=by, kind="claim-erased")


def _forget(user: User) -> None:
    """Delete what is of the person alone and no part of the record."""
    Session.objects.filter(user=user).delete()
    Notice.objects.filter(user=user).delete()
    for model in (Authenticator, EmailAddress, SocialAccount):
        model.objects.filter(user=user).delete()


def erase_invitation(found: Invitation, *, at: datetime, by: Actor) -> None:
    """Erase the address that an invitation was sent to; the caller has locked it."""
    drop_soon(found.key_name, at=at)
    erase(found, {"email": erased_email()}, at=at, by=by, kind="invitation-forgotten")


def drop_soon(name: str, *, at: datetime) -> None:
    """Drop a key once the transaction stands, or with the next tick where that fails."""
    KeyToDrop.objects.get_or_create(name=name, defaults={"asked_at": at})
    transaction.on_commit(lambda: _drop(name), robust=True)


def drop_keys() -> int:
    """Drop every key whose dropping was decided and not done; return how many were."""
    return sum(_drop(name) for name in list(KeyToDrop.objects.values_list("name", flat=True)))


def _drop(name: str) -> int:
    key_ring().drop(name)
    return KeyToDrop.objects.filter(name=name).delete()[0]
