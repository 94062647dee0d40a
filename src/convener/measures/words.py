"""The words in which prepared views speak of a question: its variables, types and macros.

Views read variables with ``getvariable('basis')`` and use the macros ``with_extras``, ``as_area``,
``area_of``, ``period_of``, ``in_period``, ``in_area``, ``day_of``, ``spelling_of`` and
``size_of``. Services, areas and periods are types of a known list of names, which keeps a million
rows of them small and quick to group. A day outside the years of :data:`YEARS` is no day of a
contract: its period is unknown.
"""

from __future__ import annotations

from typing import Any

import duckdb

from convener.base.errors import BadInputError, NotFoundError
from convener.base.periods import parse_period
from convener.data.scope import areas
from convener.measures.question import LEVELS, Question

JOINT = "\x1f"  # parts the extra groupings that ride in the service column
EXTRAS = ("buyer", "source")
TYPES = ("service_label", "area_label", "period_label")
YEARS = range(1900, 2101)

# A name without case, accents and punctuation.
_SPELLING = r"trim(regexp_replace(lower(strip_accents(name)), '[^\p{L}\p{N}]+', ' ', 'g'))"
# The day of a moment in UTC, at a tenth of the price of asking the calendar for it.
_DAY = "cast(make_timestamp(epoch_us(moment)) as date)"
# The sizes that publishers write, as the two that measures tell apart.
_SIZE = (
    "case when lower(scale) = 'large' then 'large'"
    " when lower(scale) in ('sme', 'micro', 'small', 'medium', 'selfemployed') then 'sme' end"
)


def make_types(connection: duckdb.DuckDBPyConnection, question: Question) -> None:
    """Make the types of a question on a connection: every name that its labels can have."""
    areas.make_labels(connection)
    forget(connection)
    for name, sql in zip(TYPES, _labels(question), strict=True):
        listed = f"select distinct label from ({sql}) order by label"
        connection.execute(f"create temp type {name} as enum ({listed})")


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the types, once nothing is of them."""
    for name in TYPES:
        connection.execute(f"drop type if exists temp.{name}")


def variables(connection: duckdb.DuckDBPyConnection, question: Question) -> dict[str, Any]:
    """Return the variables of a question, once its macros stand."""
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


def _labels(question: Question) -> list[str]:
    """Return SQL for every name that a service, an area and a period can have."""
    either = "select unnest(['all', 'unknown']) as label"
    period = parse_period(question.period)
    first = sorted({year - year % period.years for year in YEARS})
    periods = texts([period.name_of(year) for year in first])
    services = "select service from process_services union all select service from label_services"
    places = "select place from area_labels union all select region from area_labels"
    return [
        f"{either} union all {services}",
        f"{either} union all {places}",
        f"{either} union all select unnest([{periods}])",
    ]


def macros(question: Question) -> dict[str, str]:
    """Return by name the words in which views speak of the question's grouping and filters."""
    by = question.by
    extras = "".join(
        f" || '{JOINT}' || coalesce({extra}, 'unknown')" for extra in EXTRAS if extra in by
    )
    place = "place" if "area" in by else "region" if "region" in by else "'all'"
    label = _period_sql(question, "day")
    service = f"service{extras}" if extras else "service::service_label"
    known = f"coalesce(try_cast({label} as period_label), 'unknown')"
    period = known if "period" in by else "'all'::period_label"
    return {
        "with_extras": f"with_extras(service, buyer, source) as {service}",
        "as_area": "as_area(label) as label::area_label",
        "area_of": f"area_of(place, region) as {place}::area_label",
        "period_of": f"period_of(day) as {period}",
        "in_period": f"in_period(day) as {_in_period(question, label)}",
        "in_area": f"in_area(place, region) as {_in_area(question)}",
        "day_of": f"day_of(moment) as {_DAY}",
        "spelling_of": f"spelling_of(name) as {_SPELLING}",
        "size_of": f"size_of(scale) as {_SIZE}",
    }


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
        tests.append(f"coalesce({label}, 'unknown') in ({texts(periods)})")
    if (first := question.day("from")) is not None:
        tests.append(f"day >= date '{first.isoformat()}'")
    if (last := question.day("to")) is not None:
        tests.append(f"day <= date '{last.isoformat()}'")
    return " and ".join(tests) or "true"


def _in_area(question: Question) -> str:
    tests = []
    if (places := question.wanted("area")) is not None:
        known = texts([areas.tidy(place) for place in places])
        tests.append(f"(lower(place) in ({known}) or lower(region) in ({known}))")
    if (regions := question.wanted("region")) is not None:
        tests.append(f"lower(region) in ({texts([areas.tidy(name) for name in regions])})")
    return " and ".join(tests) or "true"


def texts(words: list[str]) -> str:
    """Return words as SQL lists them; nothing equals the list of none."""
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words) or "null"
