"""Compile the releases of one contracting process into its latest state.

The rules are those of the open contracting standard 1.1: releases are taken in order of date;
a plain value replaces the one before it; a null removes a field; lists of objects merge by ``id``
(objects without one pile up); other lists, and those that the schema marks so, are replaced whole.

Where the standard leaves a case open, this module decides so:

* equal dates are taken in order of release id, whatever the order of the input;
* dates are compared as moments, so that offsets do not mislead; one that cannot be read, or is
  missing, counts as earlier than all others;
* ids are one where their text is one (``7`` and ``"7"``); a null, list or object is no id;
* a null removes an object or a list as it removes a plain value;
* a value of another sort than before (a list where an object stood) replaces it;
* an empty object says nothing, nor one of such objects, nor an empty list not marked as whole;
* an object whose fields were all removed stays, empty;
* one release that is tagged ``compiled`` is compiled already.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from convener.data.ocds.merge_facts import DROPPED, EXTENSIONS, WHOLE

_Index = dict[str, dict[str, Any]]
_Rules = dict[str, Any]  # field to the rules below it, or to one of the two marks
_DROP = "drop"
_REPLACE = "replace whole"
_NONE: _Rules = {}
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_VERSION_KEYS = frozenset({"releaseID", "releaseDate", "releaseTag", "value"})


def merge_releases(
    releases: Sequence[dict[str, Any]], *, extensions: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return the compiled release of one process.

    Parameters
    ----------
    releases : releases of one ocid, in any order
        None of them is changed; the result may share values with them.
    extensions : addresses or names of extensions, or None
        Those that the package declares. None: not known, so that every extension whose facts are
        held counts as declared, which changes no list of the core.

    Returns
    -------
    A release tagged ``compiled``, whose date is the latest and whose id is ocid and that date.

    References
    ----------
    Open Contracting Data Standard 1.1, "Merging"; the id of a compiled release:
    open-contracting/standard, issue 834.
    """
    if len(releases) == 1 and releases[0].get("tag") == ["compiled"]:
        return releases[0]
    rules = _rules(known_extensions(EXTENSIONS if extensions is None else extensions))
    merging = _Merging()
    compiled: dict[str, Any] = {}
    for release in in_order(releases):
        merging.merge_object(compiled, release, rules)
    return _labelled(compiled, _dates(releases))


def known_extensions(extensions: Iterable[str]) -> frozenset[str]:
    """Return the names of those extensions, given by name or address, whose facts are held."""
    parts = {part for extension in extensions for part in str(extension).split("/")}
    return EXTENSIONS & parts


def in_order(releases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return releases in the order in which they apply: by moment, then by release id."""
    if len(releases) == 1:
        return list(releases)
    return sorted(releases, key=_order)


def has_equal_dates(releases: Sequence[dict[str, Any]]) -> bool:
    """Say whether two releases share a moment, so that their order rests on their ids alone."""
    return len({_moment(release.get("date")) for release in releases}) < len(releases)


def latest_of_versioned(versioned: dict[str, Any]) -> dict[str, Any]:
    """Return the compiled release that the history in a versioned release ends with."""
    dates: list[str] = []
    latest = _latest_object(versioned, dates)
    return _labelled(latest, dates)


def is_history(value: object) -> bool:
    """Say whether a value is the history of a field, as versioned releases keep it."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and item.keys() == _VERSION_KEYS for item in value)
    )


def _order(release: dict[str, Any]) -> tuple[datetime, str]:
    return _moment(release.get("date")), str(release.get("id"))


def _moment(date: object) -> datetime:
    try:
        moment = datetime.fromisoformat(date)  # type: ignore[arg-type]  # TypeError is caught
    except (TypeError, ValueError):
        return _EARLIEST
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dates(releases: Sequence[dict[str, Any]]) -> list[str]:
    return [release["date"] for release in releases if isinstance(release.get("date"), str)]


def _labelled(compiled: dict[str, Any], dates: Collection[str]) -> dict[str, Any]:
    """Put the tag, the latest date and the id that follows from it on a compiled release."""
    label: dict[str, Any] = {"tag": ["compiled"]}
    ocid = compiled.get("ocid")
    if dates:
        label["date"] = max(dates, key=_moment)
        label["id"] = f"{ocid}-{label['date']}"
    else:
        label["id"] = str(ocid)
    return {"ocid": ocid, **label} | compiled | label


class _Merging:
    """One merge under way: remembers where each object of each list lies, by its id."""

    def __init__(self) -> None:
        # A list is kept beside its index, so that its place in memory stays its own.
        self._indexes: dict[int, tuple[list[Any], _Index]] = {}

    def merge_object(self, target: dict[str, Any], source: dict[str, Any], rules: _Rules) -> bool:
        """Bring one object up to a later state; say whether that state says anything."""
        speaks = False
        for key, value in source.items():
            rule = rules.get(key, _NONE) if rules else _NONE
            kind = type(value)  # JSON has no subclasses, and this is the innermost loop
            if rule is _DROP:
                continue
            if kind is dict and rule is not _REPLACE:
                speaks |= self._merge_below(target, key, value, rule)
            elif kind is list and rule is not _REPLACE:
                speaks |= self._merge_list(target, key, value, rule)
            elif value is None:
                target.pop(key, None)
                speaks = True
            else:
                target[key] = value
                speaks = True
        return speaks

    def _merge_below(
        self, target: dict[str, Any], key: str, value: dict[str, Any], rules: _Rules
    ) -> bool:
        below = target.get(key)
        if not isinstance(below, dict):
            below = {}
        speaks = self.merge_object(below, value, rules)
        if speaks:
            target[key] = below
        return speaks

    def _merge_list(
        self, target: dict[str, Any], key: str, items: list[Any], rules: _Rules
    ) -> bool:
        for item in items:
            if type(item) is not dict:
                target[key] = items
                return True
        entries, index = self._indexed(target.get(key))
        speaks = False
        for item in items:
            entry = _entry(entries, index, item.get("id"))
            if self.merge_object(entry, item, rules):
                speaks = True
            else:
                entries.pop()
        if speaks:
            target[key] = entries
        return speaks

    def _indexed(self, entries: object) -> tuple[list[Any], _Index]:
        kept = self._indexes.get(id(entries))
        if kept is None:
            kept = ([], {})
            self._indexes[id(kept[0])] = kept
        return kept


def _entry(entries: list[Any], index: _Index, key: object) -> dict[str, Any]:
    """Return the entry of a list that has this id, or a new one at its end."""
    text = key if type(key) is str else str(key) if isinstance(key, int | float) else None
    entry = index.get(text) if text is not None else None
    if entry is None:
        entry = {}
        entries.append(entry)
        if text is not None:
            index[text] = entry
    return entry


@cache
def _rules(extensions: frozenset[str]) -> _Rules:
    """Return the facts for these extensions as a tree that a merge can walk down."""
    tree: _Rules = dict.fromkeys(DROPPED, _DROP)
    for needed, paths in WHOLE.items():
        if extensions.issuperset(needed):
            for path in paths.split():
                *above, last = path.split("/")
                node = tree
                for name in above:
                    node = node.setdefault(name, {})
                node[last] = _REPLACE
    return tree


def _latest_object(versioned: dict[str, Any], dates: list[str]) -> dict[str, Any]:
    latest = {key: _latest(value, dates) for key, value in versioned.items()}
    return {key: value for key, value in latest.items() if value not in (None, {}, [])}


def _latest(value: Any, dates: list[str]) -> Any:  # noqa: ANN401  # any JSON value
    """Return what a field ended as, and add the dates on which it changed."""
    if is_history(value):
        last = in_order([{**item, "date": item["releaseDate"], "id": ""} for item in value])[-1]
        dates.extend(item["releaseDate"] for item in value if isinstance(item["releaseDate"], str))
        return last["value"]
    if isinstance(value, dict):
        return _latest_object(value, dates)
    if isinstance(value, list):
        return [_latest(item, dates) for item in value]
    return value
