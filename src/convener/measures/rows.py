"""Rows: what a measure answers, with its range, its interval and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isclose
from typing import Any

from convener.measures.measure import Measure
from convener.measures.question import GROUPINGS, Question
from convener.measures.words import EXTRAS, JOINT
from convener.methods.intervals import wilson_interval

DIMENSIONS = ("service", "area", "period")
FIGURES = ("value", "low", "high", "count", "used", "records", "note")
RANGED = ("value", "low", "high")
PLACES = 12  # significant places that do not hang on the order in which numbers were added
NOT_IN_HOUSE = "in-house delivery is not in this data"

Number = float | int | Decimal
Notes = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Row:
    """One figure, with what it rests on.

    ``group`` holds the grouping columns that were asked for and the measure's own (a kind, a
    provider, a number beside the value). ``low`` and ``high`` are the least and greatest value
    over the choices that the data leaves open; they are a range, not sampling error.
    ``wilson_low`` and ``wilson_high`` are the 95% Wilson interval of a proportion of events.
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
class Figure:
    """A figure under the question's own choices, and its values over the open ones."""

    row: dict[str, Any]
    values: list[Number] = field(default_factory=list)


Figures = dict[tuple[Any, ...], Figure]


def gather(
    figures: Figures, one: Measure, rows: Sequence[dict[str, Any]], *, is_own: bool
) -> None:
    """Put rows with the figures that they are of: the grain says what one row stands for."""
    for number, raw in enumerate(rows):
        row = {name: steady(value) for name, value in raw.items()}
        key = tuple(row.get(name) for name in one.grain) if one.varies else (number,)
        figure = figures.setdefault(key, Figure({}))
        if is_own:
            figure.row = row
        figure.values += [row[name] for name in RANGED if row.get(name) is not None]


def steady(value: Any) -> Any:  # noqa: ANN401 -- a cell holds anything
    """Return a figure that is the same however its parts were added."""
    return float(f"{value:.{PLACES}g}") if isinstance(value, float) else value


def _same(value: Number, other: Number) -> Number:
    """Return the value where another differs by no more than rounding may have left."""
    return value if isclose(value, other, rel_tol=10.0 ** (1 - PLACES)) else other


def rows_of(
    question: Question, one: Measure, basis: str, figures: Figures, notes: Notes
) -> list[Row]:
    """Return a measure's rows in order; one that says so where nothing answers it.

    ``notes`` gives what stands beside every figure of a service.
    """
    found = [
        _row(question, one, basis, figure, notes) for figure in figures.values() if figure.row
    ]
    return sorted(found, key=_order) or [unanswered(question, one, basis)]


def unanswered(question: Question, one: Measure, basis: str) -> Row:
    """Return the row that says that this data holds nothing to answer a measure from."""
    wanted = " or ".join(one.bases or one.needs)
    note = (
        NOT_IN_HOUSE if one.name == "in-house-share" else f"no {wanted} in this data answer this"
    )
    group = {word: question.where.get(word, "all") for word in question.by}
    return Row(one.name, group, None, None, None, one.unit, 0, None, basis, note=note)


def _row(question: Question, one: Measure, basis: str, figure: Figure, notes: Notes) -> Row:
    row = figure.row
    count = int(row.get("count") or 0)
    value, said = _shown(one, basis, row, count)
    values = [] if value is None else [_same(value, other) for other in figure.values]
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
        note="; ".join([*said, *notes(str(row.get("service", "all")))]),
    )


def _shown(
    one: Measure, basis: str, row: Mapping[str, Any], count: int
) -> tuple[Number | None, list[str]]:
    """Return the value that may be shown, and what the row says of itself."""
    value: Number | None = row.get("value")
    said = [str(row["note"])] if row.get("note") else []
    if basis != "provision" and row.get("kind") == "in-house" and not value:
        return None, [NOT_IN_HOUSE]
    if count < one.minimum:
        return None, [f"fewer than {one.minimum} {one.minimum_of}", *said]
    return value, said


def _coverage(row: Mapping[str, Any], count: int) -> float | None:
    records = row.get("records")
    if not records:
        return None
    used = row.get("used")
    return float(count if used is None else used) / float(records)


def _group(question: Question, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the grouping columns asked for, then the measure's own."""
    service, *rest = str(row.get("service", "all")).split(JOINT)
    extras = dict(zip((word for word in EXTRAS if word in question.by), rest, strict=False))
    known = {"service": service, "area": row.get("area"), "region": row.get("area")}
    known |= {"period": row.get("period"), **extras}
    own = {k: v for k, v in row.items() if k not in (*DIMENSIONS, *FIGURES)}
    return {word: known[word] for word in question.by} | own


def _order(row: Row) -> tuple[Any, ...]:
    """Put rows by grouping, then the largest value first, then by what they name."""
    dimensions = tuple(str(row.group.get(name, "")) for name in GROUPINGS)
    is_blank = row.value is None
    return dimensions, is_blank, 0 if row.value is None else -row.value, str(row.group)
