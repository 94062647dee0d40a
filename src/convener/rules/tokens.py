"""What a program may be given: some of the acts of the person who makes its token, for a while."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from convener.base.errors import BadInputError, NoSolutionError, NotAllowedError
from convener.rules.access import Act, Role, RoleNotAllowedError, check_may, may

# What the API can do. One's account and what gives others a role are no program's; the private
# check of standing is none's either, and leaves no trace that a program could.
FOR_PROGRAMS = (
    Act.SEE_REGISTRY,
    Act.REGISTER_ORGANISATION,
    Act.CLAIM_ORGANISATION,
    Act.KEEP_ORGANISATION,
    Act.KEEP_ANSWERS,
    Act.KEEP_ACCOUNTS,
    Act.DECLARE_INTERESTS,
    Act.SEARCH_INTERESTS,
    Act.DECIDE_CLAIMS,
    Act.MERGE_ORGANISATIONS,
    Act.POST_NOTES,
    Act.WITHDRAW_NOTES,
    Act.ANSWER_REQUESTS,
    Act.CORRECT_IDENTITY,
    Act.WATCH_OWNERS,
    Act.WARN_OF_OWNERS,
    Act.SEE_INTEGRITY_FLAGS,
    Act.SEE_JOURNAL,
    Act.SEE_NOTICES,
)
LONGEST = timedelta(days=365)
COMMANDS_A_MINUTE = 60  # of one token, so that a program that runs wild does not fill the record
READS_A_MINUTE = 600  # of one token, unless an installation says otherwise
MINUTE = timedelta(minutes=1)
LABEL_MAX = 100
PREFIX = "cv_"  # so that a token that leaked is known for one


class TokenRefusedError(NotAllowedError):
    """A token lets nobody in: it is none of ours, was ended, or has run out."""

    status = 401


class KeyUsedError(NoSolutionError):
    """The key of a command came before with another command."""


class TooManyCommandsError(NotAllowedError):
    """A token gave as many commands as a minute allows: ask again in a while."""

    status = 429


class TooManyReadsError(NotAllowedError):
    """A token read as often as a minute allows; ``retry_after`` says in how many seconds more."""

    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


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


def check_token_may(role: Role, acts: Iterable[str], act: Act) -> None:
    """Refuse an act that lies beyond a token, or beyond the role in which it acts.

    Parameters
    ----------
    role : of the membership that made it
    acts : names of those that were chosen for it
    act : what is asked for; what any visitor may do needs no token

    Raises
    ------
    RoleNotAllowedError
        If the role may not do it, or the token was not made for it.
    """
    check_may(role, act)
    if act.name not in acts and not may(Role.VISITOR, act):
        raise RoleNotAllowedError(f"this token was not made to {act}; make one that is")


def check_pace(given: int) -> None:
    """Refuse one more command than a token may give in a minute.

    Raises
    ------
    TooManyCommandsError
        If it gave as many in the minute before.
    """
    if given >= COMMANDS_A_MINUTE:
        raise TooManyCommandsError(
            f"a token gives {COMMANDS_A_MINUTE} commands a minute; ask again in a while"
        )


def check_reading_pace(given: int, *, most: int, since: datetime, at: datetime) -> None:
    """Refuse one more reading than a token may do in a minute.

    Parameters
    ----------
    given : how often it read in the minute that goes on
    most : how often it may
    since, at : when that minute began, and now

    Raises
    ------
    TooManyReadsError
        If it read as often; it says in how many seconds the minute is over.
    """
    if given >= most:
        left = max(1, math.ceil((since + MINUTE - at).total_seconds()))
        raise TooManyReadsError(
            f"a token reads {most:,} times a minute; ask again in {left} s", retry_after=left
        )


def check_same(kept: str, given: str) -> None:
    """Refuse a key that stands for another command.

    Parameters
    ----------
    kept, given : digests of what was asked for with the key, first and now

    Raises
    ------
    KeyUsedError
        If the two differ.
    """
    if kept != given:
        raise KeyUsedError("this Idempotency-Key came with another command; choose a new one")
