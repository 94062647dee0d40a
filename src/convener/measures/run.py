"""Ask measures of the market store: one question in, rows with value, range and coverage out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from convener.base.errors import BadInputError, NotFoundError
from convener.measures.bench import EXTRAS, JOINT, Bench, views
from convener.measures.measure import BASES, Measure, find_measure
from convener.measures.question import FRAMEWORKS, GROUPINGS, Question
from convener.methods.intervals import wilson_interval

DIMENSIONS = ("service", "area", "period")
FIGURES = ("value", "low", "high", "count", "used", "records", "note")
NOT_IN_HOUSE = "in-house delivery is not in this data"
OVERLAPPING = {"ocds-b5fd17": "Contracts Finder", "ocds-h6vhtk": "Find a Tender"}

Number = float | int | Decimal


@dataclass(frozen=True)
class Row:
    """One figure, with what it rests on.

    ``group`` holds the grouping columns that were asked for and the measure's own (a kind, a
    provider). ``low`` and ``high`` are the least and greatest value over the choices that the data
    leaves open; they are a range, not sampling error. ``wilson_low`` and ``wilson_high`` are the
    95% Wilson interval of a proportion of events.
    """

    measure: str
    group: dict[str, Any]
    value: Number | None
    low: Number | None
    high: Number | None
    unit: str
    count: int
    coverage: float | None
    basis: str
    wilson_low: float | None = None
    wilson_high: float | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the row as one flat mapping, grouping columns after the measure's name."""
        rest = {key: value for key, value in vars(self).items() if key not in {"measure", "group"}}
        return {"measure": self.measure, **self.group, **rest}


@dataclass
class _Figure:
    """A figure under the question's own choices, and its range over the open ones."""

    row: dict[str, Any]
    values: list[Number] = field(default_factory=list)


def measure(connection: duckdb.DuckDBPyConnection, question: Question) -> list[Row]:
    """Answer a question on a snapshot of the store.

    Raises
    ------
    NotFoundError
        If there is no measure, or no service, of a name that was asked for.
    BadInputError
        If the question adds sources that publish the same awards.
    """
    measures = [find_measure(name) for name in question.measures]
    bench = Bench(connection, question)
    try:
        _check_services(bench)
        groups = _by_basis(bench, measures)
        answers = {
            name: rows
            for basis, group in groups.items()
            for name, rows in _answers(bench, basis, group)
        }
        return [row for one in measures for row in sorted(answers[one.name], key=_order)]
    finally:
        bench.close()


def _check_services(bench: Bench) -> None:
    """Say that a market does not exist, rather than give an empty answer."""
    wanted = bench.question.wanted("service") or []
    known = {
        row["service"]
        for row in bench.rows(
            "select service from process_services"
            " where list_contains(getvariable('services'), service)"
            " union select service from label_services"
            " where list_contains(getvariable('services'), service)"
        )
    }
    for service in wanted:
        if service not in known:
            raise NotFoundError(f"no market is called {service!r}; `convener market` lists them")


def _reaches(reading: Sequence[str], wanted: str) -> bool:
    return any(
        name == wanted or (name in views() and _reaches(views()[name].reads, wanted))
        for name in reading
    )


def _by_basis(bench: Bench, measures: Sequence[Measure]) -> dict[str, list[Measure]]:
    """Put measures with the basis that each is answered from."""
    groups: dict[str, list[Measure]] = {}
    for one in measures:
        if not _reaches(one.reads, "holdings"):
            basis = one.bases[0] if one.bases else "awards"
        else:
            basis = bench.question.basis or _fitting_basis(bench, one.bases or BASES)
        groups.setdefault(basis, []).append(one)
    return groups


_HAS_ROWS = {
    "awards": "select 1 from awards_in_scope limit 1",
    "payments": "select 1 from payments_in_scope limit 1",
    "provision": "select 1 from provision_in_scope limit 1",
}


def _fitting_basis(bench: Bench, bases: Sequence[str]) -> str:
    """Return the first basis that has anything in scope: awards, then payments, then provision."""
    for basis in bases:
        bench.set("basis", basis)
        if bench.rows(_HAS_ROWS[basis]):
            return basis
    return bases[0]


def _answers(
    bench: Bench, basis: str, measures: Sequence[Measure]
) -> Iterator[tuple[str, list[Row]]]:
    bench.set("basis", basis)
    if basis == "awards":
        _refuse_overlap(bench)
    figures: dict[str, dict[tuple[Any, ...], _Figure]] = {}
    for entity, framework in _choices(bench, basis, measures):
        bench.set("entity", entity)
        bench.set("framework", framework)
        for one in measures:
            own = (one.entity or bench.question.entity, bench.question.framework)
            if _is_open(one, own, (entity, framework)):
                is_own = (entity, framework) == own
                _take(figures.setdefault(one.name, {}), one, _ask(bench, one), is_own=is_own)
    for one in measures:
        met = [found for found in figures.get(one.name, {}).values() if found.row]
        yield one.name, [_row(bench.question, one, basis, figure) for figure in met]


def _choices(bench: Bench, basis: str, measures: Sequence[Measure]) -> list[tuple[str, str]]:
    """Return the entity and framework rules to try, the question's own first."""
    question = bench.question
    entities = list(dict.fromkeys(one.entity or question.entity for one in measures))
    frameworks = [question.framework]
    if any("entity" in one.varies for one in measures) and _is_owned(bench):
        entities += [word for word in ("organisation", "owner") if word not in entities]
    if basis == "awards" and any("framework" in one.varies for one in measures):
        frameworks += [
            word for word in FRAMEWORKS if word != question.framework and _is_shared(bench)
        ]
    return [(entity, framework) for entity in entities for framework in frameworks]


def _is_owned(bench: Bench) -> bool:
    """Return whether grouping by organisation or by owner could differ at all."""
    if bench.question.entity == "name":
        return True
    sql = "select 1 from organisations where owner_key <> organisation_key limit 1"
    shared = "select 1 from owner_shares where owner_key <> organisation_key limit 1"
    return bool(bench.rows(sql) or bench.rows(shared))


def _is_shared(bench: Bench) -> bool:
    """Return whether any award in scope went to several suppliers at once."""
    return bool(bench.rows("select 1 from awards_in_scope where supplier_count > 1 limit 1"))


def _is_open(one: Measure, own: tuple[str, str], choice: tuple[str, str]) -> bool:
    """Return whether a measure leaves open every choice that differs from its own."""
    return all(
        met == wanted or name in one.varies
        for name, wanted, met in zip(("entity", "framework"), own, choice, strict=True)
    )


def _ask(bench: Bench, one: Measure) -> list[dict[str, Any]]:
    if one.assumes:
        asked = bench.question.assume
        columns = ", ".join(
            f"{float(asked.get(name, value))!r}::double as {name}"
            for name, value in one.assumes.items()
        )
        bench.connection.execute(f"create or replace temp table assumptions as select {columns}")
    return bench.rows(one.sql, one.reads)


def _take(
    figures: dict[tuple[Any, ...], _Figure],
    one: Measure,
    rows: Sequence[dict[str, Any]],
    *,
    is_own: bool,
) -> None:
    """Put rows with the figures that they are of: the grain says what one row stands for."""
    for number, row in enumerate(rows):
        key = tuple(row.get(name) for name in one.grain) if one.varies else (number,)
        figure = figures.setdefault(key, _Figure({}))
        if is_own:
            figure.row = row
        for name in ("value", "low", "high"):
            if row.get(name) is not None:
                figure.values.append(row[name])


def _row(question: Question, one: Measure, basis: str, figure: _Figure) -> Row:
    row = figure.row
    count = int(row.get("count") or 0)
    value: Number | None = row.get("value")
    notes = [str(row["note"])] if row.get("note") else []
    if basis != "provision" and row.get("kind") == "in-house" and not value:
        value, notes = None, [NOT_IN_HOUSE]
    elif count < one.minimum:
        value, notes = None, [f"fewer than {one.minimum} {one.minimum_of}", *notes]
    values = figure.values if value is not None else []
    wilson: tuple[float | None, float | None] = (None, None)
    if one.is_event and value is not None:
        wilson = wilson_interval(round(float(value) * count), count)
    return Row(
        measure=one.name,
        group=_group(question, row),
        value=value,
        low=min(values, default=None),
        high=max(values, default=None),
        unit=one.unit,
        count=count,
        coverage=_coverage(row, count),
        basis=basis,
        wilson_low=wilson[0],
        wilson_high=wilson[1],
        note="; ".join(notes),
    )


def _order(row: Row) -> tuple[Any, ...]:
    """Put rows by grouping, then the largest value first, then by what they name."""
    dimensions = tuple(str(row.group.get(name, "")) for name in GROUPINGS)
    is_blank = row.value is None
    return dimensions, is_blank, 0 if row.value is None else -row.value, str(row.group)


def _coverage(row: dict[str, Any], count: int) -> float | None:
    records = row.get("records")
    if not records:
        return None
    used = row.get("used")
    return float(count if used is None else used) / float(records)


def _group(question: Question, row: dict[str, Any]) -> dict[str, Any]:
    """Return the grouping columns asked for, then the measure's own."""
    service, *rest = str(row.get("service", "all")).split(JOINT)
    extras = dict(zip((word for word in EXTRAS if word in question.by), rest, strict=False))
    known = {"service": service, "area": row.get("area"), "region": row.get("area")}
    known |= {"period": row.get("period"), **extras}
    own = {k: v for k, v in row.items() if k not in (*DIMENSIONS, *FIGURES)}
    return {word: known[word] for word in question.by} | own


def _refuse_overlap(bench: Bench) -> None:
    """Refuse to add two publishers of the same awards: nothing links their records."""
    met = bench.rows(
        "select left(ocid, 11) as prefix, list(distinct source) as sources from scope"
        f" where left(ocid, 11) in ({', '.join(repr(p) for p in OVERLAPPING)}) group by 1"
    )
    if len(met) < len(OVERLAPPING):
        return
    listed = "; ".join(
        f"{OVERLAPPING[row['prefix']]}: --source {', '.join(sorted(row['sources']))}"
        for row in met
    )
    message = (
        "Contracts Finder and Find a Tender publish the same awards with nothing that links"
        f" them, so they are never added: choose one with --source ({listed})"
    )
    raise BadInputError(message)
