"""How an event is told and chained: each holds the digest of the one before it in its stream.

Whoever changes, drops or moves an event leaves a chain that no longer fits; whoever cuts the end
of a stream off leaves one that no longer reaches the head that was published.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from convener.base.errors import BadInputError, ConvenerError, WrongStepError

SCHEMA_VERSION = 1
START = "0" * 64  # what stands before the first event of a stream
SLUG = re.compile(r"[a-z0-9][a-z0-9._:-]{0,99}")

type Plain = bool | int | str | list[Plain] | dict[str, Plain] | None


class RepeatedCommandError(WrongStepError):
    """A command came twice; it was done the first time."""


class BrokenChainError(ConvenerError):
    """An event is not the one that was recorded, or is not where it was."""


class Told(NamedTuple):
    """One event as it is chained: a tuple, since a million are made to check a million.

    It holds no free text and nothing personal: who acted is a number, and what is not open to
    partners is a keyed digest inside ``contents``.
    """

    stream: str
    sequence: int
    at: datetime
    kind: str
    actor: int | None
    role: str
    organisation: int | None
    on_behalf_of: int | None
    command: str
    schema_version: int
    reason: str
    subject: str
    subject_id: int
    row_version: int
    contents: str


@dataclass(frozen=True)
class Head:
    """The last event of a stream: how many there are, and the digest of the last."""

    stream: str
    sequence: int
    digest: str


def digest_of(told: Told, previous: str) -> str:
    """Return the digest that an event has after the one before it."""
    at = told.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = (
        f"{previous}\n{told.stream}\n{told.sequence}\n{at}\n{told.kind}\n{_number(told.actor)}",
        f"{told.role}\n{_number(told.organisation)}\n{_number(told.on_behalf_of)}\n{told.command}",
        f"{told.schema_version}\n{told.reason}\n{told.subject}\n{told.subject_id}",
        f"{told.row_version}\n{told.contents}",
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _number(value: int | None) -> int | str:
    return "" if value is None else value


def check_slug(text: str, what: str) -> None:
    """Refuse a word that could be mistaken for two parts of an event.

    Raises
    ------
    BadInputError
        If it holds anything but small letters, digits and ``. _ : -``.
    """
    if not SLUG.fullmatch(text):
        raise BadInputError(
            f"{what} is {text[:100]!r}; wanted small letters, digits and . _ : -, at most 100"
        )


def plain(value: object) -> Plain:
    """Return a stored value as JSON can hold it, the same for equal values.

    Raises
    ------
    BadInputError
        If it is of a sort that events do not hold.
    """
    match value:
        case None | bool() | int():
            found: Plain = value
        case str():
            found = str(value)
        case datetime():
            found = value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            found = value.isoformat()
        case Decimal():
            found = format(value.normalize(), "f")
        case Mapping():
            found = {str(name): plain(each) for name, each in value.items()}
        case list() | tuple():
            found = [plain(each) for each in value]
        case _:
            raise BadInputError(f"an event holds no {type(value).__name__}")
    return found


def canonical(value: Plain) -> str:
    """Return the one text of a plain value: sorted names, no blanks, no line breaks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check_chain(rows: Iterable[tuple[Told, str]], kept: Iterable[Head] = ()) -> Iterator[Head]:
    """Give the head of each stream whose events fit together, first to last.

    Parameters
    ----------
    rows : events with the digests that were stored, stream by stream, in their order
    kept : heads that were kept elsewhere; each must still be met on the way

    Raises
    ------
    BrokenChainError
        At the first event that is missing, moved or changed, or not the one that was kept;
        the message names it.
    """
    known = {(head.stream, head.sequence): head.digest for head in kept}
    stream, sequence, digest = "", 0, START
    for told, stored in rows:
        if told.stream != stream:
            if sequence:
                yield Head(stream, sequence, digest)
            stream, sequence, digest = told.stream, 0, START
        sequence += 1
        _check_link(told, stored, sequence, digest)
        digest = stored
        if known and known.pop((stream, sequence), digest) != digest:
            raise BrokenChainError(
                f"{stream}: event {sequence} is not the one whose head was kept"
            )
    if sequence:
        yield Head(stream, sequence, digest)


def _check_link(told: Told, stored: str, sequence: int, previous: str) -> None:
    if told.sequence != sequence:
        raise BrokenChainError(
            f"{told.stream}: event {sequence} is missing; the next is {told.sequence}"
        )
    if digest_of(told, previous) != stored:
        raise BrokenChainError(
            f"{told.stream}: event {sequence} ({told.kind}) is not the one recorded"
        )


def check_heads(found: Mapping[str, Head], kept: Iterable[Head]) -> None:
    """Refuse streams that end before a head that was kept elsewhere.

    Raises
    ------
    BrokenChainError
        If a stream is gone or shorter than it was, or another event is its last.
    """
    for head in kept:
        met = found.get(head.stream)
        if met is None or met.sequence < head.sequence:
            reached = 0 if met is None else met.sequence
            raise BrokenChainError(
                f"{head.stream}: it ends at event {reached}; {head.sequence} were recorded"
            )
        if met.sequence == head.sequence and met.digest != head.digest:
            raise BrokenChainError(
                f"{head.stream}: event {head.sequence} is not the head that was kept"
            )
