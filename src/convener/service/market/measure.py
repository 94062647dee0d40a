"""The page of one measure: its words, its bands and its worked examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from convener.measures.bands import Scheme, schemes
from convener.measures.measure import Measure
from convener.measures.told import told_of
from convener.measures.worked import Worked, worked_examples
from convener.service.words import number

ROWS_SHOWN = 40
CELLS_MAX = 90  # characters of a cell
# Tables of the examples in the words of a reader; other tables bear their own names.
TABLES = {
    "things": "Awards",
    "tenders": "Tenders",
    "who": "Organisations",
}


@dataclass(frozen=True)
class Rows:
    """A small table: its name, columns and rows of words; how many rows are not shown."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int


@dataclass(frozen=True)
class Case:
    """One worked example as the page shows it."""

    shows: str
    given: tuple[Rows, ...]
    asked: str
    answer: Rows


def shown(measure: Measure) -> dict[str, Any]:
    """Return what the template of a measure's page needs."""
    return {
        "measure": measure,
        "told": told_of(measure.name),
        "schemes": [_banded(one) for one in schemes() if measure.name in one.measures],
        "cases": [_case(one) for one in worked_examples(measure.name)],
    }


def _banded(scheme: Scheme) -> dict[str, Any]:
    """Return a source's bands, each with its two ends in words."""
    low: float | None = None
    bands = []
    for band in scheme.bands:
        high = band.below if band.below is not None else band.up_to
        bands.append((band.name, _between(low, high, is_in=band.up_to is not None)))
        low = high
    return {"scheme": scheme, "bands": bands, "when": _when(scheme.starts_on, scheme.ends_on)}


def _between(low: float | None, high: float | None, *, is_in: bool) -> str:
    if high is None:
        return f"from {_plain(low)}" if low is not None else "all"
    end = f"{'up to' if is_in else 'below'} {_plain(high)}"
    return end if low is None else f"from {_plain(low)}, {end}"


def _plain(value: float | None) -> str:
    if value is None:
        return ""
    return number(value, 0 if float(value).is_integer() else 2)


def _when(starts_on: date, ends_on: date | None) -> str:
    last = f" to {ends_on:%d %B %Y}" if ends_on else ""
    return f"from {starts_on:%d %B %Y}{last}".replace(" 0", " ")


def _case(one: Worked) -> Case:
    asked = "; ".join(f"{word} {_words(value)}" for word, value in one.asked.items())
    return Case(
        shows=one.shows,
        given=tuple(
            _table(TABLES.get(name, name.capitalize()), rows) for name, rows in one.given.items()
        ),
        asked=asked,
        answer=_table("Answer", one.expect),
    )


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> Rows:
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    listed = rows[:ROWS_SHOWN]
    return Rows(
        name=name,
        columns=tuple(column.replace("_", " ") for column in columns),
        rows=tuple(tuple(_words(row.get(column, "")) for column in columns) for row in listed),
        left_out=len(rows) - len(listed),
    )


def _words(value: Any) -> str:  # noqa: ANN401 -- what a file of examples holds
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.6g}".replace("-", "\u2212")
    if isinstance(value, int):
        return number(value) if abs(value) >= 10_000 else str(value)  # noqa: PLR2004 -- years stay
    if isinstance(value, Mapping):
        return _short(f"{word} {_words(part)}" for word, part in value.items())
    if isinstance(value, list | tuple):
        return _short(_words(part) for part in value)
    return str(value)


def _short(parts: Iterable[str]) -> str:
    text = ", ".join(parts)
    return text if len(text) <= CELLS_MAX else text[: CELLS_MAX - 1] + "…"
