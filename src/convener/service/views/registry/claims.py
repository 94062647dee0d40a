"""Claiming a record, taking a claim back, and deciding on claims."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from convener.base.errors import BadInputError, NotFoundError, WrongStepError
from convener.rules.access import Act
from convener.service.access import actor_of, requires
from convener.service.actions.claims import claim_record, decide_claim, withdraw_claim
from convener.service.models import RecordClaim
from convener.service.registry.record import find_record
from convener.service.trail import trail
from convener.service.views.registry.asking import Asked, Sure, answer, confirm
from convener.service.views.registry.forms import AnswerForm, ClaimForm, refuse

DECIDED_SHOWN = 50


@requires(Act.CLAIM_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, body: int) -> HttpResponse:
    """Ask what shows that a record is one's own, and claim it."""
    found = find_record(actor_of(request), body)
    form = ClaimForm(request.POST if request.method == "POST" else None)
    return answer(
        request,
        found,
        Asked(form, "registry/claim.html", "evidence"),
        lambda given: claim_record(
            organisation_id=found.pk, by=actor_of(request), at=timezone.now(), **given
        ),
    )


@requires(Act.DECIDE_CLAIMS)
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """List the claims: those that wait, the first first, then those that were decided."""
    seen = RecordClaim.objects.visible_to(actor_of(request)).select_related("organisation", "user")
    context = {
        "waiting": seen.waiting(),
        "decided": seen.exclude(step="waiting")[:DECIDED_SHOWN],
        "trail": trail(("Organisations", "registry"), here="Claims"),
    }
    return render(request, "registry/claims.html", context)


@requires(Act.DECIDE_CLAIMS)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether a claim is approved, in which words, and decide."""
    found = _find(request, number)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            decide_claim(
                claim_id=found.pk,
                is_approved=form.cleaned_data["decision"] == "approve",
                answer=form.cleaned_data["answer"],
                by=actor_of(request),
                at=timezone.now(),
            )
        except (BadInputError, WrongStepError) as error:
            refuse(form, "answer", error)
            status = error.status
        else:
            return HttpResponseRedirect(reverse("registry-claims"))
    context = {
        "form": form,
        "claim": found,
        "trail": trail(("Organisations", "registry"), here="Claim"),
    }
    status = 400 if form.errors and status == 200 else status  # noqa: PLR2004 -- HTTP
    return render(request, "registry/decide.html", context, status=status)


@requires(Act.CLAIM_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, body: int) -> HttpResponse:
    """Ask whether one's own claim to a record is taken back, and take it back."""
    found = find_record(actor_of(request), body)
    sure = Sure("Take your claim back?", "You can claim the record again later.", "Take it back")
    return confirm(
        request,
        found,
        sure,
        lambda: withdraw_claim(organisation_id=found.pk, by=actor_of(request), at=timezone.now()),
    )


def _find(request: HttpRequest, number: int) -> RecordClaim:
    seen = RecordClaim.objects.visible_to(actor_of(request)).select_related("organisation", "user")
    found = seen.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotFoundError(f"no claim has the number {number}")
    return found
