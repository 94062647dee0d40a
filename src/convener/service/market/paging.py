"""Pages of a long list, as links that keep what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from urllib.parse import urlencode

from convener.base.errors import BadInputError


@dataclass(frozen=True)
class Pages:
    """Where a page stands among the pages of a list."""

    number: int
    last: int
    first_row: int
    last_row: int
    count: int
    before: str | None
    after: str | None


def address(path: str, chosen: Mapping[str, object], **change: object) -> str:
    """Return an address with what was chosen and a change; what is empty is left out."""
    kept = {name: value for name, value in {**chosen, **change}.items() if value not in ("", None)}
    return f"{path}?{urlencode(kept)}" if kept else path


def pages(path: str, chosen: Mapping[str, object], *, number: int, count: int, size: int) -> Pages:
    """Return the page of a number with the addresses of its neighbours."""
    last = max(1, ceil(count / size))

    def to(page: int) -> str | None:
        if not 1 <= page <= last:
            return None
        return address(path, chosen, page=page if page > 1 else None)

    return Pages(
        number=number,
        last=last,
        first_row=min(count, (number - 1) * size + 1),
        last_row=min(count, number * size),
        count=count,
        before=to(number - 1),
        after=to(number + 1),
    )


def whole_number(asked: Mapping[str, str], name: str, *, least: int, most: int) -> int | None:
    """Return the whole number that an address gives under a name, if it gives one.

    Raises
    ------
    BadInputError
        If it is not a whole number of that size.
    """
    text = asked.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most) or len(text) > 9:  # noqa: PLR2004 -- digits
        message = f"{name} is {text[:40]!r}; wanted a whole number from {least} to {most:,}"
        raise BadInputError(message)
    return int(text)


def link(route: str, key: object) -> str:
    """Return the address of the page about an organisation or a process, where it has one."""
    from django.urls import NoReverseMatch, reverse

    if key is None:
        return ""
    try:
        return reverse(route, args=[key])
    except NoReverseMatch:
        return ""
