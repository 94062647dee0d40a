"""Publishing where each chain ends, so that whoever kept the file can show that none was cut."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from convener.base.errors import BadInputError
from convener.rules.journal import Head
from convener.service.models.journal import Stream
from convener.service.snapshots import one_moment

FOLDER = "open"
NAME = "journal-heads.json"
MOST_BYTES = 200_000_000  # of a file that is read back


def heads_path() -> Path:
    """Return where the heads are published."""
    return Path(settings.WORKSPACE) / FOLDER / NAME


def publish_heads(*, at: datetime) -> Path:
    """Write the last event of every stream into the published file, whole or not at all."""
    with one_moment():
        heads = [stream.head for stream in Stream.objects.order_by("pk") if stream.sequence]
    path = heads_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{NAME}.{os.getpid()}")
    text = json.dumps({"at": at.isoformat(), "heads": [vars(head) for head in heads]}, indent=1)
    with partial.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return path


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
