"""Walk JSON text one value at a time, in bounded memory.

A walk does not parse: it finds where each value ends, so that one broken value costs itself alone
and not the rest of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from convener.data.ocds.json_values import BrokenValueError, decode_strictly

MIB = 1024 * 1024
VALUE_LIMIT = 64 * MIB  # one release or record; the largest known has some 22 MB
_CHUNK = MIB
_SPACE = b" \t\r\n"

# From any place in a value to its next bracket, past whole strings. It does not match where a
# string is cut by the end of what was read so far.
_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+([{}\[\]])', re.DOTALL)
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_PLAIN_END = re.compile(rb"[\s,:\[\]{}]")


class CutValueError(BrokenValueError):
    """The input ends, or a bound is met, in the middle of a value."""


class Walk:
    """A walk over the JSON text of a stream."""

    def __init__(self, stream: BinaryIO, *, limit: int = VALUE_LIMIT) -> None:
        self._stream = stream
        self._limit = limit
        self._text = bytearray()
        self._at = 0
        self._is_ended = False

    def peek(self) -> bytes:
        """Return the next byte that is not space, without passing it; nothing at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return bytes(self._text[self._at : self._at + 1])
                self._at += 1
            if not self._fill():
                return b""

    def ahead(self, length: int) -> bytes:
        """Return the next bytes without passing them, so many or as many as there are."""
        while len(self._text) - self._at < length and self._fill():
            pass
        return bytes(self._text[self._at : self._at + length])

    def skip(self) -> None:
        """Pass one byte."""
        self._at += 1

    def value(self) -> bytes:
        """Pass the next value and return its text.

        Raises
        ------
        CutValueError
            If the input ends first, or the value is longer than the limit; nothing is passed.
        """
        start = self.peek()
        if start in (b"{", b"["):
            end = self._end_of_nest
        elif start == b'"':
            end = self._end_of_string
        else:
            end = self._end_of_plain
        length = end()
        text = bytes(self._text[self._at : self._at + length])
        self._at += length
        return text

    def items(self) -> Iterator[None]:
        """Stop before each value of the list that begins here; the caller passes the value.

        Raises
        ------
        BrokenValueError
            If the list is not closed as a list.
        """
        self.skip()
        while (byte := self.peek()) != b"]":
            if byte in (b"", b"}", b":"):
                message = "a list is not closed"
                raise CutValueError(message)
            if byte == b",":
                self.skip()
            else:
                yield
        self.skip()

    def members(self) -> Iterator[str]:
        """Stop before each value of the object that begins here, with its name.

        Raises
        ------
        BrokenValueError
            If what stands there is no name and colon.
        """
        self.skip()
        while (byte := self.peek()) != b"}":
            if byte == b"":
                message = "an object is not closed"
                raise CutValueError(message)
            if byte == b",":
                self.skip()
                continue
            name = decode_strictly(self.value())
            if not isinstance(name, str) or self.peek() != b":":
                message = "a name and a colon were wanted in an object"
                raise BrokenValueError(message)
            self.skip()
            yield name
        self.skip()

    def resume(self) -> bool:
        """Pass to the next line that begins an object, as JSON lines do; say whether one was."""
        self._at += 1
        while True:
            found = self._text.find(b"\n{", self._at)
            if found >= 0:
                self._at = found + 1
                return True
            self._at = max(self._at, len(self._text) - 1)
            if not self._fill():
                self._at = len(self._text)
                return False

    def _fill(self, length: int = _CHUNK) -> bool:
        """Read on, letting go of what was passed; say whether there was anything."""
        if not self._is_ended:
            del self._text[: self._at]
            self._at = 0
            more = self._stream.read(length)
            self._text += more
            self._is_ended = not more
        return not self._is_ended

    def _read_on(self) -> None:
        if len(self._text) - self._at > self._limit:
            message = f"one value is longer than {self._limit // MIB} MiB"
            raise CutValueError(message)
        # As much again as there is: a long text is looked through from its start each time.
        if not self._fill(max(_CHUNK, len(self._text) - self._at)):
            message = "the text ends in the middle of a value"
            raise CutValueError(message)

    def _end_of_nest(self) -> int:
        depth, length = 0, 0
        while True:
            match = _TO_BRACKET.match(self._text, self._at + length)
            if match is None:
                self._read_on()
                continue
            length = match.end() - self._at
            depth += 1 if self._text[match.end() - 1] in b"{[" else -1
            if depth == 0:
                return length

    def _end_of_string(self) -> int:
        while (match := _STRING.match(self._text, self._at)) is None:
            self._read_on()
        return match.end() - self._at

    def _end_of_plain(self) -> int:
        while (match := _PLAIN_END.search(self._text, self._at)) is None:
            if not self._fill():
                return len(self._text) - self._at
        return max(match.start() - self._at, 1)
