"""Asking people to act for an organisation or for the service; taking that up, or back."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.forms import ValidationError

from convener.base.errors import BadInputError, NotFoundError, WrongStepError
from convener.rules.access import Actor, Role
from convener.rules.invitations import check_may_give
from convener.rules.sign_in import INVITATION_STANDS
from convener.service.actions.access import add_user, give_role
from convener.service.actions.journal import change, create
from convener.service.models import Invitation, Organisation, User
from convener.service.models.access import normal_email

SUBJECT = "You are invited to convener"
BODY = (
    "You are invited to work at convener. To take that up, open this page within fourteen days:"
    "\n\n{link}\n\nIf you expected no invitation, nothing need be done."
)


def digest_of_token(token: str) -> str:
    """Return what is stored of the word in an invitation's link."""
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *,
    email: str,
    role: Role,
    organisation: Organisation | None,
    token: str,
    link: str,
    by: Actor,
    at: datetime,
) -> Invitation:
    """Ask someone to act in a role, and write to them once that is stored.

    Raises
    ------
    NotYoursToGiveError
        If the actor cannot give the role there.
    BadInputError
        If the email cannot be one, or is invited to this already.
    """
    check_may_give(by, role, None if organisation is None else organisation.pk)
    email = _checked(email)
    here = Invitation.objects.open_at(at).filter(organisation=organisation, role=role, email=email)
    if here.exists():
        raise BadInputError(f"{email} is invited to this already; take that back before")
    found = create(
        Invitation,
        {
            "organisation": organisation,
            "email": email,
            "role": role.value,
            "token_digest": digest_of_token(token),
            "invited_at": at,
            "expires_at": at + INVITATION_STANDS,
        },
        at=at,
        by=by,
        kind="person-invited",
    )
    # One that cannot be sent is logged; whoever invited sees that it waits, and can do it anew.
    message = EmailMessage(SUBJECT, BODY.format(link=link), to=[email])
    transaction.on_commit(message.send, robust=True)
    return found


def _checked(email: str) -> str:
    email = normal_email(email)
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadInputError(f"{email} is not an email; wanted one such as a@b.org") from error
    return email


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: Actor, at: datetime) -> Invitation:
    """Take an invitation back: its link leads nowhere any more.

    Raises
    ------
    NotFoundError
        If the actor sees no such invitation.
    WrongStepError
        If it was taken up or back, or has run out.
    """
    seen = Invitation.objects.visible_to(by).select_for_update()
    found = seen.filter(pk=invitation_id).first()
    if found is None:
        raise NotFoundError(f"no invitation has the number {invitation_id}")
    if not found.is_open(at):
        raise WrongStepError("this invitation is not open any more")
    return change(found, {"withdrawn_at": at}, at=at, by=by, kind="invitation-withdrawn")


def open_invitation(token: str, at: datetime) -> Invitation:
    """Return the invitation that a link stands for.

    Raises
    ------
    NotFoundError
        If there is none, or it is not open any more: which of these is not told.
    """
    found = Invitation.objects.open_at(at).filter(token_digest=digest_of_token(token)).first()
    if found is None:
        raise NotFoundError("this invitation was taken up or back, or has run out")
    return found


@transaction.atomic
def take_up(*, token: str, password: str | None, at: datetime) -> User:
    """Give whoever holds the link the role; one whom we do not know yet becomes a user.

    Raises
    ------
    NotFoundError
        If the link leads to no open invitation.
    BadInputError
        If a new user's password cannot be one.
    ConflictingDutiesError
        If the person would hold two duties that must lie with two.
    """
    found = Invitation.objects.select_for_update().get(pk=open_invitation(token, at).pk)
    if not found.is_open(at):
        raise NotFoundError("this invitation was taken up or back, or has run out")
    user = User.objects.filter(email=found.email).first()
    if user is None:
        user = add_user(email=found.email, password=password or "", at=at)
    elif not user.is_active:
        raise WrongStepError("the account of this email is closed")
    by = Actor(user.pk, Role.SIGNED_IN)
    role = Role(found.role)
    give_role(user_id=user.pk, role=role, organisation=found.organisation, at=at, by=by)
    change(found, {"taken_up_at": at}, at=at, by=by, kind="invitation-taken-up")
    return user
