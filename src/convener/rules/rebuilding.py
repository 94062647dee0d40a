"""What a row must hold, by its events alone: each field's last value, or the digest of it.

Open fields stand in the events by value. Of the others an event holds a digest under a key; it is
compared with what the row holds for as long as the key is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from convener.base.errors import ConvenerError
from convener.rules.journal import Plain

CHANGED = "changed"  # of each open field, what it was and what it became
DIGESTS = "digests"  # of each other field, the keyed digest of what it became
KEY = "key"  # the name and the mark of the key of those
ERASED = "erased"  # of each field that was erased, what stands in its place and says nothing
REMOVED = "removed"  # true where the row ended with the event


class BrokenRecordError(ConvenerError):
    """A row does not hold what its events tell of it."""


@dataclass(frozen=True)
class Digested:
    """What an event holds of a field that is not open."""

    version: int
    digest: str
    key_name: str
    key_mark: str


@dataclass(frozen=True)
class Blank:
    """What stands in a field that is not open since it was erased."""

    value: Plain


@dataclass
class Rebuilt:
    """A row as its events tell of it."""

    row: str  # what it is called in messages, such as ``note 5``
    version: int = 0
    is_removed: bool = False
    opened: dict[str, Plain] = field(default_factory=dict)
    closed: dict[str, Digested | Blank] = field(default_factory=dict)


# Says whether a digest is that of what the row holds in a field; None where its key is not here.
# Where no event told of the field, it says whether the row holds what a new field starts with.
type Fits = Callable[[str, Digested | Blank | None], bool | None]


def rebuild(row: str, events: Iterable[tuple[int, str]]) -> Rebuilt:
    """Return a row as its events tell of it.

    Parameters
    ----------
    row : what the row is called in messages
    events : row version and contents of each event about it, in order

    Raises
    ------
    BrokenRecordError
        If a version is missing, an event follows the row's end, or an event found another value
        than the one before it left.
    """
    found = Rebuilt(row)
    for version, contents in events:
        if version != found.version + 1:
            raise BrokenRecordError(
                f"{row}: no event made version {found.version + 1}; the next made {version}"
            )
        if found.is_removed:
            raise BrokenRecordError(f"{row}: it was removed, and version {version} follows")
        found.version = version
        _take(found, json.loads(contents))
    return found


def _take(found: Rebuilt, contents: Mapping[str, object]) -> None:
    changed = contents.get(CHANGED, {})
    assert isinstance(changed, dict)  # noqa: S101 -- as `record` wrote it, which the chain shows
    for name, (old, new) in changed.items():
        # A field that no event told of is younger than the row.
        if name in found.opened and found.opened[name] != old:
            raise BrokenRecordError(
                f"{found.row}: before version {found.version} its {name} was changed by no event"
            )
        found.opened[name] = new
    digests = contents.get(DIGESTS, {})
    assert isinstance(digests, dict)  # noqa: S101 -- as above
    if digests:
        key = contents[KEY]
        assert isinstance(key, list)  # noqa: S101 -- as above
        key_name, key_mark = key
        for name, digest in digests.items():
            found.closed[name] = Digested(found.version, digest, key_name, key_mark)
    erased = contents.get(ERASED, {})
    assert isinstance(erased, dict)  # noqa: S101 -- as above
    found.closed |= {name: Blank(value) for name, value in erased.items()}
    found.is_removed = bool(contents.get(REMOVED))


def check_row(
    rebuilt: Rebuilt,
    version: int,
    opened: Mapping[str, Plain],
    closed: Iterable[str],
    *,
    fresh: Mapping[str, Plain],
    fits: Fits,
) -> int:
    """Refuse a row that does not hold what its events tell of it.

    Parameters
    ----------
    rebuilt : the row by its events
    version : the version that the row says it has
    opened : what the row holds in each open field
    closed : the names of its other fields
    fresh : what an open field starts with, where it is younger than the row
    fits : says whether a digest is that of what the row holds

    Returns
    -------
    int
        How many digests could not be compared, because their key is not here.

    Raises
    ------
    BrokenRecordError
        At the first field that differs; the message names the row and the field, never a value.
    """
    row = rebuilt.row
    if rebuilt.is_removed:
        raise BrokenRecordError(f"{row}: it was removed by an event, and is there")
    if version != rebuilt.version:
        raise BrokenRecordError(
            f"{row}: it has version {version}; its events end at {rebuilt.version}"
        )
    for name, value in opened.items():
        if rebuilt.opened.get(name, fresh.get(name)) != value:
            raise BrokenRecordError(f"{row}: its {name} is not what its events tell")
    unreadable = 0
    for name in closed:
        answer = fits(name, rebuilt.closed.get(name))
        if answer is False:
            raise BrokenRecordError(f"{row}: its {name} is not what its events tell")
        unreadable += answer is None
    return unreadable
