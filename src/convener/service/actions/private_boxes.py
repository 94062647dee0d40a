"""What an organisation keeps for itself: always as long, so that its size tells nothing.

Whenever one box is written all are sealed anew, and all are each hour besides: of two copies of
the table none of the boxes has the same bytes, whichever was written in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched

from django.db import connection, transaction
from django.db.models import Max

from convener.base.errors import BadInputError
from convener.service.actions.journal import key_ring
from convener.service.keys import ErasedError, Key, Reading
from convener.service.models import Organisation, PrivateBox
from convener.service.models.journal import stream_of

LENGTH = 2_048  # bytes
EVERY = timedelta(hours=1)
BATCH = 500


def make_box(organisation: Organisation) -> PrivateBox:
    """Make the box that every organisation has from its first day."""
    key = key_ring().key(organisation.key_name)
    return PrivateBox.objects.create(
        organisation=organisation, envelope=_sealed(key, organisation.pk, b"")
    )


def read_box(organisation: Organisation) -> bytes:
    """Return what an organisation has put into its box."""
    box = PrivateBox.objects.get(organisation=organisation)
    return _opened(key_ring().found(organisation.key_name), box)


def write_box(organisation: Organisation, text: bytes) -> None:
    """Put something into an organisation's box in place of what was there. Nothing tells of it.

    Raises
    ------
    BadInputError
        If it is too long for the box.
    """
    if len(text) > LENGTH - 4:
        raise BadInputError(f"the private box holds {LENGTH - 4:,} bytes; this has {len(text):,}")
    _seal_all({organisation.pk: text})


def reseal_boxes(at: datetime) -> int:
    """Seal every box anew where that was not done for an hour; return how many were."""
    last = PrivateBox.objects.aggregate(last=Max("resealed_at"))["last"]
    if last is not None and last > at - EVERY:
        return 0
    with transaction.atomic():
        count = _seal_all({})
        PrivateBox.objects.update(resealed_at=at)
    return count


@transaction.atomic
def _seal_all(put: Mapping[int, bytes]) -> int:
    """Seal every box anew, some with something else in it; return how many there are."""
    numbers = PrivateBox.objects.order_by("pk").values_list("pk", flat=True)
    with key_ring().reading() as find:
        return sum(_seal_some(some, put, find) for some in batched(numbers, BATCH, strict=False))


def _seal_some(numbers: tuple[int, ...], put: Mapping[int, bytes], find: Reading) -> int:
    boxes = PrivateBox.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
    ready = []
    for box in boxes:
        key = _key_of(box, find)
        if key is not None:
            text = put.get(box.organisation_id)
            text = _opened(key, box) if text is None else text
            box.envelope = _sealed(key, box.organisation_id, text)
            ready.append(box)
    _store(ready)
    return len(ready)


def _store(boxes: Sequence[PrivateBox]) -> None:
    """Store what some boxes hold now: one statement told once, since all boxes wait for it."""
    table = connection.ops.quote_name(PrivateBox._meta.db_table)  # noqa: SLF001 -- Django's way
    rows = [(bytes(box.envelope), box.pk) for box in boxes]
    with connection.cursor() as cursor:
        cursor.executemany(f"update {table} set envelope = %s where id = %s", rows)


def _key_of(box: PrivateBox, find: Reading) -> Key | None:
    try:
        return find(stream_of(box.organisation_id))
    except ErasedError:  # what it holds can be read by nobody: it stays as it is
        return None


def _opened(key: Key, box: PrivateBox) -> bytes:
    padded = key.unseal(bytes(box.envelope), about=_about(box.organisation_id))
    return padded[4 : 4 + int.from_bytes(padded[:4])]


def _sealed(key: Key, organisation_id: int, text: bytes) -> bytes:
    padded = (len(text).to_bytes(4) + text).ljust(LENGTH, b"\0")
    return key.seal(padded, about=_about(organisation_id))


def _about(organisation_id: int) -> str:
    return f"private box {organisation_id}"
