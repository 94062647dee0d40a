"""What a package says of itself: who published it, on what terms, with which extensions."""

from __future__ import annotations

import re
from typing import Any

from convener.data.ocds.drafts import plain
from convener.data.ocds.merge_facts import EXTENSIONS

NEXT_PAGE_NOTE = "a package names a next page; only loading from a web address follows it"

# Everything in a package but its releases or records.
ENVELOPE_KEYS = frozenset(
    {
        *("uri", "version", "extensions", "publishedDate", "date", "publisher", "license"),
        *("publicationPolicy", "links", "packages"),
    }
)

_NAMES_SHOWN = 3
_PROFILE = re.compile(r"/profiles/([^/]+)/")
_BRANCHES = re.compile(r"/(master|main|v?[\d.]+|[0-9a-f]{40})?/?(extension\.json)?$")


class Envelopes:
    """The envelopes met while one input is read, told in a few notes at its end."""

    def __init__(self) -> None:
        self._publishers: dict[str, None] = {}  # as ordered sets
        self._licences: dict[str, None] = {}
        self._extensions: dict[str, None] = {}
        self._has_next = False

    def add(self, package: dict[str, Any]) -> None:
        """Take in one package or record."""
        publisher = package.get("publisher")
        if isinstance(publisher, dict):
            self._publishers |= _named(publisher.get("name"))
        self._licences |= _named(package.get("license"))
        for extension in declared_extensions(package):
            self._extensions |= _named(extension_name(extension))
        links = package.get("links")
        self._has_next |= isinstance(links, dict) and bool(links.get("next"))

    def notes(self) -> list[str]:
        """Return what the envelopes said, in plain words."""
        notes = []
        if self._publishers:
            notes.append(f"published by {_some(list(self._publishers))}")
        if self._licences:
            notes.append(f"licence: {_some(list(self._licences))}")
        if self._extensions:
            notes.append(f"extensions declared: {', '.join(sorted(self._extensions))}")
        unknown = sorted(set(self._extensions) - EXTENSIONS)
        if unknown:
            notes.append(
                f"extensions whose merge rules are not known here: {', '.join(unknown)};"
                " their lists merge by id, or whole where their values are plain"
            )
        if self._has_next:
            notes.append(NEXT_PAGE_NOTE)
        return notes


def declared_extensions(package: dict[str, Any]) -> list[str]:
    """Return the addresses of the extensions that a package declares."""
    extensions = package.get("extensions")
    if not isinstance(extensions, list):
        return []
    return [extension for extension in extensions if isinstance(extension, str)]


def extension_name(address: str) -> str:
    """Return the part of an extension's address that people call it by."""
    profile = _PROFILE.search(address)
    if profile:
        return f"{profile[1]} profile"
    return _BRANCHES.sub("", address).rsplit("/", 1)[-1]


def _named(value: object) -> dict[str, None]:
    text = plain(value)
    return {text: None} if isinstance(text, str) and text else {}


def _some(names: list[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    shown = ", ".join(names[:_NAMES_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
