"""Two records of one organisation made one, and that undone: every row that moved goes back.

What moves is told row by row, in the journal and in the merge itself. What an organisation keeps
in its private box stays in its own record, where nobody reaches it until the merge is undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet

from convener.data.organisations.decisions import DecisionKind
from convener.rules.access import Act, Actor, check_may
from convener.rules.merging import (
    MergeRefusedError,
    Plan,
    Side,
    Stake,
    check_may_undo,
    decide_merge,
)
from convener.rules.registry import REASON_MIN, said
from convener.service.actions.corrections import apply_corrections
from convener.service.actions.documents import content_of, sealed
from convener.service.actions.journal import change, create
from convener.service.actions.ownership import held
from convener.service.models import (
    Correction,
    Document,
    Holding,
    Identifier,
    Interest,
    Invitation,
    Membership,
    Merge,
    Organisation,
    OrganisationKind,
    RecordClaim,
    StandingAnswer,
    Stream,
    YearlyAccounts,
)
from convener.service.models.journal import Journalled, stream_of

ROWS, MATCH = "rows", "match"  # what `Merge.moved` holds
SEALED: tuple[type[Journalled], ...] = (YearlyAccounts, StandingAnswer, Document)
# Of these nothing that moved may be gone when a merge is undone: others rely on them.
RELIED_ON = frozenset({"identifier", "organisationkind", "holding"})
UNMATCHED = {"organisation_key": None, "spelling_key": "", "matched_because": ""}


@dataclass(frozen=True)
class Moving:
    """Rows of one model of which one field leads from one record to another."""

    model: type[Journalled]
    field: str
    rows: QuerySet[Any]

    @property
    def name(self) -> str:
        return f"{self.model.journal_name()}.{self.field}"


def preview(kept: Organisation, merged: Organisation, at: datetime) -> dict[str, int]:
    """Return how many rows of each sort a merge would move.

    Raises
    ------
    MergeRefusedError
        If the two cannot be merged.
    """
    plan = _plan(kept, merged, at)
    counts: dict[str, int] = {}
    for moving in _moving(merged, plan, at):
        label = str(moving.model._meta.verbose_name)  # noqa: SLF001 -- how Django tells of a model
        counts[label] = counts.get(label, 0) + moving.rows.count()
    return {label: count for label, count in counts.items() if count}


def merge_records(*, kept_id: int, merged_id: int, reason: str, by: Actor, at: datetime) -> Merge:
    """Make two records one: what hangs on the second hangs on the first from then on.

    Raises
    ------
    MergeRefusedError
        If the two cannot be merged; the message says what stands in the way.
    RecordRefusedError
        If there is no reason.
    """
    made = save_merge(kept_id=kept_id, merged_id=merged_id, reason=reason, by=by, at=at)
    apply_corrections(at=at)
    return made


@transaction.atomic
def save_merge(*, kept_id: int, merged_id: int, reason: str, by: Actor, at: datetime) -> Merge:
    """Save that two records are one; the figures follow when they are derived."""
    check_may(by.role, Act.MERGE_ORGANISATIONS)
    kept, merged = _locked(kept_id, merged_id)
    plan = _plan(kept, merged, at)
    words = said(reason, "a reason", least=REASON_MIN)
    moved = {
        moving.name: [_move(row, moving.field, kept, by, at) for row in moving.rows]
        for moving in _moving(merged, plan, at)
    }
    if plan.takes_match:
        match = {name: getattr(merged, name) for name in UNMATCHED}
        change(kept, match, at=at, by=by, kind="organisation-matched")
    change(merged, {"merged_into": kept}, at=at, by=by, kind="record-merged")
    return create(
        Merge,
        {
            "kept_organisation": kept,
            "merged_organisation": merged,
            "moved": {
                ROWS: {name: rows for name, rows in moved.items() if rows},
                MATCH: plan.takes_match,
            },
            "reason": words,
            "merged_at": at,
        },
        at=at,
        by=by,
        kind="records-merged",
    )


def undo_merge(*, merge_id: int, reason: str, by: Actor, at: datetime) -> Merge:
    """Undo a merge: every row that it moved goes back; what was entered since stays.

    Raises
    ------
    UndoRefusedError
        If it is undone, or something changed since that could not be given back.
    RecordRefusedError
        If there is no reason.
    """
    found = save_undoing(merge_id=merge_id, reason=reason, by=by, at=at)
    apply_corrections(at=at)
    return found


@transaction.atomic
def save_undoing(*, merge_id: int, reason: str, by: Actor, at: datetime) -> Merge:
    """Save that a merge is undone; the figures follow when they are derived."""
    check_may(by.role, Act.MERGE_ORGANISATIONS)
    found = Merge.objects.select_for_update().get(pk=merge_id)
    kept, merged = _locked(found.kept_organisation_id, found.merged_organisation_id)
    rows = _moved_rows(found)
    check_may_undo(
        is_undone=found.undone_at is not None,
        kept_name=kept.name,
        is_kept_merged=kept.merged_into_id is not None,
        changed=list(_changed(found, kept, merged, rows)),
    )
    words = said(reason, "a reason", least=REASON_MIN)
    change(merged, {"merged_into": None}, at=at, by=by, kind="merge-undone")
    for name, there in rows.items():
        for row in there.values():
            _move(row, name.partition(".")[2], merged, by, at)
    if found.moved[MATCH] and kept.spelling_key == merged.spelling_key:
        change(kept, UNMATCHED, at=at, by=by, kind="match-ended")
    values = {"undone_at": at, "undone_reason": words}
    return change(found, values, at=at, by=by, kind="merge-undone")


def _locked(kept_id: int, merged_id: int) -> tuple[Organisation, Organisation]:
    """Return two records, locked with every stream that tells of what may move, in one order."""
    pair = {kept_id, merged_id}
    rows = Organisation.objects.select_for_update().filter(pk__in=pair).order_by("pk")
    found = {row.pk: row for row in rows}
    if kept_id == merged_id or len(found) < len(pair):
        raise MergeRefusedError("a merge takes two records; choose another")
    owned = Holding.objects.filter(owner__in=pair).values_list("organisation", flat=True)
    names = {stream_of(number) for number in (*pair, *owned)}
    list(Stream.objects.select_for_update().filter(name__in=names).order_by("name"))
    return found[kept_id], found[merged_id]


# --- What may be merged ---------------------------------------------------------------------


def _plan(kept: Organisation, merged: Organisation, at: datetime) -> Plan:
    return decide_merge(
        _side(kept, at),
        _side(merged, at),
        list(_stakes(kept.pk, merged.pk)),
        are_different=_are_different(kept, merged),
    )


def _side(body: Organisation, at: datetime) -> Side:
    people = Membership.objects.standing(at).filter(organisation=body).count()
    invited = Invitation.objects.open_at(at).filter(organisation=body).count()
    return Side(
        number=body.pk,
        name=body.name,
        is_merged=body.merged_into_id is not None,
        people=people + invited,
        sealed=sum(model.objects.filter(organisation=body).count() for model in SEALED),
        claims=RecordClaim.objects.waiting().filter(organisation=body).count(),
        kinds=OrganisationKind.objects.filter(organisation=body).count(),
        market_key=body.organisation_key,
    )


def _stakes(kept: int, merged: int) -> Iterator[Stake]:
    pair = {kept, merged}
    owned = Holding.objects.filter(owner__in=pair).values("organisation")
    rows = Holding.objects.filter(Q(organisation__in=pair) | Q(organisation__in=owned))
    for row in rows.order_by("pk"):
        yield Stake(row.organisation_id, held(row))


def _are_different(kept: Organisation, merged: Organisation) -> bool:
    both = (kept.organisation_key, merged.organisation_key)
    keys = [key for key in both if key is not None]
    parted = Correction.objects.standing().filter(kind=DecisionKind.DIFFERENT)
    return parted.filter(organisation_key__in=keys, other_key__in=keys).exists()


# --- What moves -----------------------------------------------------------------------------


def _moving(merged: Organisation, plan: Plan, at: datetime) -> Iterator[Moving]:
    """Give the rows that move, in an order that is always the same."""
    every: Iterable[type[Journalled]] = (Identifier, Holding, Interest, *SEALED)
    for model in every:
        yield _of(model, "organisation", model.objects.filter(organisation=merged))
    yield _of(Holding, "owner", Holding.objects.filter(owner=merged))
    if plan.moves_kinds:
        yield _of(
            OrganisationKind,
            "organisation",
            OrganisationKind.objects.filter(organisation=merged),
        )
    members = Membership.objects.standing(at).filter(organisation=merged)
    yield _of(Membership, "organisation", members)
    invited = Invitation.objects.open_at(at).filter(organisation=merged)
    yield _of(Invitation, "organisation", invited)


def _of(model: type[Journalled], field: str, rows: QuerySet[Any]) -> Moving:
    return Moving(model, field, rows.order_by("pk"))


def _move(row: Journalled, field: str, to: Organisation, by: Actor, at: datetime) -> int:
    """Lead a row to another record; what is sealed for the one is sealed for the other instead."""
    values: dict[str, Any] = {field: to}
    if isinstance(row, Document):
        values |= sealed(to.key_name, content_of(row))
    change(row, values, at=at, by=by, kind="moved-by-merge")
    return int(row.pk)


# --- Whether it can be undone ---------------------------------------------------------------


def _moved_rows(found: Merge) -> dict[str, dict[int, Any]]:
    """Return the rows that a merge moved and that are there still, locked."""
    rows: dict[str, dict[int, Any]] = {}
    moved: Mapping[str, list[int]] = found.moved[ROWS]
    for name, numbers in moved.items():
        model: Any = apps.get_model("convener", name.partition(".")[0])
        there = model.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
        rows[name] = {row.pk: row for row in there}
    return rows


def _changed(
    found: Merge, kept: Organisation, merged: Organisation, rows: Mapping[str, Mapping[int, Any]]
) -> Iterator[str]:
    """Give, in words, what was changed since a merge and could not be given back."""
    for name, numbers in found.moved[ROWS].items():
        subject, _, field = name.partition(".")
        gone = [number for number in numbers if number not in rows[name]]
        if subject in RELIED_ON:
            yield from (f"the {_called(subject)} {number} was taken back" for number in gone)
        for number, row in rows[name].items():
            if getattr(row, f"{field}_id") != kept.pk:
                yield f"the {_called(subject)} {number} was moved to another record"
    kinds = found.moved[ROWS].get("organisationkind.organisation")
    given = OrganisationKind.objects.filter(organisation=kept).exclude(pk__in=kinds or ())
    if kinds and given.exists():
        yield f"{kept.name} was said to be of another kind"
    if merged.organisation_key is not None:
        same = Organisation.objects.standing().filter(organisation_key=merged.organisation_key)
        yield from (
            f"{other.name} was matched with the market's organisation of {merged.name}"
            for other in same.exclude(pk__in=(kept.pk, merged.pk))
        )


def _called(subject: str) -> str:
    return str(apps.get_model("convener", subject)._meta.verbose_name)  # noqa: SLF001 -- as above
