"""Yield plain releases from every shape in which open contracting data comes.

Packages of releases or records, bare releases or records, versioned releases, releases of
version 1.0 and of the draft before it; one to a line, in an array, or one after another; mixed as
they come. What is broken is refused with its place and reason, and costs itself alone.
"""

from __future__ import annotations

import io
from collections.abc import Buffer, Iterator
from typing import Any, BinaryIO, cast

from convener.data.ocds.drafts import draft_currency, from_draft
from convener.data.ocds.envelopes import ENVELOPE_KEYS, Envelopes
from convener.data.ocds.forms import (
    BYTE_ORDER_MARK,
    HEAD_BYTES,
    LISTS,
    PACKAGES,
    Form,
    Shape,
    check_is_json,
    form_of,
    form_of_start,
    sniff,
)
from convener.data.ocds.json_values import BrokenValueError, check_depth, decode, decode_strictly
from convener.data.ocds.json_walk import MIB, VALUE_LIMIT, Walk
from convener.data.ocds.merging import has_equal_dates, latest_of_versioned, merge_releases
from convener.data.ocds.upgrading import upgraded
from convener.data.report import MET_LENGTH, ReadReport

__all__ = ["Form", "Shape", "iter_releases", "sniff"]

WHOLE_BYTES = 16 * MIB  # an input up to this size is parsed at once; a larger one is walked
GLANCE_BYTES = 1_024  # most releases begin with their ocid, and so show what they are
_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "a truth value",
    type(None): "a null",
}
TIES_NOTE = "some releases of one process have the same date; they were taken in order of id"


def iter_releases(
    stream: BinaryIO, *, where: str, report: ReadReport
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each release of an input, as a plain release of version 1.1, with its place.

    Parameters
    ----------
    stream : UTF-8
    where : name of the input, as a person knows it
    report : taken down as reading goes
        Counts what is refused or nulled, and notes publisher, licence and extensions. What is
        yielded is left to the caller to count.

    Yields
    ------
    The line where the input has a value to each line, else the number of the release; and the
    release. A record gives its compiled release, or else what its own releases compile to, or
    else the latest of its versioned release.

    Raises
    ------
    BadInputError
        If the input is empty, a web page, or begins in no way that JSON does.
    """
    head = stream.read(HEAD_BYTES)
    check_is_json(head, where)
    reading = _Reading(where, report, is_lines=sniff(head).is_lines)
    try:
        yield from reading.read(_rejoined(head.removeprefix(BYTE_ORDER_MARK), stream))
    finally:
        reading.tell()


class _Reading:
    """One input being read: where it stands, and what its envelopes said."""

    def __init__(self, where: str, report: ReadReport, *, is_lines: bool) -> None:
        self._where = where
        self._report = report
        self._is_lines = is_lines
        self._envelopes = Envelopes()
        self._place = 0  # the line, or the number of the release
        self._has_ties = False
        self._currency: str | None = None  # of the drafts in the package being read

    def read(self, source: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each release with its place."""
        for release in self._lines(source) if self._is_lines else self._values(source):
            yield self._place, release

    def tell(self) -> None:
        """Note what the envelopes said."""
        notes = self._envelopes.notes() + [TIES_NOTE] * self._has_ties
        self._report.notes += [note for note in notes if note not in self._report.notes]

    def _lines(self, source: BinaryIO) -> Iterator[dict[str, Any]]:
        while line := source.readline(VALUE_LIMIT):
            self._place += 1
            if len(line) == VALUE_LIMIT:
                self._refuse(f"the line is longer than {VALUE_LIMIT // MIB} MiB", line)
                while line and not line.endswith(b"\n"):
                    line = source.readline(VALUE_LIMIT)
            elif line.strip():
                yield from self._decoded(line)

    def _values(self, source: BinaryIO) -> Iterator[dict[str, Any]]:
        text = source.read(WHOLE_BYTES)
        if len(text) < WHOLE_BYTES:
            try:
                value = decode_strictly(text)
            except BrokenValueError:
                pass  # the walk finds which part is broken
            else:
                yield from self._unpacked(value)
                return
        yield from self._walked(Walk(_rejoined(text, source)))

    def _walked(self, walk: Walk) -> Iterator[dict[str, Any]]:
        while byte := walk.peek():
            try:
                if byte == b"[":
                    for _ in walk.items():
                        yield from self._walked_object(walk)
                else:
                    yield from self._walked_object(walk)
            except BrokenValueError as error:
                self._step()
                self._refuse(str(error), walk.ahead(MET_LENGTH))
                if not walk.resume():
                    return

    def _walked_object(self, walk: Walk) -> Iterator[dict[str, Any]]:
        ahead = walk.ahead(GLANCE_BYTES)
        form = form_of_start(ahead)
        if form not in {Form.RELEASE, Form.RECORD}:  # which need no closer look
            form = form_of_start(walk.ahead(HEAD_BYTES))
        if form in PACKAGES:
            yield from self._walked_package(walk)
        elif ahead.startswith((b"{", b"[")):
            yield from self._decoded(walk.value())
        else:
            message = "an object or a list was wanted"
            raise BrokenValueError(message)

    def _walked_package(self, walk: Walk) -> Iterator[dict[str, Any]]:
        envelope: dict[str, Any] = {}
        try:
            for name in walk.members():
                if name in LISTS and walk.peek() == b"[":
                    self._currency = draft_currency(envelope)
                    for _ in walk.items():
                        yield from self._decoded(walk.value())
                elif name in ENVELOPE_KEYS:
                    envelope[name] = decode(walk.value(), self._null)
                else:
                    walk.value()
        finally:
            self._envelopes.add(envelope)

    def _decoded(self, text: bytes) -> Iterator[dict[str, Any]]:
        try:
            value = decode(text, self._null)
        except BrokenValueError as error:
            self._step()
            self._refuse(str(error), text)
        else:
            yield from self._unpacked(value)

    def _unpacked(self, value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # any JSON value
        """Yield the releases in one JSON value, whatever its form."""
        form = form_of(value)
        if form is Form.ARRAY:
            items = value
        elif form in PACKAGES:
            self._envelopes.add(value)
            self._currency = draft_currency(value)
            items = [item for name in LISTS for item in _as_list(value.get(name))]
        else:
            yield from self._release(value)
            return
        for item in items:
            if form is Form.ARRAY and form_of(item) in PACKAGES:
                yield from self._unpacked(item)
            else:
                yield from self._release(item)

    def _release(self, value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # any JSON value
        """Yield the release that a value is or holds, or refuse it."""
        self._step()
        try:
            check_depth(value)
            release = self._plain(value)
        except BrokenValueError as error:
            met = value.get("ocid", "") if isinstance(value, dict) else value
            self._refuse(str(error), str(met).encode())
        else:
            yield release

    def _plain(self, value: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON value
        form = form_of(value)
        if form is Form.RECORD:
            release = self._of_record(value)
        elif form is Form.VERSIONED:
            release = latest_of_versioned(value)
        elif form is Form.DRAFT:
            release = from_draft(value, self._currency)
        elif form is Form.RELEASE:
            release = value
        else:
            message = f"{_KINDS[type(value)]} without an ocid; a release or record was wanted"
            raise BrokenValueError(message)
        if not isinstance(release.get("ocid"), str) or not release["ocid"].strip():
            message = "the ocid is empty or no text"
            raise BrokenValueError(message)
        return upgraded(release)

    def _of_record(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the state of the process that a record tells, by the best that it holds."""
        self._envelopes.add(record)
        ocid = {"ocid": record["ocid"]} if "ocid" in record else {}
        compiled = record.get("compiledRelease")
        if isinstance(compiled, dict) and compiled:
            return ocid | compiled
        given = [item for item in _as_list(record.get("releases")) if isinstance(item, dict)]
        releases = [upgraded(item) for item in given if "url" not in item or "id" in item]
        if releases:
            self._has_ties |= has_equal_dates(releases)
            return ocid | merge_releases(releases)
        versioned = record.get("versionedRelease")
        if isinstance(versioned, dict) and versioned:
            return ocid | latest_of_versioned(versioned)
        message = (
            "the record only links to its releases and holds none"
            if given
            else "the record holds no release"
        )
        raise BrokenValueError(message)

    def _step(self) -> None:
        if not self._is_lines:
            self._place += 1

    def _refuse(self, reason: str, met: bytes) -> None:
        self._report.refuse(
            self._where, self._place, reason, met[:MET_LENGTH].decode("utf-8", "replace")
        )

    def _null(self, path: str, reason: str, met: str) -> None:
        place = self._place if self._is_lines else self._place + 1
        self._report.null(self._where, place, path, reason, met)


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        piece = self._head[: len(view)] if self._head else self._rest.read(len(view))
        self._head = self._head[len(piece) :] if self._head else self._head
        view[: len(piece)] = piece
        return len(piece)


def _rejoined(head: bytes, rest: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Rejoined(head, rest), MIB))


def _as_list(value: object) -> list[Any]:
    """Return a list that should be one: an object stands for a list of itself."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []
