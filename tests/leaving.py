"""Everything that leaves the service, as text: pages, downloads, open files, the index."""

from __future__ import annotations

import html
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import pyarrow.parquet as pq
from django.urls import Resolver404, resolve

WORD = re.compile(r"[^\W_]+")
LINK = re.compile(r'href="(/[^"#]*)')
NEXT = re.compile(r'"(?:next|address|path)":\s*"([^"]+)"')
EACH = 1  # addresses that are asked of each sort: of one route, with the same words in its query


def sort_of(address: str) -> tuple[str, frozenset[str]] | None:
    """Return the route of an address and the words of its query; nothing where it has none."""
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return None
    form = found.kwargs.get("form", "")
    table = found.kwargs.get("table", "")
    return f"{found.view_name} {form} {table}", frozenset(
        word for word, _ in parse_qsl(parts.query)
    )


def walked(client, seeds: Iterable[str], *, each: int = EACH) -> Iterator[tuple[str, str]]:
    """Ask some addresses and those that they lead to, so many of each sort; give their texts."""
    waiting, seen, met = list(dict.fromkeys(seeds)), set(), Counter()
    while waiting:
        address = waiting.pop(0)
        sort = sort_of(address)
        if sort is None or address in seen or met[sort] >= each:
            continue
        seen.add(address)
        met[sort] += 1
        response = client.get(address)
        body = response.getvalue() if response.streaming else response.content
        text = parquet_text(body) if address.endswith(".parquet") else body.decode()
        yield address, html.unescape(text)
        found = [*LINK.findall(text), *NEXT.findall(text)]
        waiting += [urljoin(address, html.unescape(one).split("testserver")[-1]) for one in found]


def parquet_text(body: bytes) -> str:
    """Return the cells of a Parquet file as text."""
    import io

    return "\n".join(map(str, pq.read_table(io.BytesIO(body)).to_pylist()))


def sqlite_text(path: Path) -> str:
    """Return every text of an SQLite file, whatever its tables."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as kept:
        names = [
            name for (name,) in kept.execute("select name from sqlite_master where type = 'table'")
        ]
        return "\n".join(
            str(cell)
            for name in names
            for row in kept.execute(f'select * from "{name}"')
            for cell in row
            if isinstance(cell, str)
        )


class Names:
    """Names to look for in texts, as words that follow each other.

    A name that stands within a longer name which may be shown (a firm called after a person) is
    not met.
    """

    def __init__(self, names: Iterable[str], *, shown: Iterable[str] = ()) -> None:
        bodies = {words_of(name) for name in shown}
        self._hidden = {words for name in names if (words := words_of(name))} - bodies
        self._longest: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        longer = {words for words in bodies if self._holds(words)}
        for words in sorted(self._hidden | longer, key=len, reverse=True):
            self._longest[words[0]].append(words)

    def _holds(self, words: tuple[str, ...]) -> bool:
        """Say whether a name that may be shown has one that must not within it."""
        return any(
            words[start:end] in self._hidden
            for start in range(len(words))
            for end in range(start + 1, len(words) + 1)
        )

    def in_text(self, text: str) -> set[str]:
        """Return those of the names that stand in a text."""
        words, found, place = words_of(text), set(), 0
        while place < len(words):
            here = next(
                (
                    name
                    for name in self._longest.get(words[place], ())
                    if words[place : place + len(name)] == name
                ),
                None,
            )
            if here in self._hidden:
                found.add(" ".join(here))
            place += len(here) if here else 1
        return found


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, whatever signs stand between them."""
    return tuple(WORD.findall(text.casefold()))
