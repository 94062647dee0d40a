"""What may be corrected: something new of one body, against which no other correction stands.

A correction is a person's judgement with a reason. It lies over what the sources say, is never
deleted, and can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from convener.base.errors import BadInputError, WrongStepError
from convener.base.kinds import Kind

REASON_MIN = 10  # characters: a word alone is no reason
NO_OWNER = "none"  # as a value: nobody owns it, it stands for itself


class Correctable(StrEnum):
    """What of an organisation can be corrected."""

    KIND = "kind"
    NAME = "name"
    OWNER = "owner"
    SAME = "same"
    DIFFERENT = "different"


class CorrectionRefusedError(BadInputError):
    """The correction says nothing, or nothing new."""


class ContradictedError(WrongStepError):
    """Another correction stands against it: undo that one first."""


@dataclass(frozen=True)
class Body:
    """An organisation as it stands now."""

    key: int
    name: str
    kind: Kind
    owner_key: int


@dataclass(frozen=True)
class Proposal:
    """A correction before it is made.

    ``other`` is the owner, or the body that is the same; ``parts`` tells how many spellings are
    left where one is parted from the rest.
    """

    what: Correctable
    body: Body
    reason: str
    value: str = ""
    other: Body | None = None
    parts: int = 0


def check_proposal(proposal: Proposal) -> None:
    """Refuse a correction that means nothing.

    Raises
    ------
    CorrectionRefusedError
        If it has no reason, no value, or leaves everything as it is.
    """
    reason = " ".join(proposal.reason.split())
    if len(reason) < REASON_MIN:
        raise CorrectionRefusedError(
            f"a reason says in words why, in {REASON_MIN} characters or more; it has {len(reason)}"
        )
    _CHECKS[proposal.what](proposal)


def _check_kind(proposal: Proposal) -> None:
    if proposal.value not in set(Kind):
        raise CorrectionRefusedError(
            f"a kind cannot be {proposal.value!r}; wanted one of {_KINDS}"
        )
    if proposal.value == proposal.body.kind:
        raise CorrectionRefusedError(
            f"{proposal.body.name} is {Kind(proposal.value).label} already"
        )


def _check_name(proposal: Proposal) -> None:
    if not proposal.value.strip():
        raise CorrectionRefusedError("a name cannot be empty")
    if proposal.value == proposal.body.name:
        raise CorrectionRefusedError(f"it is called {proposal.value} already")


def _check_owner(proposal: Proposal) -> None:
    body, other = proposal.body, proposal.other
    if other is None and proposal.value != NO_OWNER:
        raise CorrectionRefusedError("an owner is an organisation, or none; neither was given")
    if other is not None and other.key == body.key:
        raise CorrectionRefusedError(f"{body.name} cannot own itself; say that it has no owner")
    wanted = body.key if other is None else other.key
    if wanted == body.owner_key:
        said = "itself" if other is None else other.name
        raise CorrectionRefusedError(f"the owner of {body.name} is {said} already")
    if other is not None and other.owner_key == body.key:
        raise CorrectionRefusedError(
            f"{other.name} is owned by {body.name}: each would own the other"
        )


def _check_same(proposal: Proposal) -> None:
    if proposal.other is None:
        raise CorrectionRefusedError("two organisations are the same; the other was not given")
    if proposal.other.key == proposal.body.key:
        raise CorrectionRefusedError(f"both are {proposal.body.name} already")


def _check_different(proposal: Proposal) -> None:
    if not proposal.value:
        raise CorrectionRefusedError("a spelling is to be parted from the rest; none was given")
    if not proposal.parts:
        raise CorrectionRefusedError(
            f"{proposal.body.name} has no other spelling to be parted from"
        )


_KINDS = ", ".join(Kind)
_CHECKS = {
    Correctable.KIND: _check_kind,
    Correctable.NAME: _check_name,
    Correctable.OWNER: _check_owner,
    Correctable.SAME: _check_same,
    Correctable.DIFFERENT: _check_different,
}


@dataclass(frozen=True)
class Link:
    """What a standing correction says of pairs of spellings: that they are one, or are not."""

    number: int
    what: Correctable
    pairs: frozenset[frozenset[str]]


def check_not_contradicted(
    what: Correctable, pairs: frozenset[frozenset[str]], standing: Iterable[Link]
) -> None:
    """Refuse to join what a person parted, or to part what a person joined.

    Raises
    ------
    ContradictedError
        If a standing correction says the opposite of any pair.
    """
    opposite = {Correctable.SAME: Correctable.DIFFERENT, Correctable.DIFFERENT: Correctable.SAME}
    for link in standing:
        if link.what is opposite.get(what) and link.pairs & pairs:
            raise ContradictedError(
                f"correction {link.number} says the opposite of these two; undo it first"
            )


def check_may_undo(*, is_undone: bool, reason: str) -> None:
    """Refuse to undo a correction twice, or without saying why.

    Raises
    ------
    WrongStepError
        If it is undone already.
    CorrectionRefusedError
        If there is no reason.
    """
    if is_undone:
        raise WrongStepError("the correction is undone already; nothing is left to undo")
    if len(" ".join(reason.split())) < REASON_MIN:
        raise CorrectionRefusedError(
            f"a reason says in words why it is undone, in {REASON_MIN} characters or more"
        )
