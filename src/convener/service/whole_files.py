"""Writing a small file so that whoever reads it finds the old one or the new one, whole."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path


def write_whole(path: Path, text: str, *, at: datetime | None = None) -> Path:
    """Write a text in place of a file, dated by a moment if one is given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    with partial.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if at is not None:
        os.utime(partial, (at.timestamp(), at.timestamp()))
    partial.replace(path)
    return path
