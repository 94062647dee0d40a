"""Making two records of one organisation one, and undoing that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from convener.base.errors import NotFoundError
from convener.rules.access import Act, Actor
from convener.service.actions.merging import save_merge, save_undoing
from convener.service.api.commanding import Given, command, done
from convener.service.api.commands.ownership import into_figures
from convener.service.api.commands.registering import shown
from convener.service.api.given import Number, Reason, numbered
from convener.service.models import Merge
from convener.service.registry.record import find_record

TAG = "Commands: merging"


class OfMerge(Given):
    """The record that stays, the one that leads to it from then on, and why."""

    kept: Number
    merged: Number
    reason: Reason


@command("merge-records", Act.MERGE_ORGANISATIONS, tag=TAG, after=into_figures)
def merge_records_of(given: OfMerge, by: Actor, at: datetime) -> dict[str, Any]:
    """Make two records of one organisation one; `/api/registry/…/merging/…` says what moves."""
    kept, merged = (find_record(by, numbered(one)).pk for one in (given.kept, given.merged))
    made = save_merge(kept_id=kept, merged_id=merged, reason=given.reason, by=by, at=at)
    return done(made.pk, f"{shown(kept)}/merges")


class OfUndoneMerge(Given):
    """Which merge is undone, and why."""

    merge: Number
    reason: Reason


@command("undo-merge", Act.MERGE_ORGANISATIONS, tag=TAG, after=into_figures)
def undo_merge_of(given: OfUndoneMerge, by: Actor, at: datetime) -> dict[str, Any]:
    """Undo a merge: every row that it moved goes back."""
    found = Merge.objects.visible_to(by).filter(pk=numbered(given.merge)).first()
    if found is None:
        raise NotFoundError(f"no merge has the number {given.merge}")
    made = save_undoing(merge_id=found.pk, reason=given.reason, by=by, at=at)
    return done(made.pk, shown(made.merged_organisation_id))
