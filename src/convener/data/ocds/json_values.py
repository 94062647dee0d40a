"""Decode JSON text with mercy: keep a value whose numbers or letters alone are bad."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from convener.base.errors import BadInputError

DEPTH_LIMIT = 254  # what orjson writes, and so what later steps can carry

_LONG_NUMBER = re.compile(rb"[:\[,]\s*-?\d[\d.]{15,}")
_ZEROS = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")|(?<![\w.+-])(-?)0+(?=\d)', re.DOTALL)


class BrokenValueError(BadInputError):
    """A JSON value that cannot be used, with the reason in its message."""


def decode_strictly(text: bytes) -> Any:  # noqa: ANN401  # any JSON value
    """Return the value of JSON text that is as the standard says, with numbers that floats hold.

    Raises
    ------
    BrokenValueError
        If it is not, so that :func:`decode` has to look closer.
    """
    if _LONG_NUMBER.search(text):
        message = "a number has more digits than a float holds"
        raise BrokenValueError(message)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        message = f"not JSON: {error}"
        raise BrokenValueError(message) from error


def decode(text: bytes, on_null: Callable[[str, str, str], None]) -> Any:  # noqa: ANN401
    """Return the value of one JSON text, keeping what can be kept.

    Parameters
    ----------
    text : UTF-8
    on_null : function of field path, reason and what was met
        Called for each number that no number can hold, such as 1e9999; the field becomes null.

    Returns
    -------
    Numbers are whole, or floats whose shortest form is what was written; a number with more
    digits than that stays the text that it was, exact.

    Raises
    ------
    BrokenValueError
        If the text is not JSON.
    """
    try:
        return decode_strictly(text)
    except BrokenValueError:
        return _decode_slowly(text, on_null)


def check_depth(value: Any) -> None:  # noqa: ANN401  # any JSON value
    """Check that a value is nested no deeper than it can be carried.

    Raises
    ------
    BrokenValueError
        If it is.
    """
    try:
        orjson.dumps(value)
    except (orjson.JSONEncodeError, RecursionError) as error:
        message = f"the value is nested more than {DEPTH_LIMIT} deep"
        raise BrokenValueError(message) from error


def number(text: str | None) -> int | float | str | None:
    """Return a number written as text: whole, a float where that is exact, else the text."""
    try:
        value = Decimal(text) if text is not None else None
    except InvalidOperation:
        return text
    if text is None or value is None or not value.is_finite():
        return text
    return _integer(text) if text.removeprefix("-").isdecimal() else _exact(text)


class _Unusable:
    """A number that no number can hold."""

    def __init__(self, text: str) -> None:
        self.text = text


def _decode_slowly(text: bytes, on_null: Callable[[str, str, str], None]) -> Any:  # noqa: ANN401
    readable = _ZEROS.sub(lambda met: met[1] or met[2], text).decode("utf-8", "replace")
    try:
        value = json.loads(
            readable,
            strict=False,  # line breaks inside strings are common, and harmless
            parse_float=_float,
            parse_int=_integer,
            parse_constant=_Unusable,
        )
        return _usable(value, "", on_null)
    except RecursionError as error:
        message = f"the value is nested more than {DEPTH_LIMIT} deep"
        raise BrokenValueError(message) from error
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} at character {error.pos + 1}"
        raise BrokenValueError(message) from error


def _float(text: str) -> float | str | _Unusable:
    return _Unusable(text) if math.isinf(float(text)) else _exact(text)


def _exact(text: str) -> float | str:
    value = float(text)
    is_held = not math.isinf(value) and Decimal(repr(value)) == Decimal(text)
    return value if is_held else text


def _integer(text: str) -> int | str:
    fits = len(text) < 19  # noqa: PLR2004  # a signed 64-bit number has 18 sure digits
    return int(text) if fits else text


def _usable(value: Any, path: str, on_null: Callable[[str, str, str], None]) -> Any:  # noqa: ANN401
    """Return a value without unusable numbers and half characters, saying where they stood."""
    if isinstance(value, dict):
        return {
            _usable(key, path, on_null): _usable(below, f"{path}.{key}".lstrip("."), on_null)
            for key, below in value.items()
        }
    if isinstance(value, list):
        return [_usable(item, path, on_null) for item in value]
    if isinstance(value, _Unusable):
        on_null(path, "the number is too large or is none", value.text)
        return None
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value
