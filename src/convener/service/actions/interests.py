"""What ties people to organisations, as they declare it of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from convener.base.errors import NotFoundError, WrongStepError
from convener.rules.access import Act, Actor, check_may
from convener.rules.interests import InterestRefusedError, check_interest
from convener.service.actions.journal import change, create, key_ring, remove
from convener.service.keys import KeyLostError
from convener.service.models import Interest, Organisation, User
from convener.service.models.members import InterestNature

COUNT_MAX = 200  # of one person


class TooManyInterestsError(WrongStepError):
    """The person has declared as many interests as one may."""


@dataclass(frozen=True)
class Tie:
    """What a person says ties them to an organisation."""

    organisation_id: int
    nature: InterestNature
    from_on: date
    to_on: date | None = None
    words: str = ""


@transaction.atomic
def declare_interest(*, tie: Tie, by: Actor, at: datetime) -> Interest:
    """Declare what ties one to an organisation; what one says of it is sealed under one's key.

    Raises
    ------
    InterestRefusedError
        If its days cannot be, it says too much, or there is no such record.
    TooManyInterestsError
        If the person has declared very many.
    """
    check_may(by.role, Act.DECLARE_INTERESTS)
    user = User.objects.select_for_update().get(pk=by.person)
    detail = tie.words.replace("\r\n", "\n").replace("\0", "").strip()
    check_interest(from_on=tie.from_on, to_on=tie.to_on, today=at.date(), detail=detail)
    body = Organisation.objects.standing().filter(pk=tie.organisation_id).first()
    if body is None:
        raise InterestRefusedError("the organisation has no record here; register it first")
    if Interest.objects.of(by).count() >= COUNT_MAX:
        raise TooManyInterestsError(f"{COUNT_MAX} interests are declared; take one back before")
    return create(
        Interest,
        {
            "organisation": body,
            "user": user,
            "nature": tie.nature.value,
            "envelope": _sealed(user, at, detail),
            "from_on": tie.from_on,
            "to_on": tie.to_on,
            "declared_at": at,
        },
        at=at,
        by=by,
        kind="interest-declared",
    )


@transaction.atomic
def end_interest(*, interest_id: int, by: Actor, at: datetime) -> Interest:
    """Say that an interest of one's own ended today.

    Raises
    ------
    NotFoundError
        If it is not one's own.
    InterestRefusedError
        If it began today: it can be taken back.
    WrongStepError
        If it has ended.
    """
    found = _own(interest_id, by)
    if found.to_on is not None and found.to_on <= at.date():
        raise WrongStepError(f"this interest ended on {found.to_on}")
    if found.from_on >= at.date():
        raise InterestRefusedError("this interest began today; take it back if it never was")
    return change(found, {"to_on": at.date()}, at=at, by=by, kind="interest-ended")


@transaction.atomic
def take_interest_back(*, interest_id: int, by: Actor, at: datetime) -> None:
    """Take back an interest of one's own that was declared by mistake.

    Raises
    ------
    NotFoundError
        If it is not one's own.
    """
    remove(_own(interest_id, by), at=at, by=by, kind="interest-taken-back")


def words_of_interest(interest: Interest) -> str:
    """Return what a person said of an interest; nothing where it was erased."""
    if not interest.envelope:
        return ""
    try:
        key = key_ring().found(interest.key_name)
    except KeyLostError:
        return ""
    about = _about(interest.user_id, interest.declared_at)
    return key.unseal(bytes(interest.envelope), about=about).decode()


def _sealed(user: User, at: datetime, text: str) -> bytes:
    if not text:
        return b""
    return key_ring().key(user.key_name).seal(text.encode(), about=_about(user.pk, at))


def _about(user_id: int, at: datetime) -> str:
    """Return what the words are about: not the record, which a merge may change."""
    return f"interest of person {user_id} declared {at.timestamp():.6f}"


def _own(interest_id: int, by: Actor) -> Interest:
    check_may(by.role, Act.DECLARE_INTERESTS)
    mine = Interest.objects.of(by).select_for_update()
    found: Interest | None = mine.filter(pk=interest_id).first()
    if found is None:
        raise NotFoundError(f"no interest of yours has the number {interest_id}")
    return found
