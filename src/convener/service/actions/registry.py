"""Registering organisations, and correcting what a record calls one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from convener.base.identifiers import Identified
from convener.base.kinds import Kind
from convener.rules.access import CLOCK, Act, Actor, check_reaches
from convener.rules.registry import (
    REASON_MIN,
    SOURCE_MAX,
    RecordRefusedError,
    check_kind,
    clean_name,
    said,
)
from convener.service.actions.journal import change, create
from convener.service.actions.matching import match_by_number
from convener.service.actions.private_boxes import make_box
from convener.service.market.data import market_data
from convener.service.models import Identifier, Organisation, OrganisationKind
from convener.service.pointing import Pointer, point_at_like


@dataclass(frozen=True)
class Wanted:
    """What a person says of an organisation when they register it."""

    name: str
    kind: Kind
    source: str
    number: Identified | None = None


class MergedAwayError(RecordRefusedError):
    """The record was merged into another, which is the one to change."""


def lock_body(organisation_id: int, act: Act, by: Actor) -> Organisation:
    """Return an organisation, locked, upon which an actor may do an act.

    Raises
    ------
    RoleNotAllowedError
        If it lies beyond the actor's scope.
    MergedAwayError
        If it was merged into another.
    """
    check_reaches(by.role, act, own=by.organisation_id, asked=organisation_id)
    body = Organisation.objects.select_for_update().get(pk=organisation_id)
    if body.merged_into_id is not None:
        raise MergedAwayError(f"{body.name} was merged into another record; change that one")
    return body


@transaction.atomic
def register_record(*, wanted: Wanted, by: Actor, at: datetime) -> Organisation:
    """Register an organisation with its kind and its number; the market's that has it is matched.

    Raises
    ------
    RecordRefusedError
        If it is a person, says no source, or its number is another record's.
    """
    check_kind(wanted.kind)
    source = said(wanted.source, "where this can be seen", most=SOURCE_MAX)
    if wanted.number is not None:
        check_free(wanted.number)
    body = register_organisation(name=wanted.name, at=at, by=by)
    create(
        OrganisationKind,
        {
            "organisation": body,
            "kind": wanted.kind.value,
            "source": source,
            "entered_at": at,
        },
        at=at,
        by=by,
        kind="kind-given",
    )
    if wanted.number is not None:
        write_number(body, wanted.number, by=by, at=at)
    return match_by_number(body, by=by, at=at)


def check_free(number: Identified) -> None:
    """Refuse a number that another record has.

    Raises
    ------
    RecordRefusedError
        If one has it; the message names it.
    """
    scheme, identifier = number
    found = Identifier.objects.filter(scheme=scheme, identifier=identifier).first()
    if found is not None:
        raise RecordRefusedError(
            f"{found.organisation.name} is registered with the number {identifier} already;"
            " claim that record if it is yours"
        )


def write_number(body: Organisation, number: Identified, *, by: Actor, at: datetime) -> Identifier:
    """Write a number that was read and is free."""
    scheme, identifier = number
    return create(
        Identifier,
        {"organisation": body, "scheme": scheme, "identifier": identifier, "entered_at": at},
        at=at,
        by=by,
        kind="number-added",
    )


@transaction.atomic
def rename_organisation(
    *, organisation_id: int, name: str, reason: str, by: Actor, at: datetime
) -> Organisation:
    """Correct what a record is called; what it was called before stays in its history.

    Raises
    ------
    RecordRefusedError
        If it is called so already, or there is no reason.
    """
    body = lock_body(organisation_id, Act.KEEP_ORGANISATION, by)
    name = clean_name(name)
    words = said(reason, "a reason", least=REASON_MIN)
    if name == body.name:
        raise RecordRefusedError(f"it is called {name} already")
    return change(body, {"name": name}, at=at, by=by, kind="organisation-renamed", words=words)


@transaction.atomic
def register_organisation(
    *, name: str, at: datetime, by: Actor = CLOCK, pointer: Pointer | None = None
) -> Organisation:
    """Register an organisation, and point it to the market's where it is known there.

    Raises
    ------
    RecordRefusedError
        If it has no name, or one that is too long.
    """
    place = (
        {}
        if pointer is None
        else {
            "organisation_key": pointer.key,
            "spelling_key": str(pointer.spelling),
            "matched_because": "the record was made from the market's list",
        }
    )
    found = create(
        Organisation,
        {"name": clean_name(name), "registered_at": at, **place},
        at=at,
        by=by,
        kind="organisation-registered",
    )
    make_box(found)
    return found


def organisation_like(text: str, *, at: datetime, by: Actor = CLOCK) -> Organisation:
    """Return the record of a name or a number: ours, or else the market's, registered now.

    Raises
    ------
    BadInputError
        If it leads to none, or to several.
    """
    ours = list(Organisation.objects.standing().filter(name__iexact=text.strip())[:2])
    if len(ours) == 1:
        return ours[0]
    return organisation_at(point_at_like(market_data(), text), at=at, by=by)


def organisation_at(pointer: Pointer, *, at: datetime, by: Actor = CLOCK) -> Organisation:
    """Return the record of a market's organisation; registered now where there is none."""
    found = Organisation.objects.standing().filter(organisation_key=pointer.key).first()
    return found or register_organisation(name=pointer.name, at=at, by=by, pointer=pointer)
