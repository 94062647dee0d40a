"""Where a source comes from: its name, its files on this machine, and the hash of them."""

from __future__ import annotations

import hashlib
import itertools
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit, urlunsplit

from convener.data.store import Load, Source

CHUNK = 1 << 20
Progress = Callable[[str, int, int | None], None]


def source_name(origin: str, loaded: Mapping[str, Source]) -> str:
    """Return the name that a source gets where none is given.

    It is the origin's last word without endings; with the folder before it, and then a number,
    where a source from elsewhere has that name. The same origin keeps its name, and so replaces
    what it held before.
    """
    if origin == "-":
        return "stdin"
    words = [word for word in origin.split("?", 1)[0].split("/") if word not in {"", ".", ".."}]
    last = words[-1] if words else origin
    for ending in (".gz", ".zip", ".jsonl", ".ndjson", ".json", ".csv"):
        last = last.removesuffix(ending)
    longer = "-".join([*words[-2:-1], last])
    numbered = (f"{longer}-{number}" for number in itertools.count(2))
    names = itertools.chain([last, longer], numbered)
    return next(n for n in names if n not in loaded or loaded[n].origin == origin)


def local_origin(
    origin: str,
    writing: Load,
    *,
    at: datetime,
    allow_private: bool,
    stdin: BinaryIO | None,
    tell: Progress,
) -> Path:
    """Return where the source lies on this machine, fetched or spooled where it did not."""
    if is_url(origin):
        from convener.data.sources.feeds import fetch

        # By the address and not by the load, so that a broken fetch goes on where it stopped.
        folder = writing.store.folder / "feeds" / hashlib.sha256(origin.encode()).hexdigest()[:16]
        fetch(
            origin,
            folder,
            at=at,
            allow_private=allow_private,
            progress=lambda done, whole: tell("fetch", done, whole),
        )
        return folder
    if origin != "-":
        return Path(origin)
    writing.raw_folder.mkdir(parents=True)
    spool = writing.raw_folder / "stdin"
    with spool.open("wb") as out:
        source = stdin or sys.stdin.buffer
        while chunk := source.read(CHUNK):
            out.write(chunk)
    return spool


def is_url(origin: str) -> bool:
    """Say whether an origin is to be fetched."""
    return origin.startswith(("http://", "https://"))


def web_address(origin: str) -> str | None:
    """Return a web address without a password or a token in it; none where it is a file."""
    if not is_url(origin):
        return None
    parts = urlsplit(origin)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def hash_of(origin: Path, tell: Progress) -> str:
    """Return the SHA-256 of a file, or of the files of a folder with their names, in order."""
    inside = origin.rglob("*") if origin.is_dir() else [origin]
    files = sorted(path for path in inside if path.is_file() and not path.name.startswith("."))
    whole = sum(file.stat().st_size for file in files)
    digest = hashlib.sha256()
    done = 0
    for file in files:
        if file != origin:
            digest.update(str(file.relative_to(origin)).encode())
        with file.open("rb", buffering=0) as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                done += len(chunk)
                tell("check", done, whole)
    return digest.hexdigest()
