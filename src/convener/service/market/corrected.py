"""Corrections as pages show them: by role and never by name, and nobody who is a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from convener.base.kinds import Kind
from convener.measures.lists.holders import NOT_NAMED
from convener.measures.lists.spellings import people_among
from convener.rules.access import Role
from convener.rules.corrections import Correctable
from convener.service.market.data import MarketData
from convener.service.models import Correction

COLUMNS = (
    "number",
    "organisation",
    "corrected",
    "from",
    "to",
    "reason",
    "made_on",
    "made_by",
    "in_figures",
    "undone_on",
    "undone_by",
    "undone_because",
)


@dataclass(frozen=True)
class Corrected:
    """One correction as anyone may read it."""

    number: int
    organisation_key: int
    organisation: str
    is_person: bool
    what: str
    old: str
    new: str
    reason: str
    made_at: datetime
    made_by: str
    undone_at: datetime | None
    undone_by: str
    undone_because: str
    is_waiting: bool

    @property
    def state(self) -> str:
        """Return whether the figures have it."""
        if self.is_waiting:
            return "Saved; not in the figures yet"
        return "Undone; out of the figures" if self.undone_at else "In the figures"

    @property
    def row(self) -> dict[str, Any]:
        """Return the row of a download."""
        values = (
            self.number,
            self.organisation,
            self.what,
            self.old,
            self.new,
            self.reason,
            self.made_at.isoformat(),
            self.made_by,
            self.state,
            self.undone_at.isoformat() if self.undone_at else None,
            self.undone_by,
            self.undone_because,
        )
        return dict(zip(COLUMNS, values, strict=True))


def shown(data: MarketData, corrections: Iterable[Correction]) -> list[Corrected]:
    """Return corrections as anyone may read them."""
    rows = list(corrections)
    keys = {key for row in rows for key in (row.organisation_key, row.other_key) if key}
    with data.cursor() as cursor:
        people = set(people_among(cursor, keys))
    people |= {row.organisation_key for row in rows if _makes_a_person(row)}
    return [_shown(row, people) for row in rows]


def corrections_for(data: MarketData, organisation_keys: Collection[int]) -> list[Corrected]:
    """Return the corrections of some organisations that stand, for the pages about them."""
    found = Correction.objects.standing().filter(organisation_key__in=organisation_keys)
    return shown(data, found)


def _makes_a_person(row: Correction) -> bool:
    return row.kind == Correctable.KIND and row.value == Kind.INDIVIDUAL and not row.is_undone


def _shown(row: Correction, people: Collection[int]) -> Corrected:
    is_person = row.organisation_key in people or row.other_key in people
    # Reasons of a person's correction may name them too.
    hidden = {"organisation": NOT_NAMED, "old": "", "new": "", "reason": "Not shown: a person"}
    is_kind = row.kind == Correctable.KIND
    open_ = {
        "organisation": row.organisation_name,
        "old": row.old_value,
        "new": row.new_value,
        "reason": row.reason,
    }
    told = {**hidden, **({"old": row.old_value, "new": row.new_value} if is_kind else {})}
    return Corrected(
        **(told if is_person else open_),
        number=row.pk,
        organisation_key=row.organisation_key,
        is_person=is_person,
        what=row.label,
        made_at=row.made_at,
        made_by=Role(row.made_as).label,
        undone_at=row.undone_at,
        undone_by=Role(row.undone_as).label if row.undone_as else "",
        undone_because="" if is_person else row.undone_reason,
        is_waiting=row.is_waiting,
    )
