"""Keeping a record: what it is called, what it is, its numbers, and its match in the market."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Manager

from convener.base.errors import NotFoundError
from convener.base.kinds import Kind
from convener.rules.access import Act, Actor, check_reaches
from convener.service.actions.identifiers import (
    add_number,
    end_match,
    match_by_choice,
    remove_number,
)
from convener.service.actions.kinds import give_kind, take_kind_back
from convener.service.actions.registry import rename_organisation
from convener.service.api.commanding import command, done
from convener.service.api.commands.registering import OfRecord, shown
from convener.service.api.given import Day, Market, Name, Number, Reason, Source, numbered
from convener.service.api.shapes import KindListed
from convener.service.models import Organisation
from convener.service.registry.record import find_record

TAG = "Commands: records"


def kept(by: Actor, record: str) -> Organisation:
    """Return a record that an actor may change.

    Raises
    ------
    NotFoundError
        If there is none that they may see.
    RoleNotAllowedError
        If it is not theirs.
    """
    body = find_record(by, numbered(record))
    check_reaches(by.role, Act.KEEP_ORGANISATION, own=by.organisation_id, asked=body.pk)
    return body


def row_of(rows: Manager[Any], row: str) -> int:
    """Return the number of a row that is one of a record's.

    Raises
    ------
    NotFoundError
        If it is none of them.
    """
    number = numbered(row)
    if not rows.filter(pk=number).exists():
        raise NotFoundError(f"the record holds no such row as {row}")
    return number


class OfName(OfRecord):
    """What a record is called instead, and why."""

    name: Name
    reason: Reason


@command("rename-record", Act.KEEP_ORGANISATION, tag=TAG)
def rename_record(given: OfName, by: Actor, at: datetime) -> dict[str, Any]:
    """Correct what a record is called."""
    body = kept(by, given.record)
    rename_organisation(
        organisation_id=body.pk, name=given.name, reason=given.reason, by=by, at=at
    )
    return done(body.pk, shown(body.pk))


class OfKind(OfRecord):
    """What an organisation is from a day on."""

    kind: KindListed
    source: Source
    from_on: Day | None = None


@command("give-kind", Act.KEEP_ORGANISATION, tag=TAG)
def give_kind_to(given: OfKind, by: Actor, at: datetime) -> dict[str, Any]:
    """Say what an organisation is, from a day on."""
    body = kept(by, given.record)
    made = give_kind(
        organisation_id=body.pk,
        kind=Kind(given.kind),
        from_on=given.from_on,
        source=given.source,
        by=by,
        at=at,
    )
    return done(made.pk, shown(body.pk))


class OfRow(OfRecord):
    """One row of a record."""

    row: Number


@command("take-kind-back", Act.KEEP_ORGANISATION, tag=TAG)
def take_kind_back_of(given: OfRow, by: Actor, at: datetime) -> dict[str, Any]:
    """Take back the last kind of a record, entered by mistake."""
    body = kept(by, given.record)
    row = row_of(body.organisationkinds, given.row)
    take_kind_back(kind_id=row, by=by, at=at)
    return done(row, shown(body.pk))


class OfNumber(OfRecord):
    """A number that a register gave."""

    scheme: Name
    number: Name


@command("add-number", Act.KEEP_ORGANISATION, tag=TAG)
def add_number_to(given: OfNumber, by: Actor, at: datetime) -> dict[str, Any]:
    """Add a number that a register gave; the market's organisation that has it is matched."""
    body = kept(by, given.record)
    made = add_number(
        organisation_id=body.pk, scheme=given.scheme, text=given.number, by=by, at=at
    )
    return done(made.pk, shown(body.pk))


@command("remove-number", Act.KEEP_ORGANISATION, tag=TAG)
def remove_number_of(given: OfRow, by: Actor, at: datetime) -> dict[str, Any]:
    """Remove a number that is not the organisation's."""
    body = kept(by, given.record)
    row = row_of(body.identifiers, given.row)
    remove_number(identifier_id=row, by=by, at=at)
    return done(row, shown(body.pk))


class OfMatch(OfRecord):
    """Which of the market's organisations a record is."""

    organisation: Market


@command("match-record", Act.KEEP_ORGANISATION, tag=TAG)
def match_record(given: OfMatch, by: Actor, at: datetime) -> dict[str, Any]:
    """Match a record with one of the market's organisations."""
    body = kept(by, given.record)
    match_by_choice(organisation_id=body.pk, key=numbered(given.organisation), by=by, at=at)
    return done(body.pk, shown(body.pk))


@command("end-match", Act.KEEP_ORGANISATION, tag=TAG)
def end_match_of(given: OfRecord, by: Actor, at: datetime) -> dict[str, Any]:
    """Part a record from the market's organisation that it was matched with."""
    body = kept(by, given.record)
    end_match(organisation_id=body.pk, by=by, at=at)
    return done(body.pk, shown(body.pk))
