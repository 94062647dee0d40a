"""What a program may be given: some of the acts of the person who makes its token, for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from convener.base.errors import BadInputError, NotAllowedError
from convener.rules.access import Act, Role, check_may

# What the API can do. Acts of a person about themselves are no program's.
FOR_PROGRAMS = (
    Act.REGISTER_ORGANISATION,
    Act.POST_NOTES,
    Act.WITHDRAW_NOTES,
    Act.ANSWER_REQUESTS,
    Act.CORRECT_IDENTITY,
    Act.WATCH_OWNERS,
    Act.WARN_OF_OWNERS,
    Act.SEE_JOURNAL,
)
LONGEST = timedelta(days=365)
LABEL_MAX = 100
PREFIX = "cv_"  # so that a token that leaked is known for one


class TokenRefusedError(NotAllowedError):
    """A token lets nobody in: it is none of ours, was ended, or has run out."""

    status = 401


def check_token(role: Role, label: str, acts: Iterable[Act], lasts: timedelta) -> None:
    """Refuse a token that could do more than its maker, or for longer than a year.

    Raises
    ------
    BadInputError
        If it has no label, no act, or an act that no program has, or lasts too long.
    RoleNotAllowedError
        If its maker may not do one of the acts.
    """
    chosen = list(acts)
    if not 1 <= len(label.strip()) <= LABEL_MAX:
        raise BadInputError(f"a token has a label of 1 to {LABEL_MAX} characters")
    if not chosen:
        raise BadInputError("a token can do something; no act was chosen")
    if not timedelta(0) < lasts <= LONGEST:
        raise BadInputError(f"a token lasts {lasts.days} days; wanted 1 to {LONGEST.days}")
    for act in chosen:
        if act not in FOR_PROGRAMS:
            raise BadInputError(f"no program can {act}")
        check_may(role, act)


def check_open(*, ended_at: datetime | None, expires_at: datetime, at: datetime) -> None:
    """Refuse a token that was ended or has run out.

    Raises
    ------
    TokenRefusedError
        If it lets nobody in any more.
    """
    if ended_at is not None:
        raise TokenRefusedError("this token was ended; make another one")
    if at >= expires_at:
        raise TokenRefusedError("this token has run out; make another one")
