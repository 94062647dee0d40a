"""Loading from the command line: several sources in one load, and what became of each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

from convener.base.errors import BadInputError
from convener.cli.output import as_json as to_json
from convener.cli.reports import Meter, show_report
from convener.data.loading import Loaded, Wanted, load
from convener.data.store import Store


def load_all(store: Store, wanted: Sequence[Wanted], *, at: datetime, as_json: bool) -> None:
    """Load sources together, and show the quality report of each.

    Raises
    ------
    BadInputError
        If any of them could not be read; the others are loaded all the same.
    """
    with Meter() as meter:
        done = load(store, wanted, at=at, progress=meter.tell)
    if as_json:
        sys.stdout.write(to_json([each.report for each in done if each.error is None]))
    else:
        for each in done:
            _show(each)
    failed = [f"{each.wanted.origin}: {each.error}" for each in done if each.error is not None]
    if failed:
        raise BadInputError("\n".join([f"{len(failed)} of {len(done)} not loaded", *failed]))


def _show(loaded: Loaded) -> None:
    if loaded.source is not None:
        show_report(loaded.report, changed=loaded.changed, name=loaded.source.name)
