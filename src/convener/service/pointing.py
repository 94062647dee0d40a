"""Points a row at an organisation of the store, and finds it again after its key has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from convener.base.errors import BadInputError
from convener.measures.lists.spellings import (
    find_organisation,
    organisations_like,
    organisations_of,
    surest_spelling,
)
from convener.service.market.data import MarketData
from convener.service.models import User
from convener.service.models.pointing import NAME_LENGTH, PointsToOrganisation


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


def follow(data: MarketData) -> int:
    """Point every row at the organisation that its spelling stands for now; return how many moved.

    A row whose spelling is no longer in the store stays as it is: the source may come back.
    """
    rows = list(_pointing_rows())
    with data.cursor() as cursor:
        now = organisations_of(cursor, {int(row.spelling_key) for row in rows})
    found = [(row, now.get(int(row.spelling_key))) for row in rows]
    return sum(_move(row, *place) for row, place in found if place is not None)


def _pointing_rows() -> Iterator[Any]:
    """Give every row that points to an organisation."""
    models: tuple[Any, ...] = (*PointsToOrganisation.__subclasses__(), User)
    for model in models:
        yield from model.objects.exclude(spelling_key="")


def _move(row: Any, key: int, name: str) -> bool:  # noqa: ANN401 -- rows of several models
    name = name[:NAME_LENGTH]
    if (row.organisation_key, row.organisation_name) == (key, name):
        return False
    row.organisation_key, row.organisation_name = key, name
    try:
        with transaction.atomic():
            row.save(update_fields=["organisation_key", "organisation_name"])
    except IntegrityError:  # two owners whom one person watches are found to be one
        row.delete()
    return True
