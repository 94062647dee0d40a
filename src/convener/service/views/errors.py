"""A page for each way in which a request can fail: what happened, and what to do next."""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import Any

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csp import get_nonce
from django.shortcuts import render
from django.template.loader import render_to_string

from convener.base.errors import ConvenerError
from convener.service.kept_forms import keep_old

RETRY_AFTER = 10  # seconds: about what a database takes to start again
PROBLEM = "application/problem+json"
API = "/api/"  # everything under it is for programs; the address itself is a page


def refusal(request: HttpRequest, error: ConvenerError) -> HttpResponse:
    """Answer a named error: its own message, and what lies near where there is such."""
    return _answer(request, error.status, str(error), nearby=getattr(error, "nearby", ()))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django could not read."""
    met = "the host is not one that this service answers to"
    return _answer(request, 400, met if isinstance(exception, DisallowedHost) else "")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer a request that Django refused."""
    return _answer(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- as above
    """Answer a form that did not come from one of our pages, or whose page has grown old."""
    keep_old(request)
    return _answer(request, 403, "the form has run out, or did not come from this service")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- as above
    """Answer an address that leads nowhere."""
    return _answer(request, 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer whoever tried something too often."""
    return _answer(request, 429)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer an error of ours, of which the asker is told nothing but that it is ours."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return away(request)
    return _answer(request, 500)


def away(request: HttpRequest) -> HttpResponse:
    """Answer while the database cannot be asked: by a page that asks it nothing."""
    if _wants_json(request):
        response = problem(503, "the database does not answer; ask again in a moment")
    else:
        page = render_to_string("errors/503.html", {"csp_nonce": get_nonce(request)})
        response = HttpResponse(page, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(
    request: HttpRequest, status: int, message: str = "", nearby: tuple[Any, ...] = ()
) -> HttpResponse:
    if _wants_json(request):
        return problem(status, message)
    is_kept = vars(request).get("typed", False)
    context = {"message": message, "nearby": nearby, "status": status, "is_kept": is_kept}
    return render(request, f"errors/{status}.html", context, status=status)


def _wants_json(request: HttpRequest) -> bool:
    is_of_api = request.path.startswith(API) and request.path != API
    return (
        is_of_api
        or request.path.endswith(".json")
        or (request.get_preferred_type(["text/html", "application/json"]) == "application/json")
    )


def problem(status: int, message: str, **more: object) -> HttpResponse:
    """Answer as RFC 9457 describes."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, **more}
    if message:
        said["detail"] = message
    return JsonResponse(said, status=status, content_type=PROBLEM)
