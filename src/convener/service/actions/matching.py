"""Pointing a record at the organisation of the market that it is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from convener.rules.access import Actor
from convener.rules.registry import RecordRefusedError
from convener.service.actions.journal import change
from convener.service.market.data import market_data
from convener.service.models import Organisation
from convener.service.pointing import point_at
from convener.service.registry.matching import match_for


def match_by_number(body: Organisation, *, by: Actor, at: datetime) -> Organisation:
    """Match a record with the market's organisation that has its number.

    It stays unmatched where none has, where several have, or where another record is that one:
    a person decides then.
    """
    if body.organisation_key is not None:
        return body
    match = match_for(market_data(), body)
    if match.key is None or _matched(match.key, body).exists():
        return body
    return match_with(body.pk, match.key, match.because, by=by, at=at)


@transaction.atomic
def match_with(
    organisation_id: int, key: int, because: str, *, by: Actor, at: datetime
) -> Organisation:
    """Point a record at the market's organisation of a key.

    Raises
    ------
    RecordRefusedError
        If another record is that one already.
    """
    pointer = point_at(market_data(), key)
    body = Organisation.objects.select_for_update().get(pk=organisation_id)
    if other := _matched(key, body).first():
        raise RecordRefusedError(
            f"the record {other.name} is matched with it already; a convener can merge the two"
        )
    values = {
        "organisation_key": pointer.key,
        "spelling_key": str(pointer.spelling),
        "matched_because": because,
    }
    return change(body, values, at=at, by=by, kind="organisation-matched")


def _matched(key: int, body: Organisation) -> QuerySet[Organisation]:
    return Organisation.objects.standing().filter(organisation_key=key).exclude(pk=body.pk)
