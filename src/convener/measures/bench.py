"""The workbench: prepared views built on a connection for one question, each once.

A file in ``views/`` holds one view: a header (``name``, ``note``, ``keep``) and one statement,
which may read the tables of the store, other views, and the words of :mod:`words`. A view that is
kept as a table is built once for each combination of the variables that it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import duckdb

from convener.data.store import kept_name, kept_names
from convener.measures import words
from convener.measures.measure import MeasureHeaderError, parse_header, reads
from convener.measures.question import Question

FOLDER = Path(__file__).parent / "views"
_VARIABLE = re.compile(r"getvariable\('([a-z_]+)'\)")


@dataclass(frozen=True)
class View:
    """A prepared view: what it is, whether its rows are kept, and its statement."""

    name: str
    note: str
    is_kept: bool
    sql: str

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the names of what it reads."""
        return reads(self.sql)


@cache
def views() -> Mapping[str, View]:
    """Return every prepared view by name."""
    found = {}
    for path in sorted(FOLDER.glob("*.sql")):
        for text in re.split(r"^;\s*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            header, sql = parse_header(text.strip(), required=("name", "note", "keep"))
            if header["keep"] not in {"table", "view"}:
                message = f"{header['name']} is kept as {header['keep']!r}; wanted table or view"
                raise MeasureHeaderError(message)
            found[header["name"]] = View(
                header["name"], header["note"], header["keep"] == "table", sql
            )
    return found


@cache
def rests_on(name: str) -> frozenset[str]:
    """Return the variables that a view or table rests on, through all that it reads."""
    if name not in views():
        return frozenset()
    view = views()[name]
    own = frozenset(_VARIABLE.findall(view.sql))
    return own.union(*(rests_on(read) for read in view.reads))


def kept_views(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the views that were kept with the snapshot, because no question changes them."""
    kept = kept_names(connection)
    return {name for name in views() if kept_name(name) in kept}


def unchanging() -> tuple[str, ...]:
    """Return the views kept as tables whose rows are the same for every question of all sources.

    They are built once, at the end of a load; each after those that it reads.
    """
    apart = {"sources", "several_sources"}
    return tuple(
        name
        for name, view in views().items()
        if view.is_kept and rests_on(name) <= apart and name not in _OF_THE_QUESTION
    )


_OF_THE_QUESTION = {"places"}  # its areas are of a type that each question makes


class Bench:
    """One question's views on one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, question: Question) -> None:
        self.connection = connection
        self.question = question
        self._set: dict[str, Any] = {}
        self._built: dict[str, tuple[Any, ...]] = {}
        self._remembered: dict[str, Any] = {}
        # What was kept rests on all sources, so a question about some of them builds its own.
        self._kept = set() if question.sources else kept_views(connection)
        for name, value in words.speak(connection, question).items():
            self.set(name, value)

    def __enter__(self) -> Self:
        """Work until the block ends, then leave the connection free."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def choose(self, basis: str) -> None:
        """Set the choices to those of the question itself, on a basis."""
        self.set("basis", basis)
        self.set("entity", self.question.entity)
        self.set("framework", self.question.framework)

    def set(self, name: str, value: Any) -> None:  # noqa: ANN401 -- text, flag or list of texts
        """Give a variable its value; views that rest on it are built again when next needed."""
        kind = "varchar[]" if isinstance(value, list) or value is None else None
        cast = f"::{kind}" if kind else ""
        self.connection.execute(f"set variable {name} = $value{cast}", {"value": value})
        self._set[name] = tuple(value) if isinstance(value, list) else value

    def build(self, names: tuple[str, ...]) -> None:
        """Build the views of these names, and all that they read."""
        for name in names:
            view = views().get(name)
            if view is None:
                continue
            state = tuple(self._set.get(variable) for variable in sorted(rests_on(name)))
            if self._built.get(name) == state:
                continue
            sort, sql = ("table" if view.is_kept else "view"), view.sql
            if name in self._kept:
                sort, sql = "view", f"from {kept_name(name)}"
            else:
                self.build(view.reads)
            self.connection.execute(f"create or replace temp {sort} {name} as {sql}")
            self._built[name] = state

    def rows(self, sql: str, reading: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
        """Run a statement on the views that it reads; return its rows by column name."""
        self.build(reads(sql) if reading is None else reading)
        answer = self.connection.execute(sql)
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def remember[T](self, key: str, found: Callable[[], T]) -> T:
        """Return what was found the first time under this key."""
        if key not in self._remembered:
            self._remembered[key] = found()
        remembered: T = self._remembered[key]
        return remembered

    def close(self) -> None:
        """Drop what was built, so that the connection is free for another question."""
        for name in reversed(self._built):
            is_table = views()[name].is_kept and name not in self._kept
            self.connection.execute(
                f"drop {'table' if is_table else 'view'} if exists temp.{name}"
            )
        self._built.clear()
        words.forget(self.connection)
