"""Correcting the record: saved first, then published to the data floor and into the figures.

What a person decided is in the database, for good. The data floor reads it from
``decisions.parquet``, which is written anew whenever it changes, and again and again gives the
same organisations. A correction is in the figures once the store was derived after it; until then
it waits, and the next load or the next correction takes it along.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import close_old_connections, transaction

from convener.base.errors import ConvenerError
from convener.data.loading import Finish, rederive
from convener.data.organisations.decisions import Decision, DecisionKind, Subject, write
from convener.data.store import Store, StoreBusyError
from convener.measures.keeping import finish_load
from convener.rules.access import Actor, Role
from convener.rules.corrections import check_may_undo, check_not_contradicted, check_proposal
from convener.service.actions.following import follow
from convener.service.actions.journal import change, create
from convener.service.actions.watching import tell_watchers
from convener.service.market.data import market_data
from convener.service.models import Correction
from convener.service.proposing import Wanted, describe, link_of
from convener.service.registry.published import digest_of, register_decisions

OWNERS_TAKEN_UP = "owners.taken-up"  # beside the store: which owners the figures rest on
QUICK_ROWS = 200_000  # a store of fewer rows is derived anew while the person waits

log = logging.getLogger(__name__)


def make_correction(
    *, wanted: Wanted, reason: str, by: Actor, at: datetime, request_id: int | None = None
) -> Correction:
    """Save a correction, and put it into the figures unless a load is running.

    Raises
    ------
    CorrectionRefusedError
        If it means nothing, or nothing new.
    ContradictedError
        If another correction says the opposite.
    """
    made = save_correction(wanted=wanted, reason=reason, by=by, at=at, request_id=request_id)
    apply_corrections(at=at)
    made.refresh_from_db()
    return made


def save_correction(
    *, wanted: Wanted, reason: str, by: Actor, at: datetime, request_id: int | None = None
) -> Correction:
    """Save a correction; it waits until `apply_corrections` puts it into the figures."""
    draft = describe(market_data(), wanted)
    with transaction.atomic():
        standing = list(Correction.objects.standing().select_for_update())
        check_proposal(draft.proposal(reason))
        check_not_contradicted(wanted.what, draft.pairs, [link_of(each) for each in standing])
        return create(
            Correction,
            {
                **draft.columns,
                "reason": reason.strip(),
                "request_id": request_id,
                "made_at": at,
                "made_by_id": by.user_id,
                "made_as": by.role.value,
            },
            at=at,
            by=by,
            kind="correction-made",
        )


def undo_correction(*, correction_id: int, reason: str, by: Actor, at: datetime) -> Correction:
    """Undo a correction: it stays, with who undid it and why, and leaves the figures.

    Raises
    ------
    WrongStepError
        If it is undone already.
    CorrectionRefusedError
        If there is no reason.
    """
    found = save_undoing(correction_id=correction_id, reason=reason, by=by, at=at)
    apply_corrections(at=at)
    found.refresh_from_db()
    return found


@transaction.atomic
def save_undoing(*, correction_id: int, reason: str, by: Actor, at: datetime) -> Correction:
    """Save that a correction is undone; the figures follow when they are derived."""
    found = Correction.objects.select_for_update().get(pk=correction_id)
    check_may_undo(is_undone=found.is_undone, reason=reason)
    return change(
        found,
        {
            "undone_at": at,
            "undone_by_id": by.user_id,
            "undone_as": by.role.value,
            "undone_reason": reason.strip(),
        },
        at=at,
        by=by,
        kind="correction-undone",
    )


# --- Into the figures -----------------------------------------------------------------------


def apply_corrections(*, at: datetime, patiently: bool = False) -> bool:
    """Publish what is decided, and derive the store anew where anything waits for it.

    Returns whether nothing waits any more. A large store is derived beside the request, unless
    whoever asks is patient, as a command is. A store that is being loaded, or cannot be written,
    leaves what was saved waiting.
    """
    store = market_data().store
    if not is_waiting(store, _publish(store)):
        return True
    if patiently:
        return _take_up(store, at, finish=finish_load)
    if not _is_quick(store):
        beside(lambda: _take_up_and_tell(store, at))
        return False
    is_done = _take_up(store, at)
    beside(lambda: _tell_and_finish(store, at))  # pages compute until then
    return is_done


def _take_up_and_tell(store: Store, at: datetime) -> None:
    """Put a large store's figures right, then tell who watches an owner what it changed."""
    if _take_up(store, at, finish=finish_load):
        tell_watchers(at=at)


def _tell_and_finish(store: Store, at: datetime) -> None:
    """Tell who watches an owner what was changed, then keep the figures for the pages."""
    try:
        tell_watchers(at=at)
    finally:
        _derive(store, at, finish=finish_load)


def after_load(*, at: datetime) -> int:
    """Take up corrections that waited, follow organisations that moved, tell those who watch."""
    apply_corrections(at=at, patiently=True)
    follow(market_data(), at=at)
    return tell_watchers(at=at)


def beside(work: Callable[[], object]) -> None:
    """Do some work beside the request, which does not wait for it."""

    def run() -> None:
        try:
            work()
        finally:
            close_old_connections()

    threading.Thread(target=run, name="corrections", daemon=True).start()


def _is_quick(store: Store) -> bool:
    return sum(sum(one.rows.values()) for one in store.manifest().sources.values()) <= QUICK_ROWS


def _take_up(store: Store, at: datetime, *, finish: Finish | None = None) -> bool:
    """Derive the store until nothing waits: others may correct while it is derived."""
    while is_waiting(store, seen := _publish(store)):
        if not _derive(store, at, finish=finish):
            return False
        _mark(seen, at)
        (store.folder / OWNERS_TAKEN_UP).write_text(seen.owners, encoding="ascii")
        follow(market_data(), at=at)
    return True


def _derive(store: Store, at: datetime, *, finish: Finish | None) -> bool:
    """Say anew who is who; say no where a load is running or the store cannot be written.

    Where nothing is loaded nobody is anyone yet: the first load reads what was decided before.
    """
    if not store.manifest().sources:
        return True
    try:
        rederive(store, at=at, finish=finish)
    except StoreBusyError:
        return False
    except ConvenerError:
        log.exception("the corrections are saved and could not be put into the figures")
        return False
    return True


@dataclass(frozen=True)
class Seen:
    """Which corrections a file of decisions held as standing, and which as undone.

    ``owners`` tells what the register said of owners then from whatever else it may say.
    """

    standing: tuple[int, ...]
    undone: tuple[int, ...]
    owners: str


def _publish(store: Store) -> Seen:
    """Write the decisions that the data floor reads: all that is saved, one writer at a time."""
    with _alone(store):
        rows = list(Correction.objects.order_by("made_at", "pk"))
        ended = _superseded(rows)
        found = [one for row in rows for one in decisions(row, ended_at=ended.get(row.pk))]
        owners = list(register_decisions(_owner_corrected(rows)))
        write(store.folder / "decisions.parquet", [*found, *owners])
    return Seen(
        tuple(row.pk for row in rows if not row.is_undone),
        tuple(row.pk for row in rows if row.is_undone),
        digest_of(owners),
    )


def owners_wait() -> bool:
    """Say whether the market's figures lack what the register says of owners now."""
    rows = list(Correction.objects.order_by("made_at", "pk"))
    now = digest_of(list(register_decisions(_owner_corrected(rows))))
    return _owners_known(market_data().store) != now


def is_waiting(store: Store, seen: Seen) -> bool:
    """Say whether the figures lack a correction, or what the register says of owners now."""
    return _owners_known(store) != seen.owners or Correction.objects.waiting().exists()


def _owners_known(store: Store) -> str:
    """Return which owners the figures rest on; none where none were ever taken up."""
    taken_up = store.folder / OWNERS_TAKEN_UP
    return taken_up.read_text(encoding="ascii") if taken_up.exists() else digest_of([])


def _owner_corrected(rows: Iterable[Correction]) -> frozenset[int]:
    return frozenset(
        row.organisation_key
        for row in rows
        if row.kind == DecisionKind.OWNER and not row.is_undone
    )


def _superseded(rows: Iterable[Correction]) -> dict[int, datetime]:
    """Return when a later owner of the same organisation took the place of an earlier one.

    Undoing the later one brings the earlier one back.
    """
    ended: dict[int, datetime] = {}
    last: dict[int, Correction] = {}
    for row in rows:
        if row.kind == DecisionKind.OWNER and not row.is_undone:
            if (earlier := last.get(row.organisation_key)) is not None:
                ended[earlier.pk] = row.made_at
            last[row.organisation_key] = row
    return ended


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    store.folder.mkdir(parents=True, exist_ok=True)
    with (store.folder / "decisions.lock").open("a+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _mark(seen: Seen, at: datetime) -> None:
    with transaction.atomic():
        Correction.objects.filter(pk__in=seen.standing, applied_at=None).update(applied_at=at)
        Correction.objects.filter(pk__in=seen.undone, undo_applied_at=None).update(
            undo_applied_at=at
        )


def decisions(correction: Correction, *, ended_at: datetime | None = None) -> Iterator[Decision]:
    """Give a correction as the data floor reads it: one decision a pair, signed by role alone."""
    others: list[dict[str, Any] | None] = [*correction.others] or [None]
    for number, other in enumerate(others):
        yield Decision(
            decision_id=f"{correction.pk}-{number}",
            kind=DecisionKind(correction.kind),
            subject=Subject(**correction.subject),
            reason=correction.reason,
            by=Role(correction.made_as).label,
            at=correction.made_at,
            other=None if other is None else Subject(**other),
            value=correction.value or None,
            undone_at=correction.undone_at or ended_at,
        )
