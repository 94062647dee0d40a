"""Telling people something, in the list that each has in the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from convener.base.errors import NotFoundError
from convener.rules.access import Act, Actor, Role, Scope, scope_of
from convener.rules.notices import email_at
from convener.service.actions.emails import email_soon
from convener.service.models import Membership, Notice, User
from convener.service.models.market import TEXT_MAX


@dataclass(frozen=True)
class Message:
    """What is told: in words, where it leads, and what it is about.

    Nobody is told twice of what is about the same; ``place`` has the columns of an organisation of
    the market store.
    """

    sort: str
    text: str
    link: str = ""
    about: str = ""
    place: Mapping[str, Any] = field(default_factory=dict)


def tell(users: Iterable[int], messages: Iterable[Message], *, at: datetime) -> int:
    """Put messages into the lists of users, and see that those who want an email get one.

    Returns how many notices were made. The email is sent after the transaction is committed, and
    not at all where it is not.
    """
    wanted = dict(
        User.objects.filter(pk__in=set(users), is_active=True).values_list("pk", "emails")
    )
    listed = list(messages)
    with transaction.atomic():
        told = _told(wanted, listed)
        made = Notice.objects.bulk_create(
            [
                _notice(user, message, email_at(choice, at), at)
                for user, choice in wanted.items()
                for message in listed
                if not message.about or (user, message.about) not in told
            ],
            ignore_conflicts=True,
        )
    if any(notice.email_at == at for notice in made):
        transaction.on_commit(email_soon)
    return len(made)


def _told(users: Iterable[int], messages: Iterable[Message]) -> set[tuple[int, str]]:
    """Return who was told of what already."""
    about = [message.about for message in messages if message.about]
    found = Notice.objects.filter(user__in=list(users), about__in=about) if about else []
    return {(notice.user_id, notice.about) for notice in found}


def _notice(user: int, message: Message, email: datetime | None, at: datetime) -> Notice:
    return Notice(
        **message.place,
        user_id=user,
        made_at=at,
        sort=message.sort,
        text=message.text[:TEXT_MAX],
        link=message.link,
        about=message.about,
        email_at=email,
    )


def doers(act: Act, *, organisation_id: int | None, at: datetime) -> set[int]:
    """Return the users who may do an act upon an organisation, or upon anything where it is none.

    Whoever may do it everywhere is asked for; where nobody may, whoever may do it for their own.
    """
    own = [role for role in Role if scope_of(role, act) is Scope.OWN]
    every = [role for role in Role if scope_of(role, act) in (Scope.ALL, Scope.PUBLISHED)]
    standing = Membership.objects.standing(at)
    found = set(standing.filter(role__in=every).values_list("user", flat=True))
    if organisation_id is not None:
        mine = standing.filter(role__in=own, organisation=organisation_id)
        found |= set(mine.values_list("user", flat=True))
    return found


def read_notices(*, by: Actor, at: datetime, notice_id: int | None = None) -> int:
    """Mark one notice of a person, or all of them, as read; return how many were new.

    Raises
    ------
    NotFoundError
        If the one is not theirs.
    """
    mine = Notice.objects.visible_to(by)
    if notice_id is not None:
        mine = mine.filter(pk=notice_id)
        if not mine.exists():
            raise NotFoundError(f"no notice of yours has the number {notice_id}")
    return mine.unread().update(read_at=at)
