"""The commands that ask the market: ``convener measure`` and ``convener market``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convener.base.errors import BadInputError, NotFoundError
from convener.cli.output import Format, show
from convener.data.services import markets
from convener.data.store import Store
from convener.measures.balance import READINGS, balance_sheet
from convener.measures.question import Question
from convener.measures.run import Row, measure

COLUMNS_FIRST = ("measure",)


def show_measures(store: Store, question: Question, form: Format) -> None:
    """Answer a question and write its rows."""
    check_loaded(store)
    with store.connect() as connection:
        rows = [row.as_dict() for row in measure(connection, question)]
    show(_without_empty(rows) if form is Format.TABLE else rows, form)


def show_markets(store: Store, form: Format, *, level: str | None) -> None:
    """List the services that the store knows, with what each rests on."""
    check_loaded(store)
    with store.connect() as connection:
        rows = markets(connection)
    if level:
        rows = [row for row in rows if row["level"] == level]
    show(rows, form, title="Markets")


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
        show([_shown(row) for row in sheet[reading.key]], form, title=reading.title)


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


def _shown(row: Row) -> dict[str, Any]:
    found = row.as_dict()
    wilson = (row.wilson_low, row.wilson_high)
    kept = ("measure", *row.group, "value", "low", "high", "unit", "count", "coverage", "note")
    shown = {name: found.get(name) for name in kept if name != "service"}
    if None not in wilson:
        shown["note"] = f"95% Wilson interval {wilson[0]:.3f} to {wilson[1]:.3f}; {row.note}"
    return shown


def _without_empty(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop the columns that no row fills, which a screen has no room for."""
    filled = {name for row in rows for name, value in row.items() if value not in (None, "")}
    always = {"measure", "value", "count"}
    return [
        {name: value for name, value in row.items() if name in filled | always} for row in rows
    ]
