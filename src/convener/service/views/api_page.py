"""The page of the API: every operation in words, with an address at which to try it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import duckdb
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.base.kinds import Kind
from convener.measures.publishing.organisations import Cells, list_organisations
from convener.rules.access import Act, Role, may
from convener.service.access import requires, role_of
from convener.service.api.document import document, operations, told_of
from convener.service.market.data import MarketData, market_data
from convener.service.market.listing import markets
from convener.service.trail import trail
from convener.service.words import number, sentence


@requires(Act.SEE_MEASURES)
@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """Describe the API in words: every operation, what it takes and what it gives."""
    tried = _tried(market_data())
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, method, operation in operations():
        told = told_of(operation["operationId"])
        shown = {
            **operation,
            "address": address,
            "method": method.upper(),
            "act": "" if may(Role.VISITOR, told.act) else told.act.value,
            "example": tried.get(operation["operationId"], ""),
            "parameters": [
                *(_parameter(one) for one in operation["parameters"]),
                *_body_words(operation),
            ],
        }
        groups.setdefault(operation["tags"][0], []).append(shown)
    context = {
        "said": document()["info"]["description"].replace("`", "").split("\n\n"),
        "groups": groups,
        "may_make_tokens": may(role_of(request), Act.USE_API_TOKENS),
        "service": request.build_absolute_uri("/").rstrip("/"),
        "trail": trail(("Open data", "open"), here="API"),
    }
    return render(request, "open/api.html", context)


def _tried(data: MarketData) -> dict[str, str]:
    """Return for each operation an address at which what is loaded has something."""
    found = {
        "measures": "/api/measures?limit=5",
        "measures-one": "/api/measures/hhi",
        "sources": "/api/sources",
        "organisations": "/api/organisations?kind=charity&limit=5",
        "markets": "/api/markets?limit=5",
        "figures": "/api/figures?measure=hhi&by=service",
    }
    if data.is_empty:
        return found
    service = next((quote(one.service) for one in markets(data) if one.bases), None)
    if service is not None:
        found["markets-one"] = f"/api/markets/{service}"
        found["markets-table"] = f"/api/markets/{service}/providers?limit=5"
        found["figures"] = f"/api/figures?measure=hhi&by=period&service={service}"
    with data.cursor() as cursor:
        rows = _body(cursor, Kind.CHARITY) or _body(cursor, "")
        ocids = cursor.execute("select ocid from processes limit 1").fetchall()
    for key, name, *_ in rows:
        found["organisations-one"] = f"/api/organisations/{key}"
        found["organisations-table"] = f"/api/organisations/{key}/contracts?limit=5"
        found["search"] = f"/api/search?q={quote(name)}"
    for (ocid,) in ocids:
        found["processes-one"] = f"/api/processes/{quote(ocid)}"
    return found


def _body(cursor: duckdb.DuckDBPyConnection, kind: str) -> list[Cells]:
    """Return one organisation of a kind, where there is one."""
    rows, _ = list_organisations(cursor, text="", kind=kind, limit=1, offset=0)
    return rows


def _body_words(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the body of a command holds, each as a parameter is told of."""
    if "requestBody" not in operation:
        return []
    schemas = document()["components"]["schemas"]
    [content] = operation["requestBody"]["content"].values()
    body = schemas[content["schema"]["$ref"].rpartition("/")[2]]
    needed = body.get("required", [])
    return [
        _parameter({"name": name, "required": name in needed, "schema": schema, **schema})
        for name, schema in body["properties"].items()
    ]


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter in words: what it is, which words it can be, and what it is unsaid."""
    schema = told["schema"]
    options = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    items = [one.get("items", one) for one in options]
    known = [str(word) for one in items for word in one.get("enum", [])]
    usual = schema.get("default")
    parts = [
        told.get("description", schema.get("title", "")),
        f"one of {', '.join(known)}" if known else "",
        f"at most {number(schema['maximum'])}" if "maximum" in schema else "",
        "may stand several times" if schema.get("type") == "array" else "",
        f"{usual} where it is not said" if isinstance(usual, int) or usual else "",
    ]
    return {
        "name": told["name"],
        "required": told["required"],
        "says": sentence("; ".join(part for part in parts if part)),
    }
