"""A list a page at a time: which part was asked for, and where the parts beside it are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Schema

LIMIT = 100
LIMIT_MAX = 1_000
OFFSET_MAX = 10_000_000
PAGE_MAX = 99_999


class Part(Schema):
    """Which part of a list is wanted."""

    limit: int = Field(LIMIT, ge=1, le=LIMIT_MAX, description="at most so many rows")
    offset: int = Field(0, ge=0, le=OFFSET_MAX, description="how many rows to pass over")


Asked = Annotated[Part, Query()]
PageAsked = Annotated[int, Query(ge=1, le=PAGE_MAX, description="from 1")]


class Page[T](Schema):
    """A part of a list."""

    total: int = Field(description="rows in the whole list")
    limit: int
    offset: int
    next: str | None = Field(description="address of the part that follows")
    previous: str | None = Field(description="address of the part before")
    rows: list[T]


def page_of[T](request: HttpRequest, part: Part, rows: Sequence[T]) -> dict[str, Any]:
    """Return the part of a whole list that was asked for."""
    return paged(request, part, rows[part.offset : part.offset + part.limit], len(rows))


def paged[T](request: HttpRequest, part: Part, rows: Sequence[T], total: int) -> dict[str, Any]:
    """Return rows as the part of a list of so many."""
    after, before = part.offset + part.limit, max(0, part.offset - part.limit)
    return {
        "total": total,
        "limit": part.limit,
        "offset": part.offset,
        "next": _changed(request, "offset", after) if after < total else None,
        "previous": _changed(request, "offset", before) if part.offset else None,
        "rows": rows,
    }


def next_page(request: HttpRequest, page: int) -> str:
    """Return the address of the page after one, of a list that is asked for by pages."""
    return _changed(request, "page", page + 1)


def _changed(request: HttpRequest, word: str, number: int) -> str:
    words = request.GET.copy()
    words[word] = str(number)
    return request.build_absolute_uri(f"{request.path}?{words.urlencode()}")
