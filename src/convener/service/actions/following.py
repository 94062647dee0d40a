"""Finding the organisations of the store again after a load has changed their keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from convener.measures.lists.spellings import organisations_of
from convener.rules.access import CLOCK
from convener.service.actions.journal import change, remove
from convener.service.market.data import MarketData
from convener.service.models import Organisation
from convener.service.models.journal import Journalled
from convener.service.models.pointing import NAME_LENGTH, PointsToOrganisation

MOVED = "organisation-followed"


def follow(data: MarketData, *, at: datetime) -> int:
    """Point every row at the organisation that its spelling stands for now; return how many moved.

    A row whose spelling is no longer in the store stays as it is: the source may come back.
    """
    rows = list(_pointing_rows())
    with data.cursor() as cursor:
        now = organisations_of(cursor, {int(row.spelling_key) for row in rows})
    found = [(row, now.get(int(row.spelling_key))) for row in rows]
    return sum(_move(row, *place, at) for row, place in found if place is not None)


def _pointing_rows() -> Iterator[Any]:
    """Give every row that points to an organisation."""
    models: tuple[Any, ...] = (*PointsToOrganisation.__subclasses__(), Organisation)
    for model in models:
        yield from model.objects.exclude(spelling_key="")


def _move(row: Any, key: int, name: str, at: datetime) -> bool:  # noqa: ANN401 -- rows of several models
    """Move a row; its own name is kept where it is a record of ours."""
    place: dict[str, int | str] = {"organisation_key": key}
    if isinstance(row, PointsToOrganisation):
        place["organisation_name"] = name[:NAME_LENGTH]
    if all(getattr(row, column) == value for column, value in place.items()):
        return False
    try:
        with transaction.atomic():
            _set(row, place, at)
    except IntegrityError:  # two owners whom one person watches are found to be one
        remove(row, at=at, by=CLOCK, kind=MOVED)
    return True


def _set(row: Any, place: dict[str, Any], at: datetime) -> None:  # noqa: ANN401 -- as above
    if isinstance(row, Journalled):
        change(row, place, at=at, by=CLOCK, kind=MOVED)
        return
    for column, value in place.items():
        setattr(row, column, value)
    row.save(update_fields=list(place))
