"""Rows that stand beside the small store, so that every route has something to show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from allauth.mfa.models import Authenticator

from convener.rules.access import OF_AN_ORGANISATION, WITH_SECOND_FACTOR, Actor, Role
from convener.rules.watching import Contract, Exposure, Place
from convener.service.actions.access import give_role
from convener.service.actions.invitations import digest_of_token
from convener.service.actions.registry import organisation_at
from convener.service.market.exposed import as_facts
from convener.service.models import (
    Correction,
    Invitation,
    Membership,
    Note,
    Notice,
    Organisation,
    OwnerExposure,
    OwnerWarning,
    User,
)
from convener.service.pointing import Pointer
from convener.service.second_factors import seal
from service.examples import EXAMPLES
from service.registry_furniture import furnish_record

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
BODY = {
    "organisation_key": 1,
    "organisation_name": "Brightside Homes Limited",
    "spelling_key": "1000",
}
EXPOSURE = Exposure(
    "Brightside Homes Limited",
    date(2026, 5, 4),
    (
        Contract("ocds-test-100/1", "Homes", "Ashby Council", ends_on=date(2027, 1, 1)),
        Contract("ocds-test-101/1", "More homes", "Beckton Council", awarded_on=date(2026, 4, 1)),
    ),
    {Place("provision", "Children's homes", "North East"): 0.42},
)


def make_user(
    role: Role,
    name: str = "",
    password: str | None = None,
    key: int = 1,
    body: Organisation | None = None,
) -> User:
    """Store a user of a role; who acts for an organisation acts for that one or the market's."""
    user = User(email=name if "@" in name else f"{name or role}@example.org")
    user.set_password(password)
    user.save()
    if body is None and role in OF_AN_ORGANISATION:
        pointer = Pointer(key, BODY["organisation_name"], 999 + key)
        body = organisation_at(pointer, at=AT)
    give_role(user_id=user.pk, role=role, organisation=body, at=AT)
    if role in WITH_SECOND_FACTOR:
        give_second_factor(user)
    return user


def give_second_factor(user: User, secret: str = "") -> None:
    """Store a second factor that was set up before any sign-in of a test."""
    data = {"secret": seal(user.pk, secret) if secret else ""}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data, created_at=AT)


def actor(user: User) -> Actor:
    """Return a user as rules know them."""
    [membership] = user.memberships.all()
    return membership.actor


def furnish() -> None:
    """Store one correction, one request, one owner that is looked at, and people of one body."""
    ann = make_user(Role.ANALYST, "furniture")
    furnish_record(ann, AT)
    furnish_people()
    Note.objects.create(
        pk=1, **BODY, sort="request", text="We are a charity", posted_at=AT, posted_by=ann
    )
    Correction.objects.create(
        pk=1,
        **BODY,
        kind="kind",
        subject={"key": 1000},
        old_value="Private",
        new_value="Charity",
        value="charity",
        reason="The charity register has it",
        made_at=AT,
        made_by=ann,
        made_as="analyst",
    )
    OwnerExposure.objects.create(**BODY, taken_at=AT, facts=as_facts(EXPOSURE))
    OwnerWarning.objects.create(
        **BODY,
        on=date(2026, 3, 1),
        text="Profits are warned of",
        source="A notice",
        entered_at=AT,
        entered_by=ann,
    )
    Notice.objects.create(**BODY, user=ann, made_at=AT, sort="new award", text="New award")


def furnish_people() -> None:
    """Store someone who acts for the organisation of make_user, and someone who is invited to."""
    body = organisation_at(Pointer(1, BODY["organisation_name"], 1000), at=AT)
    ben = User.objects.create(email="ben@example.org")
    Membership.objects.create(
        pk=EXAMPLES["member"], user=ben, organisation=body, role=Role.OFFICER, from_at=AT
    )
    Invitation.objects.create(
        pk=EXAMPLES["invitation"],
        organisation=body,
        email="una@example.org",
        role=Role.OFFICER,
        token_digest=digest_of_token(EXAMPLES["token"]),
        invited_at=AT,
        expires_at=AT + timedelta(3650),
    )
