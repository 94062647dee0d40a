"""Commands: each a POST of JSON, done once however often it is sent, and answered alike."""

from __future__ import annotations

import hmac
import inspect
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, get_type_hints

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Header, Schema
from pydantic import ConfigDict

from convener.base.errors import BadInputError
from convener.rules.access import Act, Actor
from convener.rules.tokens import TokenRefusedError
from convener.service.actions.commands import DONE, Asked, answer_once
from convener.service.api.calling import HOW, caller_of
from convener.service.api.frame import GIVEN, OPERATIONS, Told, api
from convener.service.views.errors import problem

FOLDER = "commands"
JSON = "application/json"
BODY_MAX = 512 * 1024  # bytes: room for the longest words that a command takes
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9._:-]{1,100}$",
        description="your own name for this command, such as a UUID: the same is done once",
    ),
]

type After = Callable[[Mapping[str, Any], datetime], object]


class WrongMediaTypeError(BadInputError):
    """A command came as something that is not JSON."""

    status = 415


class TooLargeError(BadInputError):
    """A command is longer than any can be."""

    status = 413


class Given(Schema):
    """What a command takes. A word that it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Done(Schema):
    """What was done: to which row, when, and where it can be read."""

    command: str
    number: str | None = Field(description="of the row that it made or changed")
    address: str = Field(description="where what was done can be read")
    at: datetime


def done(number: int | None, address: str) -> dict[str, Any]:
    """Return what a command says of what it did."""
    return {"number": None if number is None else str(number), "address": address}


def command[G: Given](
    verb: str, act: Act, *, tag: str, after: After | None = None
) -> Callable[[Callable[[G, Actor, datetime], dict[str, Any]]], Callable[..., Any]]:
    """Make a function a command of the API.

    Parameters
    ----------
    verb : its name, which ends its address
    act : what the caller must be allowed
    tag : under which heading the document has it
    after : what follows outside the transaction, each time that the command was done
    """

    def register(
        function: Callable[[G, Actor, datetime], dict[str, Any]],
    ) -> Callable[[G, Actor, datetime], dict[str, Any]]:
        def perform(request: HttpRequest, given: G, key: str) -> HttpResponse:
            at = timezone.now()
            asked = _asked(request, verb, given, key)
            by = caller_of(request).commanding(asked.name)

            def do() -> dict[str, Any]:
                return {**function(given, by, at), "command": verb, "at": at.isoformat()}

            answer = answer_once(asked, do, at=at)
            if answer.status != DONE:
                return problem(answer.status, answer.body["detail"])
            if after is not None:
                after(answer.body, at)
            shown = Done(**answer.body).model_dump(mode="json")
            response = api.create_response(request, shown, status=DONE)
            if answer.is_again:
                response.headers["Idempotent-Replayed"] = "true"
            return response

        taken = get_type_hints(function)["given"]
        _describe(perform, given=taken, key=Key)
        OPERATIONS[f"api-{verb}"] = Told(act, GIVEN, is_own=True)
        api.api_operation(
            list(GIVEN),
            f"/{FOLDER}/{verb}",
            response=Done,
            operation_id=verb,
            url_name=f"api-{verb}",
            summary=(function.__doc__ or "").partition("\n")[0].rstrip("."),
            description="",
            tags=[tag],
        )(perform)
        return function

    return register


def _describe(function: Callable[..., object], **kinds: object) -> None:
    """Say what a function takes, as ninja reads it."""
    both = inspect.Parameter.POSITIONAL_OR_KEYWORD
    told = [inspect.Parameter("request", both, annotation=HttpRequest)]
    told += [inspect.Parameter(name, both, annotation=kind) for name, kind in kinds.items()]
    function.__signature__ = inspect.Signature(told)  # type: ignore[attr-defined]


def _asked(request: HttpRequest, verb: str, given: Given, key: str) -> Asked:
    caller = caller_of(request)
    if caller.token is None:  # a sign-in of a browser gives no commands
        raise TokenRefusedError(f"a command comes with {HOW}")
    said = f"{verb}\n{given.model_dump_json()}"
    # Keyed by what only the program has: a stolen database has no way to guess at sealed words.
    digest = hmac.digest(caller.secret.encode(), said.encode(), "sha256").hex()
    return Asked(caller.token, key, digest)


def check_sent(request: HttpRequest) -> None:
    """Refuse what is too long, or no JSON, before any of it is read.

    Raises
    ------
    TooLargeError
        If it says that it is longer than any command.
    WrongMediaTypeError
        If it says that it is something else.
    """
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if length.isdigit() and int(length) > BODY_MAX:
        raise TooLargeError(f"a command has at most {BODY_MAX:,} bytes; this one has {length}")
    if request.content_type != JSON:
        met = (request.content_type or "nothing")[:60]
        raise WrongMediaTypeError(f"the Content-Type is {met!r}; wanted {JSON}")
