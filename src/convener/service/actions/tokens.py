"""Making tokens for programs, ending them, and knowing one when it comes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from convener.base.errors import NotFoundError, WrongStepError
from convener.rules.access import WITH_SECOND_FACTOR, Act, Actor, Role
from convener.rules.calendars import day_of
from convener.rules.sign_in import is_cleared
from convener.rules.tokens import (
    MINUTE,
    PREFIX,
    TokenRefusedError,
    check_open,
    check_reading_pace,
    check_token,
)
from convener.service.actions.journal import change, create
from convener.service.models import ApiToken, Membership
from convener.service.second_factors import factor_of

LENGTH = 32  # bytes made by chance


@dataclass(frozen=True)
class Made:
    """A token, and the only time that its text is known."""

    token: ApiToken
    text: str = field(repr=False)


@transaction.atomic
def make_token(
    *,
    membership: Membership,
    label: str,
    acts: Sequence[Act],
    lasts: timedelta,
    by: Actor,
    at: datetime,
) -> Made:
    """Make a token for the membership in which its maker acts; it is shown once.

    Raises
    ------
    BadInputError
        If it has no label or no act, or lasts longer than a year.
    RoleNotAllowedError
        If its maker may not do what it is to do.
    """
    check_token(by.role, label, acts, lasts)
    text = PREFIX + secrets.token_urlsafe(LENGTH)
    made = create(
        ApiToken,
        {
            "membership": membership,
            "label": label.strip(),
            "acts": sorted({act.name for act in acts}),
            "digest": digest_of(text),
            "made_at": at,
            "expires_at": at + lasts,
        },
        at=at,
        by=by,
        kind="token-made",
    )
    return Made(made, text)


@transaction.atomic
def end_token(*, token_id: int, by: Actor, at: datetime) -> ApiToken:
    """End a token of one's own: from this moment it lets no program in.

    Raises
    ------
    NotFoundError
        If it is not one's own.
    WrongStepError
        If it was ended already.
    """
    mine = ApiToken.objects.select_for_update(of=("self",)).filter(membership__user=by.user_id)
    found: ApiToken | None = mine.filter(pk=token_id).first()
    if found is None:
        raise NotFoundError(f"no token of yours has the number {token_id}")
    if found.ended_at is not None:
        raise WrongStepError("this token was ended already")
    return change(found, {"ended_at": at}, at=at, by=by, kind="token-ended")


def find_token(text: str, *, at: datetime) -> ApiToken:
    """Return the token of a text, and keep on which day it was used last.

    Raises
    ------
    TokenRefusedError
        If it is none of ours, was ended or has run out, or its maker acts no more.
    """
    found: ApiToken | None = (
        ApiToken.objects.select_related("membership__user", "membership__organisation")
        .filter(digest=digest_of(text))
        .first()
    )
    if found is None:
        raise TokenRefusedError("this is no token of this service")
    check_open(ended_at=found.ended_at, expires_at=found.expires_at, at=at)
    if not Membership.objects.standing(at).filter(pk=found.membership_id).exists():
        raise TokenRefusedError("whoever made this token acts here no more")
    _check_second_factor(found)
    today = day_of(at)
    if found.last_used_on != today:
        ApiToken.objects.filter(pk=found.pk).update(last_used_on=today)
    return found


def count_read(token: ApiToken, *, most: int, at: datetime) -> None:
    """Count one more reading by a token, in the minute that its first one began.

    The count lies in the token's row, so that it holds across processes.

    Raises
    ------
    TooManyReadsError
        If it read as often in that minute as it may.
    """
    began = at - MINUTE
    going_on = Q(pk=token.pk, reads_since__gt=began, reads_since__lte=at)
    counted = ApiToken.objects.filter(going_on, read_count__lt=most).update(
        read_count=F("read_count") + 1
    )
    if counted:
        return
    over = Q(reads_since=None) | Q(reads_since__lte=began) | Q(reads_since__gt=at)
    if ApiToken.objects.filter(over, pk=token.pk).update(reads_since=at, read_count=1):
        return
    since, given = ApiToken.objects.values_list("reads_since", "read_count").get(pk=token.pk)
    check_reading_pace(given, most=most, since=since, at=at)


def _check_second_factor(token: ApiToken) -> None:
    """Refuse a token of a role that takes a second factor, once that is another or is gone.

    As long as it is the one that its maker gave, the token came through it.
    """
    role = Role(token.membership.role)
    factor = factor_of(token.membership.user_id) if role in WITH_SECOND_FACTOR else None
    factor_at = None if factor is None else factor[1]
    if not is_cleared(role, factor_at=factor_at, began_at=token.made_at, is_proved=False):
        raise TokenRefusedError("whoever made this token has another second factor since, or none")


def digest_of(text: str) -> str:
    """Return what is stored of a token: its text cannot be had from it."""
    return hashlib.sha256(text.encode()).hexdigest()
