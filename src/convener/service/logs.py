"""One JSON object a line on the standard error: what happened, never who did it."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType

from django.http import HttpRequest

ADDRESS = re.compile(r"https?://\S+")  # such as the page from which a form was sent
EMAIL = re.compile(r"[^\s<>\"'=(]+@[^\s<>\"')]+")
REFUSED = "django.security."  # what Django would not read
FROM_MACHINE = re.compile(r"\bip=\S+")  # as the server says who sent what it cannot read


class JsonLines(logging.Formatter):
    """Write the record's message and place; leave out what may hold a person's words.

    A request's address is logged as its route: in place of what stands there it has names, so that
    no log holds the word of an invitation, the key of a password's link, or what people typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": _message(record),
        }
        status = getattr(record, "status_code", None)
        if status is not None:
            line["status"] = status
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)

    def formatException(  # noqa: N802 -- the library's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Return which errors there were and where, without what they say.

        A database tells in its errors which row it refused, with the values that it holds.
        """
        return "\n".join(_told(ei[1]))


def _told(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        kind = type(error)
        number = f" {error.errno}" if isinstance(error, OSError) and error.errno else ""
        yield f"{kind.__module__}.{kind.__qualname__}{number}"
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _message(record: logging.LogRecord) -> str:
    """Return what a record says, without addresses of pages, of machines and of people."""
    request = getattr(record, "request", None)
    if record.name.startswith(REFUSED) and not record.args:
        message = f"refused: {record.name.removeprefix(REFUSED)}"  # its words repeat what was sent
    elif isinstance(request, HttpRequest):
        message = _with_route(record, route_of(request))
    elif record.name.startswith("gunicorn"):
        message = _with_route(record, "an address")
    else:
        message = record.getMessage()
    return FROM_MACHINE.sub("", EMAIL.sub("an email", message))


def _with_route(record: logging.LogRecord, route: str) -> str:
    """Return what a record says of a request, with the route in place of each address."""
    given = record.args if isinstance(record.args, tuple) else ()
    shown = tuple(route if str(one).startswith("/") else one for one in given)
    message = str(record.msg) % shown if shown else record.getMessage()
    # The server says at which address it listens itself, and to nobody's request.
    return message if message.startswith("Listening at") else ADDRESS.sub("an address", message)


def route_of(request: HttpRequest) -> str:
    """Return the route of an address; of one that leads nowhere, no more than that."""
    found = getattr(request, "resolver_match", None)
    return f"/{found.route}" if found is not None else "an address that leads nowhere"
