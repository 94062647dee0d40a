"""The routes of the API: every operation as a view that names its act, and the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path

from convener.base.errors import BadInputError, ConvenerError
from convener.rules.access import Act
from convener.service.access import requires
from convener.service.api import (  # noqa: F401 -- they register their operations
    figures,
    markets,
    organisations,
    processes,
    sources,
)
from convener.service.api.document import document, words_of
from convener.service.api.frame import ACTS, ASKED, PREFIX, api, refused
from convener.service.keepable import keepable, open_to_all
from convener.service.market.data import market_data
from convener.service.views.errors import problem

ALLOWED = "GET, HEAD, OPTIONS"
OF_DOCUMENT = "api-document"

type View = Callable[..., HttpResponseBase]


def routes() -> Iterator[URLPattern]:
    """Give the document and every operation, each with its act."""
    view = _view(OF_DOCUMENT, Act.SEE_MEASURES, _document)
    yield path(f"{PREFIX}openapi.json", view, name=OF_DOCUMENT)
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name in ACTS:
            view = _view(pattern.name, ACTS[pattern.name], pattern.callback)
            yield path(f"{PREFIX}{pattern.pattern}", view, name=pattern.name)


def _document(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- a view's signature
    text = orjson.dumps(document(), option=orjson.OPT_INDENT_2)
    return HttpResponse(text, content_type="application/json")


def _view(name: str, act: Act, answer: View) -> View:
    """Return an operation as a view: who may ask gets an answer, every refusal is a problem."""

    @requires(act)
    def guarded(request: HttpRequest, /, **kwargs: object) -> HttpResponseBase:
        _check_words(request, words_of(name.removeprefix("api-")))
        return keepable(request, market_data(), lambda: answer(request, **kwargs))

    def view(request: HttpRequest, /, **kwargs: object) -> HttpResponseBase:
        if request.method not in ASKED:
            return _not_asked(request)
        try:
            return open_to_all(guarded(request, **kwargs))
        except ConvenerError as error:
            return open_to_all(refused(error))

    view.act = act  # type: ignore[attr-defined]
    view.csrf_exempt = True  # type: ignore[attr-defined]  # it takes no change
    return view


def _not_asked(request: HttpRequest) -> HttpResponseBase:
    """Answer what does not ask: a browser that first wants to know what it may, or a change."""
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response.headers["Access-Control-Allow-Methods"] = ALLOWED
        response.headers["Access-Control-Allow-Headers"] = "*"
        response.headers["Access-Control-Max-Age"] = "86400"
    else:
        response = problem(405, f"this API is read with GET; met {request.method}")
    response.headers["Allow"] = ALLOWED
    return open_to_all(response)


def _check_words(request: HttpRequest, known: frozenset[str]) -> None:
    """Refuse a word that the operation does not know: a slip would pass for an answer."""
    strange = sorted(set(request.GET) - known)
    if strange:
        wanted = f"it has {', '.join(sorted(known))}" if known else "it has none"
        raise BadInputError(f"this question has no word {strange[0]!r}; {wanted}")
