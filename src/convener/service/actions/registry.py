"""Registering organisations."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from convener.base.errors import BadInputError
from convener.rules.access import CLOCK, Actor
from convener.service.actions.journal import create
from convener.service.actions.private_boxes import make_box
from convener.service.market.data import market_data
from convener.service.models import Organisation
from convener.service.models.pointing import NAME_LENGTH
from convener.service.pointing import Pointer, point_at_like


@transaction.atomic
def register_organisation(
    *, name: str, at: datetime, by: Actor = CLOCK, pointer: Pointer | None = None
) -> Organisation:
    """Register an organisation, and point it to the market's where it is known there.

    Raises
    ------
    BadInputError
        If it has no name, or one that is too long.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise BadInputError(
            f"an organisation's name has 1 to {NAME_LENGTH} characters; this has {len(name)}"
        )
    place = (
        {}
        if pointer is None
        else {"organisation_key": pointer.key, "spelling_key": str(pointer.spelling)}
    )
    found = create(
        Organisation,
        {"name": name, "registered_at": at, **place},
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
