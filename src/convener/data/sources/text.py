"""Reading text as UTF-8, whatever it was written in, without holding it whole."""

from __future__ import annotations

import codecs
import io
from collections.abc import Buffer
from typing import BinaryIO, cast

HEAD_BYTES = 1 << 18
PIECE_BYTES = 1 << 20
BYTE_ORDER_MARKS = (
    # The longer mark first: UTF-32 begins like UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8-bom"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CODECS = {"utf-8-bom": "utf-8", "cp1252": "utf-8"}
NUL_SHARE = 0.3  # Latin text in UTF-16 is half NUL


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as Windows text; a byte that is neither becomes U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", errors="replace"), error.end


codecs.register_error("convener-cp1252", _as_cp1252)


def as_utf8(stream: BinaryIO) -> tuple[BinaryIO, str]:
    """Return the stream as UTF-8 without a byte order mark, and the encoding that was met.

    The encoding is told from the first 256 KiB: a byte order mark, the NULs of UTF-16, or bytes
    that are no UTF-8 and so are taken for ``cp1252``. Files pasted together from several change
    encoding half-way, so UTF-8 is kept wherever it stands and only other bytes are read as cp1252;
    ``Utf8Stream.encoding`` says in the end whether any were.
    """
    head = _read_head(stream)
    mark, encoding = _sniff(head)
    text = Utf8Stream(stream, head[len(mark) :], encoding)
    return cast("BinaryIO", io.BufferedReader(text, PIECE_BYTES)), encoding


def encoding_met(stream: BinaryIO) -> str:
    """Return the encoding that a stream of ``as_utf8`` has met so far."""
    raw = getattr(stream, "raw", None)
    if not isinstance(raw, Utf8Stream):
        raise TypeError("a stream that as_utf8 returned was wanted")
    return raw.encoding


def is_plain_utf8(head: bytes) -> bool:
    """Say whether the first bytes of a file can be read as UTF-8 as they stand."""
    return _sniff(head) == (b"", "utf-8")


def _read_head(stream: BinaryIO) -> bytes:
    pieces = []
    missing = HEAD_BYTES
    while missing and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _sniff(head: bytes) -> tuple[bytes, str]:
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return mark, encoding
    if len(head) > 1 and b"\x00" in head:
        half = len(head) // 2
        if head[1::2].count(0) > NUL_SHARE * half and head[::2].count(0) < half / 10:
            return b"", "utf-16-le"
        if head[::2].count(0) > NUL_SHARE * half and head[1::2].count(0) < half / 10:
            return b"", "utf-16-be"
    return b"", "utf-8" if _is_utf8(head) else "cp1252"


def _is_utf8(head: bytes) -> bool:
    try:
        # A character cut by the end of the head is no fault.
        codecs.utf_8_decode(head, "strict", False)
    except UnicodeDecodeError:
        return False
    return True


class Utf8Stream(io.RawIOBase):
    """Bytes in, UTF-8 out, a piece at a time. ``encoding`` is what was met so far."""

    def __init__(self, inner: BinaryIO, head: bytes, encoding: str) -> None:
        super().__init__()
        self.encoding = encoding
        self._inner = inner
        self._ready = memoryview(b"")
        self._head = head
        self._tail = b""
        codec = CODECS.get(encoding, encoding)
        self._is_utf8 = codec == "utf-8"
        self._decoder = codecs.getincrementaldecoder(codec)("replace")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        while not self._ready:
            piece = self._head or self._inner.read(PIECE_BYTES)
            self._head = b""
            self._ready = memoryview(self._convert(piece))
            if not piece:
                break
        given = min(len(view), len(self._ready))
        view[:given] = self._ready[:given]
        self._ready = self._ready[given:]
        return given

    def _convert(self, piece: bytes) -> bytes:
        if not self._is_utf8:
            return self._decoder.decode(piece, final=not piece).encode("utf-8", "replace")
        whole = self._tail + piece if self._tail else piece
        try:
            _, used = codecs.utf_8_decode(whole, "strict", not piece)
        except UnicodeDecodeError:
            self.encoding = "cp1252"
            text, used = codecs.utf_8_decode(whole, "convener-cp1252", not piece)
            self._tail = whole[used:]
            return text.encode("utf-8")
        self._tail = whole[used:]
        return whole if used == len(whole) else whole[:used]

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()
