"""Doing what a program asks for once, however often it asks.

The key of a command is taken first, in the transaction that does the act and keeps the answer:
either all of it stands or none. Whoever sends the same again, not knowing how it went, is
answered the same; two who send it at once come one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from convener.base.errors import ConvenerError, NotFoundError, WrongStepError
from convener.rules.journal import RepeatedCommandError
from convener.rules.tokens import MINUTE, check_pace, check_same
from convener.service.models import ApiToken, Event, IdempotentAnswer

DONE = 200
NOT_YET = 0  # the status of an answer that is being found, which nobody else ever sees

type Body = Mapping[str, Any]
type Do = Callable[[], Body]


@dataclass(frozen=True)
class Asked:
    """A command as it came: through which token, under which key, and a digest of the rest."""

    token: ApiToken
    key: str
    digest: str

    @property
    def name(self) -> str:
        """Return what the journal calls it."""
        return f"token:{self.token.pk}:{self.key}"


@dataclass(frozen=True)
class Answer:
    """What a program is answered; ``is_again`` where it was answered the same before."""

    status: int
    body: Body
    is_again: bool = False


@transaction.atomic
def answer_once(asked: Asked, do: Do, *, at: datetime) -> Answer:
    """Do a command, or find what was answered to it; a refusal is an answer too.

    Raises
    ------
    KeyUsedError
        If the key came before with another command.
    RepeatedCommandError
        If it was done so long ago that its answer is not kept any more.
    TooManyCommandsError
        If the token gave as many in the last minute as it may.
    WrongStepError
        If someone else did at the same moment what excludes it.
    """
    row, is_new = IdempotentAnswer.objects.get_or_create(
        token=asked.token,
        key=asked.key,
        defaults={
            "request_digest": asked.digest,
            "status": NOT_YET,
            "body": {},
            "answered_at": at,
        },
    )
    if not is_new:
        check_same(row.request_digest, asked.digest)
        return Answer(row.status, row.body, is_again=True)
    _check_new(asked, row, at)
    answer = _answered(do)
    row.status, row.body = answer.status, answer.body
    row.save(update_fields=["status", "body"])
    return answer


def _check_new(asked: Asked, row: IdempotentAnswer, at: datetime) -> None:
    others = IdempotentAnswer.objects.filter(token=asked.token, answered_at__gt=at - MINUTE)
    check_pace(others.exclude(pk=row.pk).count())
    if Event.objects.filter(command=asked.name).exists():
        raise RepeatedCommandError(
            "this command was done already, so long ago that its answer is not kept"
        )


def _answered(do: Do) -> Answer:
    """Do it; where it is refused, nothing of it stands but the refusal."""
    try:
        with transaction.atomic():
            return Answer(DONE, do())
    except ObjectDoesNotExist:
        refused: ConvenerError = NotFoundError("what this is to be done to is not there")
    except IntegrityError as error:
        raise WrongStepError(
            "someone else did at the same moment what excludes this; read anew, then ask again"
        ) from error
    except ConvenerError as error:
        if error.status >= 500:  # noqa: PLR2004 -- HTTP
            raise
        refused = error
    return Answer(refused.status, {"detail": str(refused)})
