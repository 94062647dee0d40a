"""The workbench: prepared views built on a connection for one question, each once.

A file in ``views/`` holds one view: a header (``name``, ``note``, ``keep``) and one statement,
which may read the tables of the store, other views, and what the question says: the variables set
in :meth:`Bench.set` and the macros of :func:`_macros`. A view that is kept as a table is built
once for each combination of the variables that it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from convener.base.errors import BadInputError, NotFoundError
from convener.base.periods import parse_period
from convener.data import areas
from convener.measures.measure import MeasureHeaderError, parse_header, reads
from convener.measures.question import LEVELS, Question

FOLDER = Path(__file__).parent / "views"
JOINT = "\x1f"  # parts the extra groupings that ride in the service column
EXTRAS = ("buyer", "source")

# A name without case, accents and punctuation.
_SPELLING = r"trim(regexp_replace(lower(strip_accents(name)), '[^\p{L}\p{N}]+', ' ', 'g'))"
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


class Bench:
    """One question's views on one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, question: Question) -> None:
        self.connection = connection
        self.question = question
        self._set: dict[str, Any] = {}
        self._built: dict[str, tuple[Any, ...]] = {}
        self._remembered: dict[str, list[str]] = {}
        for macro in _macros(question):
            connection.execute(macro)
        for name, value in _variables(connection, question).items():
            self.set(name, value)
        areas.make_labels(connection)

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
            self.build(view.reads)
            sort = "table" if view.is_kept else "view"
            self.connection.execute(f"create or replace temp {sort} {name} as {view.sql}")
            self._built[name] = state

    def rows(self, sql: str, reading: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
        """Run a statement on the views that it reads; return its rows by column name."""
        self.build(reads(sql) if reading is None else reading)
        answer = self.connection.execute(sql)
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def remember(self, key: str, found: Callable[[], list[str]]) -> list[str]:
        """Return what was found the first time under this key."""
        if key not in self._remembered:
            self._remembered[key] = found()
        return self._remembered[key]

    def close(self) -> None:
        """Drop what was built, so that the connection is free for another question."""
        for name in reversed(self._built):
            sort = "table" if views()[name].is_kept else "view"
            self.connection.execute(f"drop {sort} if exists temp.{name}")
        self._built.clear()


def _variables(connection: duckdb.DuckDBPyConnection, question: Question) -> dict[str, Any]:
    several = connection.execute("select count(distinct source) > 1 from processes").fetchone()
    services = question.wanted("service")
    known_level = _level(connection, services)
    level = question.level or known_level
    buyers = question.wanted("buyer")
    return {
        "by_service": "service" in question.by,
        "services": services,
        "level": level,
        "label_level": level if level in {"bundle", "label"} else "label",
        "sources": list(question.sources) or None,
        "several_sources": bool(several and several[0]),
        "buyers": buyers and [_spelling(connection, name) for name in buyers],
        "prefixes": question.wanted("ocid-prefix"),
        "without": question.wanted("without"),
        "entity": question.entity,
        "framework": question.framework,
        "basis": question.basis or "awards",
        "reference_day": question.at.isoformat() if question.at else "",
    }


def _level(connection: duckdb.DuckDBPyConnection, services: list[str] | None) -> str:
    """Return the level of the services asked for; of all, the widest."""
    if not services:
        return "division"
    found = connection.execute(
        "select service, level from process_services where list_contains($services, service)"
        " union select service, level from label_services"
        " where list_contains($services, service)",
        {"services": services},
    ).fetchall()
    for service in services:
        if service not in {name for name, _ in found}:
            raise NotFoundError(f"no market is called {service!r}; `convener market` lists them")
    for level in LEVELS:
        if {name for name, met in found if met == level} >= set(services):
            return level
    levels = ", ".join(sorted(f"{name} ({level})" for name, level in found))
    raise BadInputError(f"services of different levels overlap and are never added: {levels}")


def _spelling(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    found = connection.execute("select spelling_of($name)", {"name": name}).fetchone()
    return str(found[0]) if found else name


def _macros(question: Question) -> list[str]:
    """Return the words in which views speak of the question's grouping and filters."""
    by = question.by
    extras = "".join(
        f" || '{JOINT}' || coalesce({extra}, 'unknown')" for extra in EXTRAS if extra in by
    )
    place = "place" if "area" in by else "region" if "region" in by else "'all'"
    label = _period_sql(question, "day")
    period = f"coalesce({label}, 'unknown')" if "period" in by else "'all'"
    return [
        f"create or replace temp macro with_extras(service, buyer, source) as service{extras}",
        f"create or replace temp macro area_of(place, region) as {place}",
        f"create or replace temp macro period_of(day) as {period}",
        f"create or replace temp macro in_period(day) as {_in_period(question, label)}",
        f"create or replace temp macro in_area(place, region) as {_in_area(question)}",
        f"create or replace temp macro spelling_of(name) as {_SPELLING}",
    ]


def _period_sql(question: Question, day: str) -> str:
    period = parse_period(question.period)
    year = f"(year({day}) - (month({day}) < {period.start_month})::int)"
    first = f"({year} - {year} % {period.years})" if period.years > 1 else year
    if period.start_month == 1:
        last = f" || '-' || ({first} + {period.years - 1})::varchar" if period.years > 1 else ""
    else:
        last = f" || '-' || lpad((({first} + {period.years}) % 100)::varchar, 2, '0')"
    return f"{first}::varchar{last}"


def _in_period(question: Question, label: str) -> str:
    tests = []
    if (periods := question.wanted("period")) is not None:
        tests.append(f"coalesce({label}, 'unknown') in ({_texts(periods)})")
    if (first := question.day("from")) is not None:
        tests.append(f"day >= date '{first.isoformat()}'")
    if (last := question.day("to")) is not None:
        tests.append(f"day <= date '{last.isoformat()}'")
    return " and ".join(tests) or "true"


def _in_area(question: Question) -> str:
    tests = []
    if (places := question.wanted("area")) is not None:
        known = _texts([areas.tidy(place) for place in places])
        tests.append(f"(lower(place) in ({known}) or lower(region) in ({known}))")
    if (regions := question.wanted("region")) is not None:
        tests.append(f"lower(region) in ({_texts([areas.tidy(name) for name in regions])})")
    return " and ".join(tests) or "true"


def _texts(words: list[str]) -> str:
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words) or "null"
