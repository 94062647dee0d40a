"""Whether the service is up, and whether it can answer."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from convener.base.errors import ConvenerError
from convener.rules.access import Act
from convener.service.access import requires
from convener.service.market.data import market_data


@requires(Act.CHECK_HEALTH)
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 -- a view
    """Say that the process runs; it asks nothing of anything else."""
    return JsonResponse({"status": "up"})


@requires(Act.CHECK_HEALTH)
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 -- a view
    """Say whether the database and the market store answer."""
    parts = {"database": _answers(_ask_database), "market": _answers(market_data)}
    is_ready = all(parts.values())
    body = {"status": "ready" if is_ready else "not ready", **parts}
    return JsonResponse(body, status=200 if is_ready else 503)


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (DatabaseError, ConvenerError, OSError):
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
