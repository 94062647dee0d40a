"""Who owns an organisation: the shares, their terms, and what follows in the market."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from convener.base.errors import BadInputError, NotFoundError
from convener.rules.access import Act
from convener.service.access import actor_of, requires
from convener.service.actions.ownership import (
    Terms,
    add_holdings,
    end_holding,
    take_holding_back,
)
from convener.service.models import Holding, Organisation
from convener.service.registry.owners import ownership_of
from convener.service.registry.record import find_record, head, record_like
from convener.service.trail import trail
from convener.service.views.registry.asking import Asked, answer
from convener.service.views.registry.forms import EndForm, HoldingForm, ReasonForm
from convener.service.views.registry.keeping import kept_record

PAGE = "registry-ownership"


@requires(Act.SEE_REGISTRY)
@require_safe
def owners(request: HttpRequest, body: int) -> HttpResponse:
    """Show who owns an organisation, in the end too, and what it owns."""
    actor, today = actor_of(request), timezone.localdate()
    found = find_record(actor, body)
    context = {
        **head(found, actor, PAGE, today),
        **ownership_of(found, today),
        "trail": trail(("Organisations", "registry"), here=found.name),
    }
    return render(request, "registry/ownership.html", context)


@requires(Act.KEEP_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, body: int) -> HttpResponse:
    """Ask what one owner holds, from when, and under which terms."""
    found = kept_record(request, body)
    form = HoldingForm(request.POST if request.method == "POST" else None)

    def enter(given: dict[str, Any]) -> None:
        owner = record_like(actor_of(request), given["owner"])
        share = form.share_of("share")
        if share is None:
            raise BadInputError("a share is in percent")
        terms = Terms(
            owner_id=owner.pk,
            share=share,
            has_control=given["has_control"] == "yes",
            profit_share=form.share_of("profit"),
            **{
                name: given[name]
                for name in ("source", "from_on", "to_on", "profit_rule", "exit_terms")
            },
        )
        add_holdings(
            organisation_id=found.pk, terms=[terms], by=actor_of(request), at=timezone.now()
        )

    return answer(request, found, Asked(form, "registry/holding.html", "owner", PAGE), enter)


@requires(Act.KEEP_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, body: int, row: int) -> HttpResponse:
    """Ask until which day an owner held its share."""
    found = kept_record(request, body)
    holding = _holding(found, row)
    form = EndForm(request.POST if request.method == "POST" else None)
    return answer(
        request,
        found,
        Asked(form, "registry/end.html", "to_on", PAGE),
        lambda given: end_holding(
            holding_id=holding.pk, by=actor_of(request), at=timezone.now(), **given
        ),
        holding=holding,
    )


@requires(Act.KEEP_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, body: int, row: int) -> HttpResponse:
    """Ask why a holding is taken back that was entered by mistake."""
    found = kept_record(request, body)
    holding = _holding(found, row)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    return answer(
        request,
        found,
        Asked(form, "registry/take_back.html", "reason", PAGE),
        lambda given: take_holding_back(
            holding_id=holding.pk, by=actor_of(request), at=timezone.now(), **given
        ),
        holding=holding,
    )


def _holding(body: Organisation, row: int) -> Holding:
    rows = Holding.objects.filter(organisation=body).select_related("owner")
    found = rows.filter(pk=row).first() if row < 2**63 else None
    if found is None:
        raise NotFoundError(f"{body.name} has no holding with the number {row}")
    return found
