"""Rows that stand beside the small store, so that every route has something to show."""

from __future__ import annotations

from datetime import UTC, date, datetime

from convener.rules.access import Role
from convener.rules.watching import Contract, Exposure, Place
from convener.service.market.exposed import as_facts
from convener.service.models import Correction, Note, Notice, OwnerExposure, OwnerWarning, User

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


def make_user(role: Role, name: str = "") -> User:
    """Store a user of a role; who speaks for an organisation speaks for the first one."""
    user = User.objects.create_user(f"{name or role}@example.org", role=role)
    if role in (Role.PROVIDER, Role.OFFICER):
        for column, value in BODY.items():
            setattr(user, column, value)
        user.save()
    return user


def furnish() -> None:
    """Store one correction, one request, and one owner that is looked at."""
    ann = make_user(Role.ANALYST, "furniture")
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
        made_as=ann.role,
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
