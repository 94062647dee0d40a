"""The OpenAPI document: what ninja writes of the operations, and what holds for all of them."""

from __future__ import annotations

from functools import cache
from typing import Any

from convener.service.api.frame import PREFIX, api

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
_REFUSALS = {
    "400": "The question cannot be answered as it is put",
    "404": "There is no such thing",
    "503": "Busy: ask again in a while",
}


@cache
def document() -> dict[str, Any]:
    """Return the document of the whole API, once every operation is registered."""
    found = dict(api.get_openapi_schema(path_prefix=PREFIX))
    found["paths"] = {
        address: {"get": _told(methods["get"])} for address, methods in found["paths"].items()
    }
    found["components"]["schemas"]["Problem"] = PROBLEM
    return found


def _told(operation: dict[str, Any]) -> dict[str, Any]:
    """Add to an operation the answers that every operation can give."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answers = {str(status): told for status, told in operation["responses"].items()}
    answers["304"] = {"description": "What the asker has is what there is"}
    answers |= {
        status: {"description": says, "content": content} for status, says in _REFUSALS.items()
    }
    return {**operation, "responses": answers}


@cache
def words_of(key: str) -> frozenset[str]:
    """Return the words that the query of an operation may have."""
    return frozenset(
        parameter["name"]
        for methods in document()["paths"].values()
        for parameter in methods["get"]["parameters"]
        if methods["get"]["operationId"] == key and parameter["in"] == "query"
    )
