"""The search page: what an address asks for, and what is shown of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.data.search import COUNTED_MAX, TYPED_MAX, Hit, Hits, Index, Sort, index_of, words_of
from convener.service.market.data import MarketData
from convener.service.words import counted, number

SORT_WORDS = {Sort.ORGANISATION: "Organisations", Sort.CONTRACT: "Contracts"}
FACET_WORDS = {Sort.ORGANISATION: "Kind", Sort.CONTRACT: "Last released in"}
_PAGE = re.compile(r"[1-9][0-9]{0,4}")
_FACET_NAMES = {Sort.ORGANISATION: "kind", Sort.CONTRACT: "year"}


@dataclass(frozen=True)
class Wanted:
    """What an address of the page asks for; without a sort, whichever has a match."""

    typed: str = ""
    sort: Sort | None = None
    facet: str = ""
    page: int = 1


@dataclass(frozen=True)
class Line:
    """One match as the page shows it."""

    hit: Hit
    address: str
    kind: Kind | None


def read_wanted(asked: Mapping[str, str]) -> Wanted:
    """Return what an address asks for.

    Raises
    ------
    BadInputError
        If the sort, the filter or the page is none.
    """
    sort = _sort(asked.get("sort", ""))
    return Wanted(
        typed=asked.get("q", "").strip()[:TYPED_MAX],
        sort=sort,
        facet=_facet(sort, asked),
        page=_page(asked.get("page", "")),
    )


def _sort(word: str) -> Sort | None:
    if word and word not in set(Sort):
        raise BadInputError(f"the sort is {word[:40]!r}; it can be {', '.join(Sort)}")
    return Sort(word) if word else None


def _facet(sort: Sort | None, asked: Mapping[str, str]) -> str:
    kind, year = asked.get("kind", ""), asked.get("year", "")
    if kind and kind not in set(Kind) - {Kind.INDIVIDUAL}:
        raise BadInputError(f"the kind is {kind[:40]!r}; it can be {', '.join(_KINDS)}")
    if year and not (year.isascii() and year.isdigit() and len(year) == len("2022")):
        raise BadInputError(f"the year is {year[:40]!r}; wanted one such as 2022")
    return year if sort is Sort.CONTRACT else kind


_KINDS = tuple(kind.value for kind in Kind if kind is not Kind.INDIVIDUAL)


def _page(text: str) -> int:
    if text and not _PAGE.fullmatch(text):
        raise BadInputError(f"the page is {text[:20]!r}; wanted a number from 1")
    return int(text or 1)


def shown(data: MarketData, wanted: Wanted, path: str) -> dict[str, Any]:
    """Return what the template of the page needs."""
    index = index_of(data.store.folder, data.manifest)
    base = {"typed": wanted.typed, "data": data, "has_index": index is not None}
    if index is None or not words_of(wanted.typed):
        return {**base, "asked": False, "too_little": bool(wanted.typed)}
    counts = index.counts(wanted.typed)
    sort = wanted.sort or next((one for one in Sort if counts[one]), Sort.ORGANISATION)
    wanted = replace(wanted, sort=sort)
    hits = index.search(wanted.typed, sort, facet=wanted.facet, page=wanted.page)
    return {
        **base,
        "asked": True,
        "sort": sort,
        "lines": [_line(hit, sort) for hit in hits.rows],
        "hits": hits,
        "caption": _caption(hits, sort),
        "tabs": _tabs(wanted, counts, path),
        "filters": _filters(index, wanted, path),
        "facet_title": FACET_WORDS[sort],
        "back": _address(path, wanted, page=hits.page - 1) if hits.page > 1 else "",
        "on": _address(path, wanted, page=hits.page + 1) if hits.page < hits.pages else "",
        "no_filter": _address(path, wanted, facet="", page=1) if wanted.facet else "",
    }


def _line(hit: Hit, sort: Sort) -> Line:
    name = "organisations-one" if sort is Sort.ORGANISATION else "processes-one"
    kind = Kind(hit.facet) if sort is Sort.ORGANISATION else None
    return Line(hit, reverse(name, args=[hit.key]), kind)


def _caption(hits: Hits, sort: Sort) -> str:
    if hits.is_more:
        return f"More than {number(COUNTED_MAX)} {SORT_WORDS[sort].lower()}, the weightiest first"
    return counted(hits.count, sort.value)


def _tabs(
    wanted: Wanted, counts: Mapping[Sort, int], path: str
) -> list[tuple[str, str, str | None]]:
    """Return the sorts as links, each with its count; the one shown has no address."""
    return [
        (
            SORT_WORDS[sort],
            f"{number(COUNTED_MAX)}+" if count > COUNTED_MAX else number(count),
            None if sort is wanted.sort else _address(path, wanted, sort=sort, facet="", page=1),
        )
        for sort, count in counts.items()
    ]


def _filters(index: Index, wanted: Wanted, path: str) -> list[tuple[str, str | None]]:
    sort = wanted.sort or Sort.ORGANISATION
    found = [name for name, _ in index.facets(sort)]
    if sort is Sort.ORGANISATION:
        offered = [(str(kind), kind.label) for kind in Kind if kind.value in found]
    else:
        offered = [(year, year) for year in sorted(found, reverse=True)[:8]]
    return [
        (label, None if value == wanted.facet else _address(path, wanted, facet=value, page=1))
        for value, label in [("", "All"), *offered]
    ]


def _address(path: str, wanted: Wanted, **change: Any) -> str:  # noqa: ANN401 -- a part of it
    made = replace(wanted, **change)
    sort = made.sort or Sort.ORGANISATION
    words = {
        "q": made.typed,
        "sort": sort.value,
        _FACET_NAMES[sort]: made.facet,
        "page": str(made.page) if made.page > 1 else "",
    }
    return f"{path}?{urlencode({word: value for word, value in words.items() if value})}"
