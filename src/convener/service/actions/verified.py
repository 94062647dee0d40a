"""When the record was last verified, and how it was found: kept beside the database."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from convener.service.whole_files import write_whole

NAME = "verified.json"


@dataclass(frozen=True)
class LastVerified:
    """One verification: when, and whether all was whole."""

    at: str
    is_whole: bool

    @property
    def moment(self) -> datetime:
        """Return when it was, as a moment."""
        return datetime.fromisoformat(self.at)


def _path() -> Path:
    return Path(settings.WORKSPACE) / NAME


def note_verified(*, is_whole: bool, at: datetime) -> None:
    """Keep how a verification ended."""
    write_whole(_path(), json.dumps(asdict(LastVerified(at.isoformat(), is_whole))))


def last_verified() -> LastVerified | None:
    """Return how the last verification ended; none where there was none, or it cannot be read."""
    try:
        found = LastVerified(**json.loads(_path().read_text(encoding="ascii")))
        is_dated = found.moment.tzinfo is not None
    except (OSError, ValueError, TypeError):
        return None
    return found if is_dated else None
