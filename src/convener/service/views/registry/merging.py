"""Merging a record that is there twice, after a look at what moves; and undoing that."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from convener.base.errors import BadInputError, NotFoundError, WrongStepError
from convener.rules.access import Act
from convener.service.access import actor_of, requires
from convener.service.actions.merging import merge_records, preview, undo_merge
from convener.service.models import Merge, Organisation
from convener.service.registry.record import find_record, record_like
from convener.service.trail import trail
from convener.service.views.registry.asking import Asked, answer
from convener.service.views.registry.forms import MergeForm, ReasonForm, refuse

PAGE = "registry-one"


@requires(Act.MERGE_ORGANISATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, body: int) -> HttpResponse:
    """Ask which record is the same organisation, show what would move, and merge the two."""
    found = find_record(actor_of(request), body)
    form = MergeForm(request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            other = record_like(actor_of(request), given["other"])
            shown = {"other": other, "counts": preview(found, other, timezone.now())}
            if given["sure"]:
                return _merge(request, found, other, given["reason"])
        except (BadInputError, WrongStepError) as error:
            shown = {}
            refuse(form, "other", error)
    context = {
        "form": form,
        "body": found,
        "back": reverse(PAGE, args=[found.pk]),
        "trail": trail(("Organisations", "registry"), here=found.name),
        **shown,
    }
    return render(request, "registry/merge.html", context, status=400 if form.errors else 200)


def _merge(
    request: HttpRequest, found: Organisation, other: Organisation, reason: str
) -> HttpResponse:
    merge_records(
        kept_id=found.pk,
        merged_id=other.pk,
        reason=reason,
        by=actor_of(request),
        at=timezone.now(),
    )
    return HttpResponseRedirect(reverse(PAGE, args=[found.pk]))


@requires(Act.MERGE_ORGANISATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, body: int, row: int) -> HttpResponse:
    """Ask why a merge is undone, and undo it."""
    found = find_record(actor_of(request), body)
    seen = Merge.objects.visible_to(actor_of(request)).filter(kept_organisation=found)
    known = seen.select_related("merged_organisation")
    merged = known.filter(pk=row).first() if row < 2**63 else None
    if merged is None:
        raise NotFoundError(f"no merge of this record has the number {row}")
    form = ReasonForm(request.POST if request.method == "POST" else None)
    return answer(
        request,
        found,
        Asked(form, "registry/unmerge.html", "reason"),
        lambda given: undo_merge(
            merge_id=merged.pk, by=actor_of(request), at=timezone.now(), **given
        ),
        merge=merged,
    )
