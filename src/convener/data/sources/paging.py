"""Where a feed goes on after a page, and the six-hour windows of the two United Kingdom APIs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from convener.base.errors import BadInputError

WINDOW = timedelta(hours=6)  # longer ones silently drop releases (open-contracting kingfisher)

# The end of the path of an API, and its parameters for the start and end of a range.
_RANGES = {
    "/api/1.0/ocdsreleasepackages": ("updatedFrom", "updatedTo"),  # Find a Tender
    "/published/notices/ocds/search": ("publishedFrom", "publishedTo"),  # Contracts Finder
}


def starts(url: str, *, at: datetime) -> list[str]:
    """Return the addresses to start from: the one given, or one for each window of its range.

    A range without an end goes up to ``at``; an end that is a day is read as the end of that day.
    Windows share their borders, so that no release falls between two.

    Raises
    ------
    BadInputError
        If the range cannot be read, or ends before it starts.
    """
    names = next((names for end, names in _RANGES.items() if _path(url).endswith(end)), ("", ""))
    parameters = dict(parse_qsl(urlsplit(url).query))
    if names[0] not in parameters or "cursor" in parameters:
        return [url]
    start = _moment(parameters[names[0]], is_end=False)
    end = _moment(parameters.get(names[1]) or _same_zone(at, start), is_end=True)
    if (start.tzinfo is None) != (end.tzinfo is None) or end < start:
        message = f"{url} asks for a range from {start} to {end}; a later end was wanted"
        raise BadInputError(message)
    return [
        _with(url, {names[0]: first.isoformat(), names[1]: last.isoformat()})
        for first, last in _windows(start, end)
    ]


def next_of(url: str, page: dict[str, Any]) -> str | None:
    """Return the address of the page after this one, or None at the end.

    A page names it in ``links.next``, whole or relative to its own address, or gives a cursor
    beside its releases.
    """
    links = page.get("links")
    following = links.get("next") if isinstance(links, dict) else None
    if isinstance(following, str) and following:
        try:
            return urljoin(url, following)
        except ValueError:
            return following  # what cannot be an address is refused when it is called
    cursor = page.get("nextCursor")
    if isinstance(cursor, str | int) and str(cursor):
        return _with(url, {"cursor": str(cursor)})
    return None


def _path(url: str) -> str:
    return urlsplit(url).path.rstrip("/").lower()


def _windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while True:
        last = min(start + WINDOW, end)
        yield start, last
        if last >= end:
            return
        start = last


def _same_zone(at: datetime, start: datetime) -> str:
    """Return ``at`` as the range is written: with its offset, or in UTC without one."""
    zone = start.tzinfo
    moment = at.astimezone(zone or UTC)
    return (moment if zone else moment.replace(tzinfo=None)).replace(microsecond=0).isoformat()


def _moment(text: str, *, is_end: bool) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return datetime.combine(day, time(23, 59, 59) if is_end else time())
    try:
        return datetime.fromisoformat(text.replace(" ", "+"))  # a plus that was not escaped
    except ValueError as error:
        message = f"the range has {text!r}; a date was wanted, such as 2025-01-31T06:00:00"
        raise BadInputError(message) from error


def _with(url: str, parameters: dict[str, str]) -> str:
    """Return an address with these parameters in place of those of the same name."""
    parts = urlsplit(url)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in parameters
    ]
    query = kept + list(parameters.items())
    return urlunsplit(parts._replace(query=urlencode(query, safe=":")))
