"""Answers that rest on one snapshot alone: anyone may keep them, any site may read them.

Each carries a tag and the moment of its snapshot, so that who asks again for what has not changed
gets no body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from convener.measures.publishing.making import digest_of
from convener.service.market.data import MarketData

# Any page may read it, and no page may send along who its reader is.
OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Content-Disposition",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def keepable(
    request: HttpRequest, data: MarketData, make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Answer with what is made, or with nothing where the asker has it already."""
    tag, moment = tag_of(request, data), moment_of(data)
    response = get_conditional_response(request, tag, moment, None) or make()
    if response.status_code < 400:  # noqa: PLR2004 -- HTTP
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = "public, no-cache"
        if moment is not None:
            response.headers["Last-Modified"] = http_date(moment)
    return open_to_all(response)


def open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    """Let the page of any site read an answer."""
    for name, value in OPEN_TO_ALL.items():
        response.headers[name] = value
    patch_vary_headers(response, ["Accept"])
    return response


def snapshot_digest(data: MarketData) -> str:
    """Return what tells this snapshot from every other."""
    return data.kept("digest", lambda: digest_of(data.manifest))


def tag_of(request: HttpRequest, data: MarketData) -> str:
    """Return what changes when the answer could: the snapshot, the address or the program."""
    text = "\n".join((snapshot_digest(data), version("convener"), request.get_full_path()))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def moment_of(data: MarketData) -> int | None:
    """Return when the snapshot was taken, in seconds; nothing for an empty store."""
    if not data.manifest.replaced_at:
        return None
    return int(datetime.fromisoformat(data.manifest.replaced_at).timestamp())
