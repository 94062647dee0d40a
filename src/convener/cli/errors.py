"""How a command ends: a refusal in one line on standard error, and never a traceback."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from typer.core import TyperGroup

from convener.base.errors import ConvenerError

if TYPE_CHECKING:
    from convener.data.store import Store

STOPPED = 130  # what a shell expects of a program that was stopped from the keyboard
# These say that a statement of ours is wrong, so whoever mends it wants the traceback.
OUR_FAULTS = ("ParserException", "BinderException", "CatalogException", "InternalException")


class StoppedError(ConvenerError):
    """The person at the keyboard stopped a command that was writing."""


class Commands(TyperGroup):
    """Commands that say a refusal in one line."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- as Typer has it
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()  # a reader that has gone is met here, where Typer takes it calmly
        except KeyboardInterrupt:
            _end("stopped", STOPPED)
        except StoppedError as error:
            _end(str(error), STOPPED)
        except Exception as error:
            said = refusal(error)
            if said is None:
                raise
            _end(said, 1)
        return answer


def refusal(error: Exception) -> str | None:
    """Return an error as one sentence for the person who typed; none where it is our fault."""
    if isinstance(error, ConvenerError):
        return str(error)
    if isinstance(error, OSError) and error.errno != errno.EPIPE:
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    engine = sys.modules.get("duckdb")
    if engine is None or not isinstance(error, engine.Error):
        return None
    if type(error).__name__ in OUR_FAULTS:
        return None
    first = str(error).partition("\n")[0]
    return f"the store cannot be read: {first}"


@contextmanager
def stop_said(store: Store) -> Iterator[None]:
    """Turn a stop from the keyboard into the words for what it left of the store."""
    before = store.manifest()
    try:
        yield
    except KeyboardInterrupt as stop:
        is_same = store.manifest() == before
        left = "nothing was changed" if is_same else "the store was changed before the stop"
        raise StoppedError(f"stopped; {left}") from stop


def _end(message: str, code: int) -> NoReturn:
    sys.stderr.write("".join(f"convener: {line}\n" for line in message.splitlines()))
    raise typer.Exit(code)
