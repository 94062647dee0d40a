"""The commands that ask the market: ``convener measure`` and ``convener market``."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import typer

from convener.base.errors import BadInputError, NotFoundError
from convener.cli.output import Format, show
from convener.data.scope.services import bundles, excluded, find_bundle, markets
from convener.data.store import Store
from convener.measures.balance import READINGS, balance_sheet
from convener.measures.measure import find_measure
from convener.measures.question import LEVELS, Question
from convener.measures.run import Row, measure

SHEET_ROWS = 10  # of one measure that a balance sheet shows on a screen
MARKET_COLUMNS = ("service", "level", "processes", "payments", "provision")
LEFT_OUT_COLUMNS = ("ocid", "source", "title", "buyer", "amount", "reason", "because")
ROW_COLUMNS = tuple(f.name for f in fields(Row) if f.name not in {"measure", "group"})


def show_measures(store: Store, question: Question, form: Format) -> None:
    """Answer a question and write its rows."""
    check_loaded(store)
    _check_assumed(question)
    with store.connect() as connection:
        rows = measure(connection, question)
    if form is Format.TABLE and rows:
        _show_readable(rows, title="")
    else:
        names = ("measure", *question.by, *ROW_COLUMNS)
        show([row.as_dict() for row in rows], form, title="Figures", columns=() if rows else names)


def show_markets(store: Store, form: Format, *, level: str | None) -> None:
    """List the services that the store knows, with what each rests on."""
    if level is not None and level not in LEVELS:
        raise BadInputError(f"a level cannot be {level!r}; wanted one of {', '.join(LEVELS)}")
    check_loaded(store)
    with store.connect() as connection:
        rows = [row for row in markets(connection) if level in {None, row["level"]}]
    show(rows, form, title="Markets", columns=MARKET_COLUMNS)


def show_left_out(store: Store, service: str, form: Format, *, source: Sequence[str]) -> None:
    """List the notices that a bundle's words take in and its rules keep out, with the reason."""
    check_loaded(store)
    bundle = find_bundle(service, bundles(store.folder))
    with store.connect() as connection:
        rows = excluded(connection, bundle, sources=source)
    title = f"Left out of {bundle.name}"
    show(rows, form, title=title, columns=LEFT_OUT_COLUMNS)


def refuse_without_service(**asked: object) -> None:
    """Refuse, where no service is named, the options that ask something of one.

    Raises
    ------
    BadInputError
        If one of them was given.
    """
    given = [f"--{name.replace('_', '-')}" for name, value in asked.items() if value]
    if given:
        message = f"{', '.join(given)} asks of one market; name it: convener market SERVICE"
        raise BadInputError(message)


def show_balance_sheet(store: Store, question: Question, form: Format) -> None:
    """Write one market's balance sheet: five readings, each with what it rests on."""
    check_loaded(store)
    with store.connect() as connection:
        sheet = balance_sheet(connection, question)
    if form is not Format.TABLE:
        rows = [{"reading": key, **row.as_dict()} for key, found in sheet.items() for row in found]
        show(rows, form)
        return
    for reading in READINGS:
        found = sheet[reading.key]
        _show_readable(_first(found), title=f"{reading.title}: {reading.asks}")
        for name, count in Counter(row.measure for row in found).items():
            if count > SHEET_ROWS:
                where = f"--where service={question.where['service']}"
                said = f"{SHEET_ROWS} of {count} rows of {name} are shown"
                typer.echo(f"{said}: convener measure {name} {where} lists all.\n")


def _first(rows: Sequence[Row]) -> list[Row]:
    """Return the first rows of each measure: a screen has no room for every buyer."""
    met: Counter[str] = Counter()
    kept = []
    for row in rows:
        met[row.measure] += 1
        if met[row.measure] <= SHEET_ROWS:
            kept.append(row)
    return kept


def assignments(texts: Sequence[str], option: str) -> dict[str, str]:
    """Return ``key=value`` texts as a mapping; several values of one key are joined by ``|``.

    Raises
    ------
    BadInputError
        If a text has no ``=``.
    """
    found: dict[str, str] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            message = f"{option} was {text!r}; wanted key=value, such as {option} service=85"
            raise BadInputError(message)
        known = found.get(key.strip())
        found[key.strip()] = f"{known}|{value.strip()}" if known else value.strip()
    return found


def _check_assumed(question: Question) -> None:
    """Refuse to set what none of the measures assumes: a slip would pass for an answer."""
    known = {word for name in question.measures for word in find_measure(name).assumes}
    strange = sorted(set(question.assume) - known)
    if strange:
        assumed = ", ".join(sorted(known)) or "nothing"
        raise BadInputError(f"{', '.join(strange)} is not assumed here; assumed is {assumed}")


def check_loaded(store: Store) -> None:
    """Refuse to measure a store in which nothing is loaded.

    Raises
    ------
    NotFoundError
        If there is no source.
    """
    if not store.manifest().sources:
        message = f"nothing is loaded in {store.folder}: load data with `convener load FILE`"
        raise NotFoundError(message)


def _show_readable(rows: Sequence[Row], *, title: str) -> None:
    """Write figures for a screen: narrow tables, with units and cautions said once below."""
    if title:
        typer.secho(title, bold=True)
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        alike.setdefault(tuple(row.group), []).append(row)
    for group in alike.values():
        show(_without_empty([_narrow(row) for row in group]), Format.TABLE)
        typer.echo()
    for name in dict.fromkeys(row.measure for row in rows):
        bases = ", ".join(dict.fromkeys(row.basis for row in rows if row.measure == name))
        said = find_measure(name)
        typer.echo(f"{name} ({bases}): {said.unit}. {said.asks}")
    for note in dict.fromkeys(row.note for row in rows if row.note):
        named = dict.fromkeys(row.measure for row in rows if row.note == note)
        typer.echo(f"Note on {', '.join(named)}: {note}.")
    typer.echo()


def _narrow(row: Row) -> dict[str, Any]:
    low, high = row.low, row.high
    is_range = low is not None and high is not None and not math.isclose(low, high, rel_tol=1e-9)
    shown = {"measure": row.measure, **row.group}
    shown["value"] = "no figure" if row.value is None else row.value
    shown |= {"low": low if is_range else None, "high": high if is_range else None}
    shown |= {"count": row.count, "coverage": row.coverage}
    if row.wilson_low is not None and row.wilson_high is not None:
        shown["Wilson 95%"] = f"{row.wilson_low:.3f}\u2013{row.wilson_high:.3f}"
    return shown


def _without_empty(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop the columns that no row fills, which a screen has no room for."""
    filled = {name for row in rows for name, value in row.items() if value not in (None, "")}
    return [{name: value for name, value in row.items() if name in filled} for row in rows]
