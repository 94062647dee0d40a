"""What every operation of the API shares: its address and act, how it writes, how it refuses.

An operation is a plain function that takes its parameters and returns what its shape says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any, cast

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from convener.base.errors import ConvenerError
from convener.rules.access import Act
from convener.service.views.errors import problem

PREFIX = "api/"
ASKED = ("GET", "HEAD")
GIVEN = ("POST",)
MET_LENGTH = 40  # of what was met, as a refusal says it
DESCRIPTION = """\
What the pages of convener show and do, for programs: the same figures from the same functions,
and the same acts under the same rules. Every figure says its unit, the count that it rests on, its
coverage and the range that the data leaves open; people in it are counted and never named.

What is published is read without a token. What is behind a sign-in takes one, which a member makes
at `/account/tokens/` and which can do no more than was chosen there: send it as
`Authorization: Bearer cv_…`.

A change is a POST of JSON to `/api/commands/…`, with an `Idempotency-Key` of your own choice.
Whoever does not know how it went sends the same again: it is done once, and answered the same.

Lists come a page at a time: `limit` and `offset` choose it, and `next` is the address of the page
that follows. What is published has an `ETag` that holds as long as the loaded data does. What
cannot be answered comes as problem details (RFC 9457), saying what was met and what was wanted.
"""


class TooBusyError(ConvenerError):
    """As many questions as the service answers at once are being answered: ask again."""

    status = 503


class _Renderer(BaseRenderer):
    """Writes JSON in which a decimal is a number with exactly the digits that it has."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ANN401, ARG002 -- ninja's signature
        return orjson.dumps(data, default=_plain)


class _Parser(Parser):
    """Reads JSON as the standard has it: no bare words for numbers, no endless nesting."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return cast("dict[str, Any]", orjson.loads(request.body))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(value)


api = NinjaAPI(
    title="convener",
    version="1",
    description=DESCRIPTION,
    renderer=_Renderer(),
    parser=_Parser(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    servers=[{"url": "/", "description": "this service"}],
)


@dataclass(frozen=True)
class Told:
    """What routing must know of an operation: its act, its methods, and for whom it answers.

    An answer that is ``is_own`` is the caller's, and nobody else may keep it.
    """

    act: Act
    methods: tuple[str, ...] = ASKED
    is_own: bool = False


OPERATIONS: dict[str, Told] = {}  # by the name of the route


def operation[**P, T](
    address: str,
    act: Act,
    response: object,
    *,
    tag: str,
    is_own: bool = False,
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Give a function an address in the API, the act that it takes and the shape it returns.

    ``is_own`` says that the answer hangs on who asks.
    """

    def register(function: Callable[P, T]) -> Callable[P, T]:
        key = function.__name__.replace("_", "-")
        OPERATIONS[f"api-{key}"] = Told(act, ASKED, is_own)
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
    for name, value in _HEADERS.get(error.status, {}).items():
        response.headers[name] = value
    if (seconds := getattr(error, "retry_after", None)) is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


_HEADERS: dict[int, dict[str, str]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": 'Bearer realm="convener"'},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "60"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "10"},
}


@api.exception_handler(ConvenerError)
def _refused(request: HttpRequest, error: ConvenerError) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    return refused(error)


@api.exception_handler(ValidationError)
def _unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(400, "; ".join(_fault(request, one) for one in error.errors))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    return problem(error.status_code, "the body is not JSON; wanted an object in UTF-8")


def _fault(request: HttpRequest, found: dict[str, Any]) -> str:
    """Say which word was met, and what was wanted."""
    wanted = f"{found['msg'][0].lower()}{found['msg'][1:]}"
    if found["loc"][0] in ("body", "header"):
        return _fault_sent(request, found["loc"], wanted)
    words = [part for part in found["loc"][1:] if isinstance(part, str)]
    word = next((one for one in words if one in request.GET), words[-1] if words else "a word")
    met = request.GET.getlist(word)
    if not met:
        return f"{word}: {wanted}"
    place = found["loc"][-1]
    at = place if isinstance(place, int) and place < len(met) else -1
    return f"{word} is {met[at][:MET_LENGTH]!r}: {wanted}"


def _fault_sent(request: HttpRequest, where: tuple[int | str, ...], wanted: str) -> str:
    """Say which part of a body, or which header, is not fit."""
    if where[0] == "header":
        name = str(where[-1])
        met: Any = request.headers.get(name)
        path: tuple[int | str, ...] = (name,)
    else:
        path = where[2:]  # past the name that the body has in our code
        met = orjson.loads(request.body or b"null")
        for part in path:
            met = _part(met, part)
    shown = f" is {met[:MET_LENGTH]!r}" if isinstance(met, str) else ""
    return f"{'.'.join(map(str, path)) or 'the body'}{shown}: {wanted}"


def _part(whole: object, part: int | str) -> object:
    match whole, part:
        case dict(), str():
            return whole.get(part)
        case list(), int() if part < len(whole):
            return whole[part]
        case _:
            return None


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    raise error
