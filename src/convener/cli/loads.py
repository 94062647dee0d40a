"""Loading from the command line: several sources in one load, and what became of each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

import typer

from convener.base.errors import BadInputError
from convener.cli.errors import stop_said
from convener.cli.output import as_json as to_json
from convener.cli.reports import Meter, show_report
from convener.data.flat.mapping import KINDS
from convener.data.loading import Loaded, Wanted, load, remove
from convener.data.recognising import OCDS
from convener.data.store import Store
from convener.measures.keeping import finish_load


def load_all(store: Store, wanted: Sequence[Wanted], *, at: datetime, as_json: bool) -> None:
    """Load sources together, and show the quality report of each.

    Raises
    ------
    BadInputError
        If any of them could not be read; the others are loaded all the same. If the kind that
        they are said to be is none; then nothing is loaded.
    """
    _check_kinds(wanted)
    with stop_said(store), Meter() as meter:
        done = load(store, wanted, at=at, progress=meter.tell, finish=finish_load)
    if as_json:
        read = [{"changed": one.changed, **one.report} for one in done if one.error is None]
        sys.stdout.write(to_json(read))
    else:
        for each in done:
            _show(each)
    failed = [f"{one.wanted.origin} is not loaded: {one.error}" for one in done if one.error]
    if failed:
        raise BadInputError("\n".join(failed))


def remove_one(store: Store, name: str, *, at: datetime) -> None:
    """Take a source out, and say how much went."""
    with stop_said(store), Meter() as meter:
        source = remove(store, name, at=at, progress=meter.tell, finish=finish_load)
    typer.echo(f"{source.name} is out of the store: {sum(source.rows.values()):,} rows")


def _check_kinds(wanted: Sequence[Wanted]) -> None:
    for one in wanted:
        if one.kind is not None and one.kind not in {OCDS, *KINDS}:
            message = f"--as {one.kind!r} is no kind of source; wanted {OCDS}, {', '.join(KINDS)}"
            raise BadInputError(message)


def _show(loaded: Loaded) -> None:
    if loaded.source is not None:
        show_report(loaded.report, changed=loaded.changed, name=loaded.source.name)
