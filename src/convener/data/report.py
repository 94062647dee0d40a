"""What reading a source met: rows read and refused, fields nulled, with place and reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

PLACES_KEPT = 1_000  # every row is counted; the first thousand are listed
MET_LENGTH = 80


@dataclass(frozen=True)
class Place:
    """One row or field that could not be used: where it stood, what was met and why it failed."""

    input: str
    line: int
    field: str
    reason: str
    met: str = ""


@dataclass
class ReadReport:
    """Counts and places, added to while a source is read.

    ``refused`` counts rows that were left out whole; ``nulled`` counts single fields that were
    emptied while their row was kept. ``duplicates`` counts rows met again: a release is counted
    once; an equal line of payments is kept, since two equal payments can both be real.
    """

    read: int = 0
    refused: int = 0
    nulled: int = 0
    duplicates: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse(self, where: str, line: int, reason: str, met: str = "") -> None:
        """Count one row left out."""
        self.refused += 1
        self._add(Place(where, line, "", reason, met[:MET_LENGTH]))

    def null(self, where: str, line: int, field_path: str, reason: str, met: str = "") -> None:
        """Count one field emptied."""
        self.nulled += 1
        self._add(Place(where, line, field_path, reason, met[:MET_LENGTH]))

    def _add(self, place: Place) -> None:
        self.reasons[place.field, place.reason] += 1
        if len(self.places) < PLACES_KEPT:
            self.places.append(place)

    def add(self, other: ReadReport) -> None:
        """Take in what another part of the same source met."""
        self.read += other.read
        self.refused += other.refused
        self.nulled += other.nulled
        self.duplicates += other.duplicates
        self.reasons.update(other.reasons)
        self.places.extend(other.places[: PLACES_KEPT - len(self.places)])
        self.notes.extend(note for note in other.notes if note not in self.notes)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON values, commonest reasons first."""
        return {
            "read": self.read,
            "refused": self.refused,
            "nulled": self.nulled,
            "duplicates": self.duplicates,
            "reasons": [
                {"field": name, "reason": reason, "count": count}
                for (name, reason), count in self.reasons.most_common()
            ],
            "places": [vars(place) for place in self.places],
            "notes": list(self.notes),
        }
