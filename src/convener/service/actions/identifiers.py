"""The numbers of an organisation, and which of the market's organisations it is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from convener.rules.access import Act, Actor
from convener.rules.registry import RecordRefusedError, read_identifier
from convener.service.actions.journal import change, remove
from convener.service.actions.matching import match_by_number, match_with
from convener.service.actions.registry import check_free, lock_body, write_number
from convener.service.models import Identifier, Organisation

CHOSEN = "chosen by hand"


@transaction.atomic
def add_number(
    *, organisation_id: int, scheme: str, text: str, by: Actor, at: datetime
) -> Identifier:
    """Add a number that a register gave an organisation; the market's that has it is matched.

    Raises
    ------
    RecordRefusedError
        If it cannot be one of that register, or is another record's.
    """
    body = lock_body(organisation_id, Act.KEEP_ORGANISATION, by)
    number = read_identifier(scheme, text)
    if body.identifiers.filter(scheme=number[0], identifier=number[1]).exists():
        raise RecordRefusedError(f"it has the number {number[1]} already")
    check_free(number)
    added = write_number(body, number, by=by, at=at)
    match_by_number(body, by=by, at=at)
    return added


@transaction.atomic
def remove_number(*, identifier_id: int, by: Actor, at: datetime) -> None:
    """Remove a number that is not the organisation's."""
    found = Identifier.objects.select_for_update().get(pk=identifier_id)
    lock_body(found.organisation_id, Act.KEEP_ORGANISATION, by)
    remove(found, at=at, by=by, kind="number-removed")


@transaction.atomic
def match_by_choice(*, organisation_id: int, key: int, by: Actor, at: datetime) -> Organisation:
    """Match a record with the market's organisation that a person chose.

    Raises
    ------
    RecordRefusedError
        If another record is that one already.
    """
    lock_body(organisation_id, Act.KEEP_ORGANISATION, by)
    return match_with(organisation_id, key, CHOSEN, by=by, at=at)


@transaction.atomic
def end_match(*, organisation_id: int, by: Actor, at: datetime) -> Organisation:
    """Say that a record is not the market's organisation that it was matched with."""
    body = lock_body(organisation_id, Act.KEEP_ORGANISATION, by)
    if body.organisation_key is None:
        raise RecordRefusedError("it is matched with none")
    values = {"organisation_key": None, "spelling_key": "", "matched_because": ""}
    return change(body, values, at=at, by=by, kind="match-ended")
