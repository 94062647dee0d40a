"""Publishing where each chain ends, so that whoever kept the file can show that none was cut."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from convener.base.errors import BadInputError
from convener.rules.journal import BrokenChainError, Head, check_heads
from convener.service.models.journal import Event, Stream
from convener.service.snapshots import one_moment
from convener.service.whole_files import write_whole

FOLDER = "open"
NAME = "journal-heads.json"
MOST_BYTES = 200_000_000  # of a file that is read back
DAILY = timedelta(days=1)
NOTHING: Mapping[str, Any] = {"at": None, "heads": []}  # what is said before the first day


def heads_path() -> Path:
    """Return where the heads are published."""
    return Path(settings.WORKSPACE) / FOLDER / NAME


def published_at() -> datetime | None:
    """Return when the heads were last published, if ever they were."""
    try:
        return datetime.fromtimestamp(heads_path().stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def publish_due_heads(*, at: datetime) -> int:
    """Publish the heads if a day has passed since they were; return how many times it was done.

    Raises
    ------
    BrokenChainError
        If a chain does not go on from the head that was published; the file stays as it was.
    """
    last = published_at()
    if last is not None and at - last < DAILY:
        return 0
    publish_heads(at=at)
    return 1


def publish_heads(*, at: datetime) -> Path:
    """Write the last event of every stream into the published file, whole or not at all.

    Raises
    ------
    BrokenChainError
        If a chain does not go on from the head that was published; the file stays as it was.
    """
    path = heads_path()
    kept = read_heads(path) if path.is_file() else []
    with one_moment():
        heads = [stream.head for stream in Stream.objects.order_by("pk") if stream.sequence]
        _check_goes_on(heads, kept)
    text = json.dumps({"at": at.isoformat(), "heads": [vars(head) for head in heads]}, indent=1)
    return write_whole(path, text, at=at)


def _check_goes_on(heads: Iterable[Head], kept: Iterable[Head]) -> None:
    """Refuse to publish over a head that the journal no longer holds."""
    found = {head.stream: head for head in heads}
    check_heads(found, kept)
    for head in kept:
        if found[head.stream] == head:
            continue
        event = Event.objects.filter(stream__name=head.stream, sequence=head.sequence)
        if event.values_list("digest", flat=True).first() != head.digest:
            raise BrokenChainError(
                f"{head.stream}: event {head.sequence} is not the one whose head was published"
            )


def read_heads(path: Path) -> list[Head]:
    """Return the heads of a published file.

    Raises
    ------
    BadInputError
        If it is not such a file.
    """
    wanted = "wanted one that convener published"
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInputError(f"{path.name} is too long for a file of heads; {wanted}")
        rows = json.loads(path.read_text(encoding="ascii"))["heads"]
        return [Head(str(one["stream"]), int(one["sequence"]), str(one["digest"])) for one in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(f"{path.name} holds no heads of a journal; {wanted}") from error
