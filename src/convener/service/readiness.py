"""What must answer before pages can, and what should be looked at before it stops them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, connection, transaction

from convener.base.errors import ConvenerError
from convener.rules.calendars import missing_years
from convener.service.actions.heads import published_at
from convener.service.actions.journal import key_ring
from convener.service.actions.verified import last_verified
from convener.service.keys import ErasedError, KeyLostError
from convener.service.market.data import market_data
from convener.service.models.journal import EventText, Stream

HEADS_LATE = timedelta(days=2)  # they are published daily
VERIFY_LATE = timedelta(days=8)  # once a week is little enough
PROBE = "ready"  # a stream that is never there


@dataclass(frozen=True)
class Standing:
    """Which parts answer, and what is not well though all of them do."""

    parts: Mapping[str, bool]
    warnings: tuple[str, ...]
    verified_at: str | None

    @property
    def is_ready(self) -> bool:
        """Say whether every part answers."""
        return all(self.parts.values())


def standing(*, at: datetime) -> Standing:
    """Ask every part that pages need; nothing that is said here names a person or a value."""
    is_there = _answers(_ask_database)
    parts = {
        "database": is_there,
        "journal": is_there and _answers(_write_journal),
        "keys": is_there and _answers(_open_key),
        "market": _answers(market_data),
    }
    verified = last_verified()
    return Standing(parts, tuple(_warnings(at)), verified.at if verified else None)


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (Error, ConvenerError, OSError):
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1")


def _write_journal() -> None:
    """Begin a stream and take it back: a full disk or a copy that is only read is found so."""
    with transaction.atomic():
        Stream.objects.create(name=PROBE)
        transaction.set_rollback(True)


def _open_key() -> None:
    """Open the key under which something was sealed last, if anything ever was."""
    last = EventText.objects.order_by("-pk").first()
    if last is None:
        return
    ring = key_ring()
    if not ring.folder.is_dir():
        raise KeyLostError("the folder of keys is not here")  # and is not to be made anew
    try:
        ring.found(last.key_name)
    except ErasedError:
        ring.count()


def _warnings(at: datetime) -> Iterator[str]:
    for calendar, year in missing_years(at):
        yield f"the bank holidays of {calendar.label} in {year} are missing"
    published = published_at()
    if published is not None and at - published > HEADS_LATE:
        yield f"the heads of the journal were last published on {published:%Y-%m-%d}"
    verified = last_verified()
    if verified is None:
        return
    if not verified.is_whole:
        yield "the journal was found broken when it was last verified"
    if at - verified.moment > VERIFY_LATE:
        yield f"the journal was last verified on {verified.moment:%Y-%m-%d}"
