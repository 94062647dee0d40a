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
_KEEP = ("table", "view", "market")
_VARIABLE = re.compile(r"getvariable\('([a-z_]+)'\)")
_MACRO = re.compile(r"\b(with_extras|area_of|period_of|in_period|in_area)\(")


@dataclass(frozen=True)
class View:
    """A prepared view: what it is, whether its rows are kept, and its statement.

    ``keep`` is ``table``, ``view``, or ``market``: a table where services are asked for, a view
    where the rows of all of them would weigh too much.
    """

    name: str
    note: str
    keep: str
    sql: str

    @property
    def is_kept(self) -> bool:
        """Say whether its rows are kept, whatever the question."""
        return self.keep == "table"

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
            if header["keep"] not in _KEEP:
                wanted = " or ".join(_KEEP)
                message = f"{header['name']} is kept as {header['keep']!r}; wanted {wanted}"
                raise MeasureHeaderError(message)
            found[header["name"]] = View(header["name"], header["note"], header["keep"], sql)
    return found


@cache
def rests_on(name: str) -> frozenset[str]:
    """Return the variables, and the words of a question, that a view or table rests on.

    Also those on which it rests through all that it reads.
    """
    if name not in views():
        return frozenset()
    view = views()[name]
    own = frozenset(_VARIABLE.findall(view.sql) + _MACRO.findall(view.sql))
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
        self._set: dict[str, Any] = {}
        self._built: dict[str, tuple[Any, ...]] = {}
        self._sorts: dict[str, str] = {}
        self._remembered: dict[str, Any] = {}
        # What was kept rests on all sources, so a question about some of them builds its own.
        self._kept = set() if question.sources else kept_views(connection)
        words.make_types(connection, question)
        self.turn_to(question)

    def __enter__(self) -> Self:
        """Work until the block ends, then leave the connection free."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def turn_to(self, question: Question) -> None:
        """Take up a question; what is built and rests on nothing that it changes, stands.

        One after the first asks about the same sources, by periods of the same length.
        """
        self.question = question
        self._remembered.clear()
        for name, macro in words.macros(question).items():
            if self._set.get(name) != macro:
                self.connection.execute(f"create or replace temp macro {macro}")
                self._set[name] = macro
        for name, value in words.variables(self.connection, question).items():
            self.set(name, value)

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
            sql = view.sql
            if name in self._kept:
                sql = f"from {kept_name(name)}"
            else:
                self.build(view.reads)
            sort = self._sorts[name] = self._sort(view)
            self.connection.execute(f"create or replace temp {sort} {name} as {sql}")
            self._built[name] = state

    def _sort(self, view: View) -> str:
        """Return as what a view is made for this question."""
        if view.name in self._kept:
            return "view"
        is_narrow = view.keep == "market" and self.question.wanted("service")
        return "table" if view.is_kept or is_narrow else "view"

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
            self.connection.execute(f"drop {self._sorts[name]} if exists temp.{name}")
        self._built.clear()
        words.forget(self.connection)
