"""The page of one source: where it is from, and what it can and cannot tell, in parts."""

from __future__ import annotations

from typing import Any

from convener.data.sources.origins import web_address
from convener.data.store import Source

_CAN, _PARTLY, _CANNOT = "It can tell ", "It tells only partly ", "It cannot tell "
NOT_STATED = "Not stated in the source"
SHOWN_OF_HASH = 16


def where_from(source: Source, quality: dict[str, Any]) -> list[tuple[str, str]]:
    """Return where a source is from and under which licence; a folder of a machine is not told."""
    notes = quality["reading"]["notes"]
    return [
        ("Published by", _said(notes, "published by ") or NOT_STATED),
        ("Licence", _said(notes, "licence: ") or f"{NOT_STATED}: ask its publisher before reuse"),
        ("Address", web_address(source.origin) or "A file that was given to convener"),
        ("Digest", f"SHA-256 {source.sha256[:SHOWN_OF_HASH]}…"),
    ]


def concluded(conclusions: list[str]) -> list[tuple[str, list[str]]]:
    """Return what can be concluded in parts: told, told partly, not told, and to be minded."""
    parts: dict[str, list[str]] = {
        "It can tell": [],
        "Only in part": [],
        "It cannot tell": [],
        "Mind": [],
    }
    for said in conclusions:
        parts[_part(said)].append(said)
    return [(title, listed) for title, listed in parts.items() if listed]


def _part(said: str) -> str:
    starts = {_CAN: "It can tell", _PARTLY: "Only in part", _CANNOT: "It cannot tell"}
    return next((part for start, part in starts.items() if said.startswith(start)), "Mind")


def other_notes(quality: dict[str, Any]) -> list[str]:
    """Return what reading noted besides publisher and licence."""
    notes: list[str] = quality["reading"]["notes"]
    return [note for note in notes if not note.startswith(("published by ", "licence: "))]


def _said(notes: list[str], start: str) -> str:
    return next((note.removeprefix(start) for note in notes if note.startswith(start)), "")
