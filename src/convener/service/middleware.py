"""Turns a named error into a page with its status, and adds the headers that Django leaves."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from convener.base.errors import ConvenerError
from convener.service.views.errors import refusal

type Respond = Callable[[HttpRequest], HttpResponse]

# Nothing here asks for any of these.
UNUSED_POWERS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def permissions_policy(respond: Respond) -> Respond:
    """Tell the browser which of its powers no page may use."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        response.headers.setdefault("Permissions-Policy", UNUSED_POWERS)
        return response

    return answer


class NamedErrors:
    """Answers a named error with its page; any other error goes on to Django."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of a named error that is the asker's to act on."""
        if isinstance(error, ConvenerError) and error.status < 500:  # noqa: PLR2004 -- HTTP
            return refusal(request, error)
        return None
