"""One JSON object a line on the standard error: what happened, never who did it."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from django.http import HttpRequest

ADDRESS = re.compile(r"https?://\S+")  # such as the page from which a form was sent


class JsonLines(logging.Formatter):
    """Write the record's message and place; leave out what may hold a person's words.

    A request's address is logged as its route: in place of what stands there it has names, so that
    no log holds the word of an invitation, the key of a password's link, or what people typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        request = getattr(record, "request", None)
        message = record.getMessage()
        if isinstance(request, HttpRequest):
            message = _without_address(record, request)
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": message,
        }
        status = getattr(record, "status_code", None)
        if status is not None:
            line["status"] = status
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _without_address(record: logging.LogRecord, request: HttpRequest) -> str:
    """Return what a record says of a request, with the route in place of each address."""
    route = route_of(request)
    given = record.args if isinstance(record.args, tuple) else ()
    shown = tuple(route if str(one).startswith("/") else one for one in given)
    return ADDRESS.sub("an address", str(record.msg) % shown if shown else str(record.msg))


def route_of(request: HttpRequest) -> str:
    """Return the route of an address; of one that leads nowhere, no more than that."""
    found = getattr(request, "resolver_match", None)
    return f"/{found.route}" if found is not None else "an address that leads nowhere"
