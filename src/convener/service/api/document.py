"""The OpenAPI document: what ninja writes of the operations, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from convener.rules.access import Role, may
from convener.service.api.frame import GIVEN, OPERATIONS, PREFIX, Told, api

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong, as RFC 9457 describes.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what was met and what was wanted"},
        "nearby": {"type": "array", "description": "what lies near what was asked for"},
    },
}
TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token that a member made at /account/tokens/. It acts in that member's"
    " role, and can do what was chosen for it and no more.",
}
_REFUSALS = {
    "400": "The question cannot be answered as it is put",
    "401": "The token lets nobody in, or one is wanted and none came",
    "404": "There is no such thing",
    "429": "The token read, or gave commands, as often as a minute allows",
    "503": "Busy: ask again in a while",
}
_OF_OWN = {"403": "The role may not do it, or the token was not made for it"}
_OF_COMMANDS = {
    "409": "It cannot be done as things stand, or was done already long ago",
    "413": "It is longer than a command can be",
    "415": "It is no JSON",
    "422": "The Idempotency-Key came before, with another command",
}


@cache
def document() -> dict[str, Any]:
    """Return the document of the whole API, once every operation is registered."""
    found = dict(api.get_openapi_schema(path_prefix=PREFIX))
    found["paths"] = {
        address: {method: _told(operation) for method, operation in methods.items()}
        for address, methods in sorted(found["paths"].items(), key=_is_command)
        for methods in [{one: methods[one] for one in ("get", "post") if one in methods}]
    }
    found["components"]["schemas"]["Problem"] = PROBLEM
    found["components"]["securitySchemes"] = {"token": TOKEN}
    return found


def _is_command(path: tuple[str, dict[str, Any]]) -> bool:
    """Say whether an address is sent to; those that are read come before."""
    return "post" in path[1]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give each operation with its address and its method."""
    for address, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield address, method, operation


def told_of(operation_id: str) -> Told:
    """Return what routing knows of an operation."""
    return OPERATIONS[f"api-{operation_id}"]


def _told(operation: dict[str, Any]) -> dict[str, Any]:
    """Add to an operation who may ask, and the answers that every such operation can give."""
    told = told_of(operation["operationId"])
    refusals = _REFUSALS | (_OF_OWN if told.is_own else {})
    answers = {str(status): said for status, said in operation["responses"].items()}
    if told.methods == GIVEN:
        refusals |= _OF_COMMANDS
    elif not told.is_own:
        answers["304"] = {"description": "What the asker has is what there is"}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answers |= {
        status: {"description": says, "content": content} for status, says in refusals.items()
    }
    return {**operation, "responses": answers, **_security(told)}


def _security(told: Told) -> dict[str, Any]:
    if not told.is_own:
        return {}
    is_open = may(Role.VISITOR, told.act)
    return {"security": [{}, {"token": []}] if is_open else [{"token": []}]}


@cache
def words_of(key: str) -> frozenset[str]:
    """Return the words that the query of an operation may have."""
    return frozenset(
        parameter["name"]
        for _, _, operation in operations()
        for parameter in operation["parameters"]
        if operation["operationId"] == key and parameter["in"] == "query"
    )
