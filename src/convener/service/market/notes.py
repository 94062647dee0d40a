"""What organisations say of their own record, as it stands beside the figures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from convener.service.models import Note
from convener.service.models.market import NoteSort

NOTES_SHOWN = 20  # beside one figure


@dataclass(frozen=True)
class NoteShown:
    """One note or request as anyone may read it: by organisation, never by person."""

    number: int
    organisation_key: int
    organisation: str
    is_request: bool
    text: str
    posted_at: datetime
    answer: str
    is_approved: bool | None
    answered_at: datetime | None


def notes_for(organisation_keys: Collection[int]) -> list[NoteShown]:
    """Return the notes that stand beside figures about some organisations, the latest first."""
    if not organisation_keys:
        return []
    found = Note.objects.standing().filter(organisation_key__in=organisation_keys)
    return [note_shown(note) for note in found[:NOTES_SHOWN]]


def note_shown(note: Note) -> NoteShown:
    """Return a note as anyone may read it."""
    return NoteShown(
        number=note.pk,
        organisation_key=note.organisation_key,
        organisation=note.organisation_name,
        is_request=note.sort == NoteSort.REQUEST,
        text=note.text,
        posted_at=note.posted_at,
        answer=note.answer,
        is_approved=note.is_approved,
        answered_at=note.answered_at,
    )
