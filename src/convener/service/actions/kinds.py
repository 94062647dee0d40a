"""What an organisation is, from a day until another, and who says so."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from convener.base.kinds import Kind
from convener.rules.access import Act, Actor
from convener.rules.registry import (
    SOURCE_MAX,
    RecordRefusedError,
    check_days,
    check_kind,
    said,
)
from convener.service.actions.journal import change, create, remove
from convener.service.actions.registry import lock_body
from convener.service.models import OrganisationKind


@transaction.atomic
def give_kind(
    *,
    organisation_id: int,
    kind: Kind,
    from_on: date | None,
    source: str,
    by: Actor,
    at: datetime,
) -> OrganisationKind:
    """Say what an organisation is from a day on; what it was until then ends that day.

    Raises
    ------
    RecordRefusedError
        If it is of that kind already, or of another one from that day or a later one.
    """
    body = lock_body(organisation_id, Act.KEEP_ORGANISATION, by)
    check_kind(kind)
    check_days(from_on, None, "a kind")
    source = said(source, "where this can be seen", most=SOURCE_MAX)
    last = _last(body.pk)
    if last is not None:
        _check_follows(last, kind, from_on)
        change(last, {"to_on": from_on}, at=at, by=by, kind="kind-ended")
    return create(
        OrganisationKind,
        {
            "organisation": body,
            "kind": kind.value,
            "from_on": from_on,
            "source": source,
            "entered_at": at,
        },
        at=at,
        by=by,
        kind="kind-given",
    )


def _last(organisation_id: int) -> OrganisationKind | None:
    """Return the kind that still holds, locked; there is one at most."""
    rows = OrganisationKind.objects.select_for_update().filter(
        organisation=organisation_id, to_on=None
    )
    return rows.first()


def _check_follows(last: OrganisationKind, kind: Kind, from_on: date | None) -> None:
    label = Kind(last.kind).label
    if last.kind == kind:
        raise RecordRefusedError(f"it is held to be {label} already")
    if from_on is None:
        raise RecordRefusedError(f"it is {label} now; say from which day it is something else")
    if last.from_on is not None and from_on <= last.from_on:
        raise RecordRefusedError(
            f"it is {label} from {last.from_on} on; what follows begins later than that"
        )


@transaction.atomic
def take_kind_back(*, kind_id: int, by: Actor, at: datetime) -> None:
    """Take back the last kind, entered by mistake; the one before it holds again."""
    found = OrganisationKind.objects.get(pk=kind_id)
    body = lock_body(found.organisation_id, Act.KEEP_ORGANISATION, by)
    last = _last(body.pk)
    if last is None or last.pk != kind_id:
        raise RecordRefusedError("only the last kind can be taken back; the others are history")
    before = (
        OrganisationKind.objects.select_for_update()
        .filter(organisation=body, to_on=last.from_on, to_on__isnull=False)
        .first()
    )
    remove(last, at=at, by=by, kind="kind-taken-back")
    if before is not None:
        change(before, {"to_on": None}, at=at, by=by, kind="kind-resumed")
