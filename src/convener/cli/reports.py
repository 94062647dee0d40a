"""What a person sees of a load: its progress, and its quality report."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

STAGES = {
    "fetch": "fetching",
    "check": "checking",
    "read": "reading",
    "merge": "merging releases",
    "report": "writing the quality report",
    "identify": "saying who is who",
    "classify": "saying which service is which",
    "measure": "computing the figures of each market",
    "size": "adding up areas and buyers",
    "index": "making the index of the search",
    "publish": "writing the open files",
}
FAULTS_SHOWN = 12
PLACES_SHOWN = 5


class Meter:
    """Progress on standard error, where that is a terminal: stage, share, rate and time left."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TransferSpeedColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def tell(self, stage: str, done: int, whole: int | None) -> None:
        """Show that so many bytes of a stage are done."""
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(STAGES[stage], total=whole)
        self._progress.update(self._tasks[stage], completed=done, total=whole)


def show_report(report: dict[str, Any], *, changed: bool, name: str) -> None:
    """Print a quality report as text."""
    console = Console(highlight=False, soft_wrap=True)
    if not changed:
        console.print(
            f"[bold]{escape(name)}[/bold] is loaded already; nothing has changed. To read it in"
            f" another way, first take it out: convener sources remove {escape(shlex.quote(name))}"
        )
        return
    reading = report["reading"]
    console.print(f"[bold]{escape(name)}[/bold]")
    console.print(
        f"{reading['read']:,} rows read, {reading['refused']:,} refused,"
        f" {reading['nulled']:,} fields emptied, {reading['duplicates']:,} duplicates"
    )
    _show_lines(
        console, "Rows", [f"{count:>12,}  {table}" for table, count in report["rows"].items()]
    )
    _show_lines(console, "Known, of what measures need", _coverage_lines(report["coverage"]))
    _show_lines(console, "Dates", _date_lines(report["dates"]))
    _show_lines(console, "Amounts", _amount_lines(report["amounts"]))
    _show_lines(
        console,
        "Currencies",
        [f"{row['count']:>12,}  {row['currency'] or 'not given'}" for row in report["currencies"]],
    )
    _show_lines(
        console,
        "Identifiers",
        [
            f"{row['count']:>12,}  {row['scheme'] or 'none'} ({row['different']:,} different)"
            for row in report["identifiers"]
        ],
    )
    _show_lines(console, "Faults", _fault_lines(reading))
    _show_lines(console, "Notes", [f"  {note}" for note in reading["notes"]])
    _show_lines(console, "What can be concluded", [f"  {said}" for said in report["conclusions"]])


def _show_lines(console: Console, title: str, lines: Sequence[str]) -> None:
    if lines:
        console.print(f"\n[bold]{title}[/bold]")
        for line in lines:
            console.print(escape(line))


def _coverage_lines(coverage: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"{field['share']:>12.1%}  {field['table']}: {field['field']}"
        f" ({field['known']:,} of {field['needed']:,})"
        for field in coverage
    ]


def _date_lines(dates: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"{row['count']:>12,}  {row['table']}: {row['field']}"
        if "count" in row
        else f"  {row['first']} to {row['last']}  {row['table']}: {row['field']}"
        for row in dates
    ]


def _amount_lines(amounts: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"  {row['table']}: {row['field']}: {row['known']:,} known, {row['zero']:,} zero,"
        f" {row['negative']:,} negative, total {_money(row['total'])},"
        f" largest {_money(row['largest'])}"
        for row in amounts
    ]


def _money(text: str) -> str:
    return f"{Decimal(text).normalize():,f}"


def _fault_lines(reading: dict[str, Any]) -> list[str]:
    lines = [
        f"{fault['count']:>12,}  {fault['field'] or 'whole row'}: {fault['reason']}"
        for fault in reading["reasons"][:FAULTS_SHOWN]
    ]
    lines += [
        f"    {place['input']} line {place['line']} {place['field']}: {place['reason']}"
        + (f" (met {place['met']!r})" if place["met"] else "")
        for place in reading["places"][:PLACES_SHOWN]
    ]
    return lines
