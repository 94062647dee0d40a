"""Records that were made one, and what merging two would move."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Schema

from convener.rules.access import Act
from convener.service.actions.merging import preview
from convener.service.api.calling import caller_of
from convener.service.api.frame import operation
from convener.service.api.given import numbered
from convener.service.api.paging import Asked, Page, page_of
from convener.service.api.records import OfRecord
from convener.service.models import Merge
from convener.service.registry.record import find_record, merges_of


class MergeShown(Schema):
    """A record that was merged into another."""

    number: str
    record: str = Field(description="number of the record that was merged away")
    record_name: str
    merged_at: datetime
    reason: str


class Moved(Schema):
    """How many rows of one sort would move."""

    what: str
    count: int


class Merging(Schema):
    """What merging one record into another would do."""

    kept: str
    kept_name: str
    merged: str
    merged_name: str
    moves: list[Moved]


@operation(
    "registry/{str:record}/merges", Act.SEE_REGISTRY, Page[MergeShown], tag="Register", is_own=True
)
def registry_merges(request: HttpRequest, record: OfRecord, part: Asked) -> dict[str, Any]:
    """List the records that were merged into one and stand so, the last first."""
    actor = caller_of(request).actor
    found = merges_of(find_record(actor, numbered(record)), actor)
    return page_of(request, part, [_merge(one) for one in found])


def _merge(row: Merge) -> dict[str, Any]:
    return {
        "number": str(row.pk),
        "record": str(row.merged_organisation_id),
        "record_name": row.merged_organisation.name,
        "merged_at": row.merged_at,
        "reason": row.reason,
    }


@operation(
    "registry/{str:record}/merging/{str:other}",
    Act.MERGE_ORGANISATIONS,
    Merging,
    tag="Register",
    is_own=True,
)
def registry_merging(
    request: HttpRequest,
    record: OfRecord,
    other: Annotated[str, Path(description="number of the record that would be merged into it")],
) -> dict[str, Any]:
    """Say what merging another record into one would move; nothing is done."""
    actor = caller_of(request).actor
    kept, merged = (find_record(actor, numbered(one)) for one in (record, other))
    counts = preview(kept, merged, timezone.now())
    return {
        "kept": str(kept.pk),
        "kept_name": kept.name,
        "merged": str(merged.pk),
        "merged_name": merged.name,
        "moves": [{"what": what, "count": count} for what, count in counts.items()],
    }
