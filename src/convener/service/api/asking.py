"""Bounds on what one question may cost: so long, so many at once, so much memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from convener.base.errors import BadInputError
from convener.service.api.frame import TooBusyError

SECONDS = 10.0  # that one question may take
AT_ONCE = 2  # such questions in one worker, so that pages keep the rest of its threads
AGAIN = 0.1  # seconds between two interruptions: one that falls between statements is lost

_places = threading.BoundedSemaphore(AT_ONCE)


class TooCostlyError(BadInputError):
    """A question took longer, or more memory, than one may."""


@contextmanager
def bounded(
    cursor: duckdb.DuckDBPyConnection, *, seconds: float = SECONDS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Let one question run on a cursor, and stop it when its time is over.

    Raises
    ------
    TooCostlyError
        If it takes longer than the limit, or more memory than there is.
    TooBusyError
        If as many as may run at once do not end in that time.
    """
    if not _places.acquire(timeout=seconds):
        raise TooBusyError("other questions are being answered; ask again in a while")
    over = threading.Event()
    watch = threading.Thread(target=_interrupt, args=(cursor, seconds, over), daemon=True)
    watch.start()
    try:
        yield cursor
    except duckdb.InterruptException as error:
        message = f"this takes longer than {seconds:g} seconds: ask of fewer measures, of one"
        raise TooCostlyError(f"{message} service, or by fewer groupings") from error
    except duckdb.OutOfMemoryException as error:
        raise TooCostlyError("this takes more memory than there is: ask of fewer") from error
    finally:
        over.set()
        watch.join()
        _places.release()


def _interrupt(cursor: duckdb.DuckDBPyConnection, seconds: float, over: threading.Event) -> None:
    over.wait(seconds)
    while not over.is_set():
        cursor.interrupt()
        over.wait(AGAIN)
