"""The log of a feed: which of its pages were saved, and where each one goes on.

folder/
  page-000001.json …    the answers, as they came
  .feed.jsonl           the feed's address; then for each page its address, file and next page
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import orjson

from convener.base.errors import BadInputError
from convener.data.ocds.forms import check_is_no_web_page
from convener.data.ocds.json_values import BrokenValueError, decode
from convener.data.sources.network import FeedError
from convener.data.sources.paging import next_of

LOG_NAME = ".feed.jsonl"
PARTIAL_NAME = ".page.partial"
_HEAD_BYTES = 4_096
_PAGE_BYTES = 64 << 20  # a larger answer is a download, not a page of a feed


class FeedLog:
    """Which pages of a feed were saved, kept in a file line by line."""

    def __init__(self, folder: Path, url: str, lines: list[dict[str, Any]]) -> None:
        self._folder = folder
        self._url = url
        self.pages = [line for line in lines if "file" in line]
        self._seen = {page["url"] for page in self.pages}
        self._digests: set[tuple[int, str]] = {
            (page["chain"], page["digest"]) for page in self.pages
        }
        self._chain = 0
        self._begun_at: str = lines[0]["at"] if lines else ""
        self.bytes = sum(page["bytes"] for page in self.pages)

    @classmethod
    def opened(cls, folder: Path, url: str) -> FeedLog:
        """Open the log in a folder, or begin one.

        Raises
        ------
        BadInputError
            If the log is of another feed.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PARTIAL_NAME).unlink(missing_ok=True)
        lines = _whole_lines(folder / LOG_NAME)
        if lines and lines[0].get("feed") != url:
            message = f"{folder} holds the feed {lines[0].get('feed')}; an empty folder was wanted"
            raise BadInputError(message)
        return cls(folder, url, lines)

    @property
    def files(self) -> list[Path]:
        """Return the pages, in order."""
        return [self._folder / page["file"] for page in self.pages]

    def at(self, now: datetime) -> datetime:
        """Return the moment at which this feed was first asked for, which is now if it is new."""
        if not self._begun_at:
            self._begun_at = now.isoformat()
            self._write({"feed": self._url, "at": self._begun_at})
        return datetime.fromisoformat(self._begun_at)

    def to_fetch(self, first_urls: list[str]) -> Iterator[str]:
        """Yield each address still to be fetched; its page is to be added before the next.

        A first address begins a chain of pages, each naming the next.
        """
        following = {page["chain"]: page["next"] for page in self.pages}
        for self._chain, first_url in enumerate(first_urls):
            url = following.get(self._chain, first_url)
            while url:
                yield url
                url = self.pages[-1]["next"]

    def has(self, url: str) -> bool:
        """Say whether the page of this address was saved."""
        return url in self._seen

    def add(self, url: str, partial: Path, *, came_from: str) -> None:
        """Take a page that was saved to a partial file among the pages.

        ``came_from`` is where the redirects of its address ended: the next page is named from
        there.

        Raises
        ------
        FeedError
            If its releases are those of an earlier page.
        BadInputError
            If it is a web page for people.
        """
        page, suffix = _page_in(url, partial)
        digest = _digest(page)
        # Within a chain only: windows share their borders, and what was released at them.
        if digest and (self._chain, digest) in self._digests:
            message = f"{url} gives the releases of an earlier page; the paging goes in circles"
            raise FeedError(message)
        size = partial.stat().st_size
        path = self._folder / f"page-{len(self.pages) + 1:06d}{suffix}"
        partial.replace(path)
        line = {
            "url": url,
            "file": path.name,
            "bytes": size,
            "digest": digest,
            "chain": self._chain,
            "next": next_of(came_from, page),
        }
        self._write(line)
        self.pages.append(line)
        self.bytes += size
        self._seen.add(url)
        self._digests.add((self._chain, digest))

    def _write(self, line: dict[str, Any]) -> None:
        with (self._folder / LOG_NAME).open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
            out.flush()
            os.fsync(out.fileno())


def _whole_lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a log; one that a crash cut is taken out of the file."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    return [json.loads(line) for line in whole.splitlines()]


def _page_in(url: str, path: Path) -> tuple[dict[str, Any], str]:
    """Return the page that a file holds, empty where it is no JSON object, and its suffix."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    check_is_no_web_page(head, url)
    if head.lstrip()[:1] != b"{":
        return {}, _suffix(url)
    if path.stat().st_size > _PAGE_BYTES:
        return {}, ".json"
    try:
        page = decode(path.read_bytes(), lambda *_met: None)
    except BrokenValueError:
        return {}, ".json"  # the reader refuses what is broken in it, with its place
    return page, ".json"


def _suffix(url: str) -> str:
    return "".join(PurePosixPath(urlsplit(url).path).suffixes[-2:]) or ".json"


def _digest(page: dict[str, Any]) -> str:
    """Return a digest of what a page brings; an empty one where it brings nothing."""
    brought = [page[name] for name in ("releases", "records") if page.get(name)]
    return hashlib.sha256(orjson.dumps(brought)).hexdigest() if brought else ""
