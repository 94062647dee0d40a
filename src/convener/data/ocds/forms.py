"""Recognise what form of open contracting data a JSON value, or the start of a file, has."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from convener.base.errors import BadInputError
from convener.data.ocds.drafts import is_draft
from convener.data.ocds.envelopes import ENVELOPE_KEYS
from convener.data.ocds.json_values import BrokenValueError, decode_strictly
from convener.data.ocds.json_walk import Walk
from convener.data.ocds.merging import is_history
from convener.data.ocds.upgrading import needs_parties

HEAD_BYTES = 1 << 20
LISTS = ("releases", "records")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(rb"<(!doctype html|html|head|body|!--)", re.IGNORECASE)
_MET_SHOWN = 40


class Form(StrEnum):
    """What one JSON value is."""

    RELEASE_PACKAGE = "release package"
    RECORD_PACKAGE = "record package"
    RELEASE = "release"
    RECORD = "record"
    VERSIONED = "versioned release"
    DRAFT = "draft release"
    ARRAY = "array"
    OTHER = "no open contracting data"
    EMPTY = "nothing"


PACKAGES = frozenset({Form.RELEASE_PACKAGE, Form.RECORD_PACKAGE})


@dataclass(frozen=True)
class Shape:
    """What an input holds, as far as its first bytes tell.

    ``is_lines``: each line is a value of its own. ``takes_fast_path``: each line met is a plain
    release of version 1.1, compiled or not, or is broken, so that an engine may read the file.
    """

    form: Form
    is_lines: bool = False
    takes_fast_path: bool = False

    @property
    def is_ocds(self) -> bool:
        """Whether open contracting data was recognised."""
        return self.form not in {Form.OTHER, Form.EMPTY, Form.ARRAY}


def sniff(head: bytes) -> Shape:
    """Return the shape of an input from its first bytes, a mebibyte if it has so many.

    An array is followed to its first value: an array of releases has the form of a release.
    """
    text = head.removeprefix(BYTE_ORDER_MARK)
    if not text.strip():
        return Shape(Form.EMPTY)
    lines = [line for line in _lines(text) if line.startswith((b"{", b"["))]
    values = [value for value in map(_value_of, lines) if value is not None]
    begins = text.lstrip(b"\r\n").startswith((b"{", b"["))
    is_lines = begins and len(values) > len(lines) // 2
    if not is_lines or (len(lines) == 1 and form_of(values[0]) in {*PACKAGES, Form.ARRAY}):
        return Shape(form_of_start(text))
    takes_fast_path = text is head and all(map(_is_plain_release, values))
    return Shape(_form_within(values[0]), is_lines=True, takes_fast_path=takes_fast_path)


def form_of(value: object) -> Form:
    """Return what one parsed JSON value is."""
    if isinstance(value, list):
        return Form.ARRAY
    if not isinstance(value, dict):
        return Form.OTHER
    form = _form_by_keys(value.keys())
    if form is Form.RELEASE and any(map(is_history, value.values())):
        return Form.VERSIONED
    return form


def form_of_start(text: bytes) -> Form:
    """Return the form of the value that a text begins with, or of the first in its array."""
    walk = Walk(io.BytesIO(text))
    if walk.peek() == b"[":
        walk.skip()
        if walk.peek() in (b"]", b""):
            return Form.ARRAY
    return _form_by_keys(set(_keys(walk))) if walk.peek() == b"{" else Form.OTHER


def check_is_no_web_page(head: bytes, where: str) -> None:
    """Check that an input is not a page for people, such as a portal's error page.

    Raises
    ------
    BadInputError
        If it is one, with its title.
    """
    if _HTML.match(head.removeprefix(BYTE_ORDER_MARK).lstrip()):
        title = _TITLE.search(head)
        titled = f' titled "{_shown(title[1])}"' if title else ""
        message = f"{where} is an HTML page{titled}; open contracting data as JSON was wanted"
        raise BadInputError(message)


def check_is_json(head: bytes, where: str) -> None:
    """Check that an input begins as JSON does.

    Raises
    ------
    BadInputError
        If it is empty, a web page or anything else, saying which.
    """
    check_is_no_web_page(head, where)
    start = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    if not start:
        message = f"{where} is empty; open contracting data as JSON was wanted"
    elif start.startswith(b"<"):
        message = f"{where} is XML; open contracting data as JSON was wanted"
    elif start[:1] not in (b"{", b"["):
        message = f'{where} begins "{_shown(start)}", which is not JSON; "{{" or "[" was wanted'
    else:
        return
    raise BadInputError(message)


def _shown(text: bytes) -> str:
    words = " ".join(text[: 4 * _MET_SHOWN].decode("utf-8", "replace").split())
    return words[:_MET_SHOWN]


def _lines(text: bytes) -> list[bytes]:
    """Return the lines of a text, but for the last where it is cut."""
    *whole, last = text.split(b"\n")
    return whole if _value_of(last) is None else [*whole, last]


def _value_of(line: bytes) -> Any:  # noqa: ANN401  # any JSON value
    """Return the value that a line holds whole; None where it holds none."""
    try:
        return decode_strictly(line)
    except BrokenValueError:
        return None


def _form_within(value: object) -> Form:
    form = form_of(value)
    return form_of(value[0]) if form is Form.ARRAY and value else form  # type: ignore[index]


def _is_plain_release(value: object) -> bool:
    return isinstance(value, dict) and form_of(value) is Form.RELEASE and not needs_parties(value)


def _keys(walk: Walk) -> Iterator[str]:
    """Yield the names in the object that begins here, until its end or that of the text."""
    try:
        for name in walk.members():
            yield name
            if name in LISTS:
                return
            walk.value()
    except BrokenValueError:
        return


def _form_by_keys(keys: AbstractSet[str]) -> Form:  # noqa: PLR0911  # a table of cases
    if "records" in keys:
        return Form.RECORD_PACKAGE
    if "compiledRelease" in keys or "versionedRelease" in keys:
        return Form.RECORD
    if "releases" in keys:
        return Form.RECORD if "ocid" in keys else Form.RELEASE_PACKAGE
    if is_draft(keys):
        return Form.DRAFT
    if "ocid" in keys:
        return Form.RELEASE
    if keys and keys <= ENVELOPE_KEYS:
        return Form.RELEASE_PACKAGE
    return Form.OTHER
