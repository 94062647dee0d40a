"""Whether the service is up, and whether it can answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from convener.rules.access import Act
from convener.service.access import requires
from convener.service.actions.heads import NOTHING, heads_path
from convener.service.keepable import open_to_all
from convener.service.readiness import standing


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
    """Say whether each part that pages need answers, and what should be looked at soon."""
    found = standing(at=timezone.now())
    body = {
        "status": "ready" if found.is_ready else "not ready",
        **found.parts,
        "journal_verified_at": found.verified_at,
        "warnings": list(found.warnings),
    }
    return JsonResponse(body, status=200 if found.is_ready else 503)


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def heads(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001 -- a view
    """Give the published heads of the journal, for whoever keeps them to compare."""
    path = heads_path()
    try:
        file = path.read_bytes()
    except FileNotFoundError:
        return open_to_all(JsonResponse(NOTHING))
    named = {"Content-Disposition": f'inline; filename="{path.name}"'}
    return open_to_all(HttpResponse(file, content_type="application/json", headers=named))
