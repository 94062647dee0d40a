"""Correcting a record by its own people: its name, its kind, its numbers, and its match."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from convener.base.errors import NotFoundError
from convener.base.kinds import Kind
from convener.rules.access import Act, check_reaches
from convener.rules.registry import KINDS, SCHEMES
from convener.service.access import actor_of, requires
from convener.service.actions.identifiers import (
    add_number,
    end_match,
    match_by_choice,
    remove_number,
)
from convener.service.actions.kinds import give_kind, take_kind_back
from convener.service.actions.registry import rename_organisation
from convener.service.market.data import market_data
from convener.service.models import Identifier, Organisation, OrganisationKind
from convener.service.registry.matching import match_for
from convener.service.registry.record import find_record
from convener.service.views.registry.asking import Asked, Sure, answer, confirm
from convener.service.views.registry.forms import KindForm, MatchForm, NameForm, NumberForm


def kept_record(request: HttpRequest, number: int) -> Organisation:
    """Return a record that whoever asks may change.

    Raises
    ------
    RoleNotAllowedError
        If it is not theirs to change.
    """
    actor = actor_of(request)
    body = find_record(actor, number)
    check_reaches(actor.role, Act.KEEP_ORGANISATION, own=actor.organisation_id, asked=body.pk)
    return body


@requires(Act.KEEP_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest, body: int) -> HttpResponse:
    """Ask what a record is called and why, and correct it."""
    found = kept_record(request, body)
    form = NameForm(request.POST if request.method == "POST" else None)
    return answer(
        request,
        found,
        Asked(form, "registry/name.html", "name"),
        lambda given: rename_organisation(
            organisation_id=found.pk, by=actor_of(request), at=timezone.now(), **given
        ),
    )


@requires(Act.KEEP_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def kind(request: HttpRequest, body: int) -> HttpResponse:
    """Ask what an organisation is, from when, and who says so."""
    found = kept_record(request, body)
    form = KindForm(request.POST if request.method == "POST" else None)
    return answer(
        request,
        found,
        Asked(form, "registry/kind.html", "from_on"),
        lambda given: give_kind(
            organisation_id=found.pk,
            by=actor_of(request),
            at=timezone.now(),
            **{**given, "kind": Kind(given["kind"])},
        ),
        kinds=KINDS,
    )


@requires(Act.KEEP_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_kind(request: HttpRequest, body: int, row: int) -> HttpResponse:
    """Take back the last kind, entered by mistake."""
    found = kept_record(request, body)
    _check_is_of(OrganisationKind.objects.filter(pk=row, organisation=found).exists())
    sure = Sure(
        "Take this kind back?",
        "It was entered by mistake. What the organisation was before holds again.",
        "Take it back",
    )
    return confirm(
        request,
        found,
        sure,
        lambda: take_kind_back(kind_id=row, by=actor_of(request), at=timezone.now()),
    )


@requires(Act.KEEP_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest, body: int) -> HttpResponse:
    """Ask for a number that a register gave, and match the market's that has it."""
    found = kept_record(request, body)
    form = NumberForm(request.POST if request.method == "POST" else None)
    return answer(
        request,
        found,
        Asked(form, "registry/number.html", "number"),
        lambda given: add_number(
            organisation_id=found.pk,
            scheme=given["scheme"],
            text=given["number"],
            by=actor_of(request),
            at=timezone.now(),
        ),
        schemes=SCHEMES,
    )


@requires(Act.KEEP_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_number(request: HttpRequest, body: int, row: int) -> HttpResponse:
    """Remove a number that is not the organisation's."""
    found = kept_record(request, body)
    _check_is_of(Identifier.objects.filter(pk=row, organisation=found).exists())
    sure = Sure("Remove this number?", "It is not the organisation's.", "Remove it")
    return confirm(
        request,
        found,
        sure,
        lambda: remove_number(identifier_id=row, by=actor_of(request), at=timezone.now()),
    )


@requires(Act.KEEP_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def match(request: HttpRequest, body: int) -> HttpResponse:
    """Ask which of the market's organisations a record is, and match the two."""
    found = kept_record(request, body)
    offered = match_for(market_data(), found)
    form = MatchForm(
        request.POST if request.method == "POST" else None,
        offered=[(str(one.key), one.name) for one in offered.choices],
    )
    return answer(
        request,
        found,
        Asked(form, "registry/match.html", "key"),
        lambda given: match_by_choice(
            organisation_id=found.pk,
            key=int(given["key"]),
            by=actor_of(request),
            at=timezone.now(),
        ),
        offered=offered,
    )


@requires(Act.KEEP_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def unmatch(request: HttpRequest, body: int) -> HttpResponse:
    """Say that a record is not the organisation that it was matched with."""
    found = kept_record(request, body)
    sure = Sure(
        "Is this another organisation?",
        "The record and the market's organisation are parted. Owners entered here no longer"
        " count for it.",
        "Part the two",
    )
    return confirm(
        request,
        found,
        sure,
        lambda: end_match(organisation_id=found.pk, by=actor_of(request), at=timezone.now()),
    )


def _check_is_of(is_of: bool) -> None:  # noqa: FBT001 -- one answer
    if not is_of:
        raise NotFoundError("the record holds no such row")
