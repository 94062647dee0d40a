"""Opening a source: a file, a folder, gzip, zip or standard input, each as streams of bytes.

What a stranger sent is bounded before it is read: how much it may unpack to, how far it may swell,
how many members it may hold. What a file is, its first bytes say and not its name.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Buffer, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from typing import BinaryIO, cast

from isal import igzip, isal_zlib

from convener.base.errors import BadInputError, NotFoundError
from convener.data.sources.text import is_plain_utf8

BUFFER_BYTES = 1 << 20
HEAD_BYTES = 1 << 16
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
# What we could be handed and do not read: the first bytes, and what to do about it.
UNREAD_MAGIC = {
    b"BZh": "is compressed with bzip2; unpack it, or use gzip or zip",
    b"\xfd7zXZ\x00": "is compressed with xz; unpack it, or use gzip or zip",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd; unpack it, or use gzip or zip",
    b"7z\xbc\xaf\x27\x1c": "is a 7z archive; unpack it, or use gzip or zip",
    b"Rar!\x1a\x07": "is a RAR archive; unpack it, or use gzip or zip",
    b"%PDF": "is a PDF; convener reads JSON and CSV",
    b"\xd0\xcf\x11\xe0": "is an old Excel or Word file; save the sheet as CSV",
    b"PAR1": "is a Parquet file; convener reads JSON and CSV",
}
TAR_MAGIC_AT = 257
IGNORED_NAMES = ("readme", "__macosx", "thumbs.db", "desktop.ini")
UNPACK_ERRORS: tuple[type[Exception], ...] = (
    EOFError,
    NotImplementedError,
    igzip.BadGzipFile,
    cast("type[Exception]", isal_zlib.error),
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True)
class Limits:
    """How much a source may ask of this machine.

    ``swell`` is how many times its size a compressed file may unpack to; it is not asked of what
    stays under ``swell_from`` bytes, because small repetitive files are innocent.
    """

    bytes_each: int = 200 << 30
    members: int = 100_000
    swell: int = 250
    swell_from: int = 256 << 20


@dataclass(frozen=True)
class Input:
    """One thing to read: its name, and a fresh stream of its bytes whenever asked.

    ``path`` is set where the bytes lie in a plain local file that looks like UTF-8 as far as its
    first 64 KiB tell, so that an engine may read the file itself.
    """

    name: str
    path: Path | None
    open: Callable[[], BinaryIO]
    size: int | None


def open_inputs(
    origin: str,
    *,
    stdin: BinaryIO | None = None,
    spool: Path | None = None,
    limits: Limits | None = None,
) -> Iterator[Input]:
    """Yield what ``origin`` holds: a path, or ``-`` for what ``stdin`` brings.

    Standard input is copied to the file ``spool`` first, so that it can be read twice.

    Raises
    ------
    NotFoundError
        If there is no such file or folder.
    BadInputError
        If it holds nothing to read, cannot be unpacked, or passes a limit.
    """
    limits = limits or Limits()
    if origin == "-":
        if stdin is None or spool is None:
            raise BadInputError(
                "'-' wants standard input, and a file to keep it in; one is missing"
            )
        _copy(stdin, spool, limits)
        yield from _file_inputs(spool, "standard input", limits)
        return
    path = Path(origin)
    if not path.exists():
        raise NotFoundError(f"there is no file or folder {origin!r}")
    if path.is_dir():
        yield from _folder_inputs(path, limits)
    elif path.is_file():
        yield from _file_inputs(path, path.name, limits)
    else:
        raise BadInputError(f"{origin} is not a file or folder; to read a pipe, give '-'")


def is_ignored(name: str) -> bool:
    """Say whether a path inside a folder or archive is no data: hidden, a README, or litter."""
    parts = PurePosixPath(name.lower()).parts
    return any(part.startswith((".", *IGNORED_NAMES)) for part in parts)


def _folder_inputs(folder: Path, limits: Limits) -> Iterator[Input]:
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    names = [name for name in names if not is_ignored(name)]
    if not names:
        raise BadInputError(f"the folder {folder} holds no file to read")
    if len(names) > limits.members:
        raise BadInputError(f"{folder} holds {len(names)} files; at most {limits.members} wanted")
    for name in names:
        yield from _file_inputs(folder / name, f"{folder.name}/{name}", limits)


def _copy(stdin: BinaryIO, spool: Path, limits: Limits) -> None:
    spool.parent.mkdir(parents=True, exist_ok=True)
    with spool.open("wb") as out:
        copyfileobj(_Bounded(stdin, "standard input", limits.bytes_each), out, BUFFER_BYTES)


def _file_inputs(path: Path, name: str, limits: Limits) -> Iterator[Input]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(GZIP_MAGIC):
        yield _gzip_input(path, name, limits)
    elif head.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        yield from _zip_inputs(path, name, limits)
    else:
        _check_readable(name, head)
        yield _plain_input(path, name, path if is_plain_utf8(head) else None)


def _plain_input(path: Path, name: str, mapped: Path | None) -> Input:
    def opening() -> BinaryIO:
        return path.open("rb", buffering=BUFFER_BYTES)

    return Input(name, mapped, opening, path.stat().st_size)


def _check_readable(name: str, head: bytes) -> None:
    for magic, problem in UNREAD_MAGIC.items():
        if head.startswith(magic):
            raise BadInputError(f"{name} {problem}")
    if head[TAR_MAGIC_AT : TAR_MAGIC_AT + 5] == b"ustar":
        raise BadInputError(f"{name} is a tar archive; unpack it, and give the folder")


def _check_member(name: str, head: bytes) -> None:
    if head.startswith((GZIP_MAGIC, ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        raise BadInputError(f"{name} is an archive inside an archive; unpack the outer one")
    _check_readable(name, head)


def _gzip_input(path: Path, name: str, limits: Limits) -> Input:
    size = path.stat().st_size
    most = min(limits.bytes_each, max(limits.swell_from, size * limits.swell))

    def opening() -> BinaryIO:
        # Unbuffered here: the bounded stream round it brings the buffer.
        inner = igzip.open(path, "rb")  # type: ignore[no-untyped-call]  # isal types it not
        stream = _Bounded(cast("BinaryIO", inner), name, most)
        return cast("BinaryIO", io.BufferedReader(stream, BUFFER_BYTES))

    with opening() as stream:
        _check_member(name, stream.read(HEAD_BYTES))
    return Input(name, None, opening, None)


def _zip_inputs(path: Path, name: str, limits: Limits) -> Iterator[Input]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except zipfile.BadZipFile as error:
        raise BadInputError(f"{name} is not a whole zip file: {error}") from error
    _check_zip(name, path.stat().st_size, members, limits)
    members = sorted((m for m in members if not is_ignored(m.filename)), key=_member_name)
    if not members:
        raise BadInputError(f"{name} holds no file to read")
    for member in members:
        yield _member_input(path, f"{name}/{member.filename}", member)


def _member_name(member: zipfile.ZipInfo) -> str:
    return member.filename


def _check_zip(name: str, size: int, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise BadInputError(f"{name} holds {len(members)} files; at most {limits.members} wanted")
    for member in members:
        _check_member_name(name, member)
    total = sum(member.file_size for member in members)
    most = min(limits.bytes_each, max(limits.swell_from, size * limits.swell))
    if total > most:
        raise BadInputError(f"{name} would unpack to {total:,} bytes; at most {most:,} wanted")


def _check_member_name(name: str, member: zipfile.ZipInfo) -> None:
    inner = member.filename
    parts = PurePosixPath(inner.replace("\\", "/")).parts
    if not parts or parts[0] == "/" or parts[0].endswith(":") or ".." in parts:
        raise BadInputError(f"{name} holds {inner!r}; a name inside the archive was wanted")
    if inner == "[Content_Types].xml":
        raise BadInputError(f"{name} is an Excel or Word file; save the sheet as CSV")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise BadInputError(f"{name} holds {inner!r}, a link; a plain file was wanted")
    if member.flag_bits & 1:
        raise BadInputError(f"{name} is encrypted; an archive without a password was wanted")


def _member_input(path: Path, name: str, member: zipfile.ZipInfo) -> Input:
    def opening() -> BinaryIO:
        stream = _Member(path, member, name)
        return cast("BinaryIO", io.BufferedReader(stream, BUFFER_BYTES))

    with opening() as stream:
        _check_member(name, stream.read(HEAD_BYTES))
    return Input(name, None, opening, member.file_size)


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than ``most`` bytes, and names what broke it."""

    def __init__(self, inner: BinaryIO, name: str, most: int) -> None:
        super().__init__()
        self._inner = inner
        self._name = name
        self._most = most
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        try:
            piece = self._inner.read(len(view))
        except UNPACK_ERRORS as error:
            message = f"{self._name} is broken after {self._given:,} bytes: {error}"
            raise BadInputError(message) from error
        self._given += len(piece)
        if self._given > self._most:
            message = f"{self._name} unpacks to more than {self._most:,} bytes, which is the limit"
            raise BadInputError(message)
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


class _Member(_Bounded):
    """One member of a zip file; the archive is opened with it and closed with it."""

    def __init__(self, path: Path, member: zipfile.ZipInfo, name: str) -> None:
        self._archive = zipfile.ZipFile(path)
        try:
            inner = self._archive.open(member)
        except UNPACK_ERRORS as error:
            self._archive.close()
            raise BadInputError(f"{name} cannot be unpacked: {error}") from error
        super().__init__(cast("BinaryIO", inner), name, member.file_size)

    def close(self) -> None:
        super().close()
        self._archive.close()
