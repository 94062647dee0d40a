"""What every operation of the API shares: its address and act, how it writes, how it refuses.

An operation is a plain function that takes its parameters and returns what its shape says.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import BaseRenderer

from convener.base.errors import ConvenerError
from convener.rules.access import Act
from convener.service.views.errors import problem

PREFIX = "api/"
ASKED = ("GET", "HEAD")
MET_LENGTH = 40  # of what was met, as a refusal says it
DESCRIPTION = """\
What the pages of convener show, for programs: the same figures from the same functions. Every
figure says its unit, the count that it rests on, its coverage and the range that the data leaves
open. Nothing is changed through this API and no key is needed. People are counted and never named.

Lists come a page at a time: `limit` and `offset` choose it, and `next` is the address of the page
that follows. An answer has an `ETag` that holds as long as the loaded data does. What cannot be
answered comes as problem details (RFC 9457), saying what was met and what was wanted.
"""


class TooBusyError(ConvenerError):
    """As many questions as the service answers at once are being answered: ask again."""

    status = 503


class _Renderer(BaseRenderer):
    """Writes JSON in which a decimal is a number with exactly the digits that it has."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ANN401, ARG002 -- ninja's signature
        return orjson.dumps(data, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(value)


api = NinjaAPI(
    title="convener",
    version="1",
    description=DESCRIPTION,
    renderer=_Renderer(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    servers=[{"url": "/", "description": "this service"}],
)
ACTS: dict[str, Act] = {}  # by the name of the route


def operation[**P, T](
    address: str,
    act: Act,
    response: object,
    *,
    tag: str,
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Give a function an address in the API, the act that it takes and the shape it returns."""

    def register(function: Callable[P, T]) -> Callable[P, T]:
        key = function.__name__.replace("_", "-")
        ACTS[f"api-{key}"] = act
        added: Callable[P, T] = api.api_operation(
            list(ASKED),
            f"/{address}",
            response=response,
            operation_id=key,
            url_name=f"api-{key}",
            summary=(function.__doc__ or "").partition("\n")[0].rstrip("."),
            description="",
            tags=[tag],
        )(function)
        return added

    return register


def refused(error: ConvenerError) -> HttpResponse:
    """Answer a named error that is the asker's to act on; any other goes on to Django."""
    if error.status >= 500 and not isinstance(error, TooBusyError):  # noqa: PLR2004 -- HTTP
        raise error
    nearby = [{"label": one.label, "address": one.address} for one in getattr(error, "nearby", ())]
    response = problem(error.status, str(error), **({"nearby": nearby} if nearby else {}))
    if isinstance(error, TooBusyError):
        response.headers["Retry-After"] = "10"
    return response


@api.exception_handler(ConvenerError)
def _refused(request: HttpRequest, error: ConvenerError) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    return refused(error)


@api.exception_handler(ValidationError)
def _unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(400, "; ".join(_fault(request, one) for one in error.errors))


def _fault(request: HttpRequest, found: dict[str, Any]) -> str:
    """Say which word was met, and what was wanted."""
    wanted = f"{found['msg'][0].lower()}{found['msg'][1:]}"
    words = [part for part in found["loc"][1:] if isinstance(part, str)]
    word = next((one for one in words if one in request.GET), words[-1] if words else "a word")
    met = request.GET.getlist(word)
    if not met:
        return f"{word}: {wanted}"
    place = found["loc"][-1]
    at = place if isinstance(place, int) and place < len(met) else -1
    return f"{word} is {met[at][:MET_LENGTH]!r}: {wanted}"


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    raise error
