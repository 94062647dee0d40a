"""The routes of the API: every operation as a view that names its act, and the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from convener.base.errors import BadInputError, ConvenerError
from convener.rules.access import Act
from convener.service.api import (  # noqa: F401 -- they register their operations
    commands,
    figures,
    flags,
    history,
    interests,
    markets,
    merging,
    offered,
    organisations,
    own,
    processes,
    records,
    sources,
    watching,
)
from convener.service.api.calling import find_caller
from convener.service.api.commanding import check_sent
from convener.service.api.document import document, words_of
from convener.service.api.frame import ASKED, GIVEN, OPERATIONS, PREFIX, Told, api, refused
from convener.service.keepable import keepable, open_to_all
from convener.service.market.data import market_data
from convener.service.views.errors import problem

OF_DOCUMENT = "api-document"

type View = Callable[..., HttpResponseBase]


def routes() -> Iterator[URLPattern]:
    """Give the document and every operation, each with its act."""
    view = _view(OF_DOCUMENT, Told(Act.SEE_MEASURES), _document)
    yield path(f"{PREFIX}openapi.json", view, name=OF_DOCUMENT)
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name in OPERATIONS:
            view = _view(pattern.name, OPERATIONS[pattern.name], pattern.callback)
            yield path(f"{PREFIX}{pattern.pattern}", view, name=pattern.name)


def _document(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- a view's signature
    text = orjson.dumps(document(), option=orjson.OPT_INDENT_2)
    return HttpResponse(text, content_type="application/json")


def _view(name: str, told: Told, answer: View) -> View:
    """Return an operation as a view: who may ask gets an answer, every refusal is a problem."""

    def guarded(request: HttpRequest, /, **kwargs: object) -> HttpResponseBase:
        find_caller(request, told.act, is_own=told.is_own, at=timezone.now())
        _check_words(request, words_of(name.removeprefix("api-")))
        if told.methods == GIVEN:
            check_sent(request)
        if told.is_own:
            return answer(request, **kwargs)
        return keepable(request, market_data(), lambda: answer(request, **kwargs))

    def view(request: HttpRequest, /, **kwargs: object) -> HttpResponseBase:
        if request.method not in told.methods:
            return _sent(told, _not_asked(request, told))
        try:
            return _sent(told, guarded(request, **kwargs))
        except ConvenerError as error:
            return _sent(told, refused(error))

    view.act = told.act  # type: ignore[attr-defined]
    view.csrf_exempt = True  # type: ignore[attr-defined]  # a change takes a token, no cookie
    return view


def _sent(told: Told, response: HttpResponseBase) -> HttpResponseBase:
    """Let any site's page read what is published; what is the caller's own is for nobody else."""
    if not told.is_own:
        return open_to_all(response)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    patch_vary_headers(response, ["Authorization", "Cookie"])
    return response


def _not_asked(request: HttpRequest, told: Told) -> HttpResponseBase:
    """Answer another method: a browser that first wants to know what it may, or a slip."""
    allowed = ", ".join((*told.methods, "OPTIONS"))
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        if not told.is_own:
            response.headers["Access-Control-Allow-Methods"] = allowed
            response.headers["Access-Control-Allow-Headers"] = "*"
            response.headers["Access-Control-Max-Age"] = "86400"
    else:
        wanted = "read with GET" if told.methods == ASKED else "a command, which is sent by POST"
        response = problem(405, f"this is {wanted}; met {request.method}")
    response.headers["Allow"] = allowed
    return response


def _check_words(request: HttpRequest, known: frozenset[str]) -> None:
    """Refuse a word that the operation does not know: a slip would pass for an answer."""
    strange = sorted(set(request.GET) - known)
    if strange:
        wanted = f"it has {', '.join(sorted(known))}" if known else "it has none"
        raise BadInputError(f"this question has no word {strange[0]!r}; {wanted}")
