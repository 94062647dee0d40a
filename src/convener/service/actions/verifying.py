"""Checking the record: every chain, every head that was kept, and every row against its events.

It reads alone, at one moment, and holds little: events come in the order of their streams for the
chains, and in the order of their rows for the rows, beside which the tables are read along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from multiprocessing import get_context
from operator import itemgetter

import django

from convener.rules.journal import (
    BrokenChainError,
    Head,
    Plain,
    check_chain,
    check_heads,
    plain,
)
from convener.rules.rebuilding import (
    Blank,
    BrokenRecordError,
    Digested,
    Rebuilt,
    check_row,
    rebuild,
)
from convener.service.actions.journal import digest_of_value, key_ring
from convener.service.fields import journalled_models
from convener.service.keys import ErasedError, Key, KeyLostError, Reading
from convener.service.models.journal import Event, Journalled, Stream
from convener.service.snapshots import one_moment

CHUNK = 5_000
LARGE = 100_000  # events from which a second process is worth starting


class Keys:
    """The keys under which the digests of rows were made."""

    def __init__(self, ring: Reading) -> None:
        self.ring = ring
        self.lost: set[str] = set()

    def find(self, name: str, mark: str) -> Key | None:
        """Return a key, or none where it is gone: dropped on purpose, or lost."""
        try:
            key = self.ring(name)
        except ErasedError:
            return None
        if key is None or key.mark != mark:
            self.lost.add(name)
            return None
        return key

    def check_none_lost(self) -> None:
        """Refuse a record of which a part cannot be checked, though nobody had it erased."""
        if self.lost:
            raise KeyLostError(
                f"{len(self.lost):,} keys are not here, the first {min(self.lost)}:"
                " what was sealed under them can be neither read nor checked"
            )


@dataclass(frozen=True)
class Verified:
    """What was checked, and found whole."""

    streams: int = 0
    events: int = 0
    rows: int = 0
    removed: int = 0
    erased: int = 0  # digests that nobody can compare any more, since their key was dropped


def verify(kept: Iterable[Head] = ()) -> Verified:
    """Check the whole record at one moment.

    Parameters
    ----------
    kept : heads that were kept elsewhere, such as those that were published

    Raises
    ------
    BrokenChainError
        At the first event that is missing, moved, changed or not the one that was kept.
    BrokenRecordError
        At the first row that does not hold what its events tell, or that no event tells of.
    """
    kept = list(kept)
    with one_moment() as moment:
        if moment and Stream.objects.length() >= LARGE:
            chains, rows = _verify_apart(kept, moment)
        else:
            chains, rows = verify_chains(kept), verify_rows()
    return Verified(chains.streams, chains.events, rows.rows, rows.removed, rows.erased)


def _verify_apart(kept: list[Head], moment: str) -> tuple[Verified, Verified]:
    """Check the chains in a process of their own, at the same moment, beside the rows here."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=django.setup) as beside:
        chains = beside.submit(_chains_at, kept, moment)
        try:
            rows = verify_rows()
        finally:
            found = chains.result()  # a broken chain is told of before a row that does not fit
    return found, rows


def _chains_at(kept: list[Head], moment: str) -> Verified:
    with one_moment(moment):
        return verify_chains(kept)


def verify_chains(kept: Iterable[Head] = ()) -> Verified:
    """Check every chain and every head; `verify` has the errors."""
    kept = list(kept)
    found = {head.stream: head for head in check_chain(Event.objects.chained(), kept)}
    heads = [stream.head for stream in Stream.objects.order_by("pk").iterator()]
    check_heads(found, [*heads, *kept])
    for head in heads:
        if found.get(head.stream, head) != head:
            raise BrokenChainError(
                f"{head.stream}: its head says {head.sequence} events;"
                f" there are {found[head.stream].sequence}"
            )
    return Verified(streams=len(found), events=sum(head.sequence for head in found.values()))


def verify_rows() -> Verified:
    """Check every row against its events; `verify` has the errors."""
    with key_ring().reading() as find:
        keys = Keys(find)
        found = _verify_rows(keys)
    keys.check_none_lost()
    return found


def _verify_rows(keys: Keys) -> Verified:
    models = {model.journal_name(): model for model in journalled_models()}
    known = set(Event.objects.order_by().values_list("subject", flat=True).distinct())
    strange = min(known - set(models), default=None)
    if strange is not None:
        raise BrokenRecordError(f"events tell of {strange}, of which nothing is stored")
    each = [_Table(models[name]).check(keys) for name in sorted(models)]
    return Verified(
        rows=sum(one.rows for one in each),
        removed=sum(one.removed for one in each),
        erased=sum(one.erased for one in each),
    )


class _Table:
    """The rows of one model, read beside the events about them in the order of their keys."""

    def __init__(self, model: type[Journalled]) -> None:
        self.model = model
        self.name = model.journal_name()
        self.fields = model.told_fields()
        fields = {field.name: field for field in self.fields}
        self.opened = [name for name in fields if model.kept[name].is_open]
        self.closed = [name for name in fields if name not in self.opened]
        self.fresh = {name: plain(field.get_default()) for name, field in fields.items()}

    def check(self, keys: Keys) -> Verified:
        rows = removed = erased = 0
        for pk, row, told in _beside(self._rows(), self._told()):
            if row is None:
                removed += 1
                self._check_gone(told)
            elif told is None:
                raise BrokenRecordError(f"{self.name} {pk}: no event tells of it")
            else:
                rows += 1
                erased += self._check(row, told, keys)
        return Verified(rows=rows, removed=removed, erased=erased)

    def _rows(self) -> Iterator[tuple[int, Journalled]]:
        for row in self.model.objects.order_by("pk").iterator(CHUNK):
            yield row.pk, row

    def _told(self) -> Iterator[tuple[int, Rebuilt]]:
        events = (
            Event.objects.filter(subject=self.name)
            .order_by("subject_id", "row_version")
            .values_list("subject_id", "row_version", "contents")
        )
        for pk, group in groupby(events.iterator(CHUNK), itemgetter(0)):
            yield pk, rebuild(f"{self.name} {pk}", (event[1:] for event in group))

    def _check_gone(self, told: Rebuilt | None) -> None:
        if told is not None and not told.is_removed:
            raise BrokenRecordError(
                f"{told.row}: its events end at version {told.version}, and it is not there"
            )

    def _values(self, row: Journalled) -> dict[str, Plain]:
        """Return what a row holds, as `told_values` gives it: asked of very many rows."""
        found: dict[str, Plain] = {}
        for field in self.fields:
            value = getattr(row, field.attname)
            found[field.name] = None if value is None else plain(field.to_python(value))
        return found

    def _check(self, row: Journalled, told: Rebuilt, keys: Keys) -> int:
        values = self._values(row)

        def fits(name: str, digested: Digested | Blank | None) -> bool | None:
            if digested is None:
                return values[name] == self.fresh[name]
            if isinstance(digested, Blank):
                return values[name] == digested.value
            key = keys.find(digested.key_name, digested.key_mark)
            if key is None:
                return None
            met = digest_of_value(key, row, digested.version, name, values[name])
            return met == digested.digest

        opened = {name: values[name] for name in self.opened}
        return check_row(told, row.row_version, opened, self.closed, fresh=self.fresh, fits=fits)


def _beside[Row, Told](
    rows: Iterator[tuple[int, Row]], told: Iterator[tuple[int, Told]]
) -> Iterator[tuple[int, Row | None, Told | None]]:
    """Give what stands under each key on both sides; none where a side has nothing."""
    row, tells = next(rows, None), next(told, None)
    while row is not None or tells is not None:
        if tells is None or (row is not None and row[0] < tells[0]):
            assert row is not None  # noqa: S101 -- one of the two is there
            yield row[0], row[1], None
            row = next(rows, None)
        elif row is None or tells[0] < row[0]:
            yield tells[0], None, tells[1]
            tells = next(told, None)
        else:
            yield row[0], row[1], tells[1]
            row, tells = next(rows, None), next(told, None)
