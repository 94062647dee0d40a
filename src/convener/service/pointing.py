"""Points a row at an organisation of the market store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convener.base.errors import BadInputError
from convener.measures.lists.spellings import (
    find_organisation,
    organisations_like,
    surest_spelling,
)
from convener.rules.access import Actor
from convener.service.market.data import MarketData
from convener.service.models import Organisation
from convener.service.models.pointing import NAME_LENGTH


@dataclass(frozen=True)
class Pointer:
    """An organisation as rows keep it."""

    key: int
    name: str
    spelling: int

    @property
    def columns(self) -> dict[str, Any]:
        """Return the columns of `PointsToOrganisation`."""
        return {
            "organisation_key": self.key,
            "organisation_name": self.name[:NAME_LENGTH],
            "spelling_key": str(self.spelling),
        }


def point_at(data: MarketData, key: int) -> Pointer:
    """Return the pointer to the organisation of a key.

    Raises
    ------
    NotFoundError
        If there is none that may be named.
    """
    with data.cursor() as cursor:
        found = find_organisation(cursor, key)
        return Pointer(found.key, found.name, surest_spelling(cursor, key).key)


def point_at_owner(data: MarketData, key: int) -> Pointer:
    """Return the pointer to the ultimate owner of an organisation: itself where it has none.

    Raises
    ------
    NotFoundError
        If there is no such organisation, or its owner is a person.
    """
    with data.cursor() as cursor:
        found = find_organisation(cursor, key)
    return point_at(data, found.owner_key)


def point_at_like(data: MarketData, text: str) -> Pointer:
    """Return the pointer to the one organisation of a key, a number or a name.

    Raises
    ------
    BadInputError
        If there is none, or several.
    """
    if text.isdigit():
        return point_at(data, int(text))
    with data.cursor() as cursor:
        found = organisations_like(cursor, text)
    exact = [one for one in found if one.name.lower() == text.lower()] or list(found)
    if len(exact) != 1:
        listed = ", ".join(f"{one.name} ({one.key})" for one in exact) or "none"
        raise BadInputError(f"{text!r} should lead to one organisation; it leads to: {listed}")
    return point_at(data, exact[0].key)


def own_key(by: Actor) -> int | None:
    """Return the key of the market's organisation that an actor acts for, if there is one."""
    found = Organisation.objects.filter(pk=by.organisation_id or 0).first()
    return None if found is None else found.organisation_key
