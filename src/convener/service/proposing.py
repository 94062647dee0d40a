"""What a correction says: of which organisation, from what to what, and how to find it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from convener.base.kinds import Kind
from convener.measures.lists.spellings import (
    Organisation,
    Spelling,
    find_organisation,
    is_alone_in,
    parted_from,
    spellings_of,
    surest_spelling,
)
from convener.rules.corrections import NO_OWNER, Body, Correctable, Link, Proposal
from convener.service.market.data import MarketData
from convener.service.models import Correction
from convener.service.models.pointing import NAME_LENGTH
from convener.service.pointing import Pointer


@dataclass(frozen=True)
class Wanted:
    """What a person wants corrected: of which organisation, and to what.

    ``value`` is a kind, a name, the key of a spelling, or `NO_OWNER`; ``other_key`` is the owner,
    or the organisation that is the same.
    """

    what: Correctable
    organisation_key: int
    value: str = ""
    other_key: int | None = None


def describe(data: MarketData, wanted: Wanted) -> Draft:
    """Return a correction as it would be saved, without a reason yet.

    Raises
    ------
    NotFoundError
        If one of the organisations is not there.
    """
    with data.cursor() as cursor:
        body = find_organisation(cursor, wanted.organisation_key)
        other = find_organisation(cursor, wanted.other_key) if wanted.other_key else None
        return _draft(cursor, wanted, body, other)


@dataclass(frozen=True)
class Draft:
    """A correction before it has a reason: the bodies, what it says, and what is kept of it."""

    wanted: Wanted
    body: Body
    other: Body | None
    pointer: Pointer
    subject: dict[str, Any]
    others: tuple[dict[str, Any], ...]
    old_value: str
    new_value: str

    @property
    def columns(self) -> dict[str, Any]:
        """Return the columns of `Correction` that say what is corrected."""
        has_value = self.wanted.what in (Correctable.KIND, Correctable.NAME)
        return {
            **self.pointer.columns,
            "kind": self.wanted.what.value,
            "subject": self.subject,
            "others": list(self.others),
            "other_key": self.other.key if self.other else None,
            "old_value": self.old_value[:NAME_LENGTH],
            "new_value": self.new_value[:NAME_LENGTH],
            "value": self.wanted.value if has_value else "",
        }

    @property
    def pairs(self) -> frozenset[frozenset[str]]:
        """Return the pairs of spellings that it joins or parts."""
        return _pairs(self.subject, self.others)

    def proposal(self, reason: str) -> Proposal:
        """Return it with a reason, as the rules judge it."""
        return Proposal(
            self.wanted.what,
            self.body,
            reason,
            value=self.wanted.value,
            other=self.other,
            parts=len(self.others),
        )


def _pairs(subject: dict[str, Any], others: Any) -> frozenset[frozenset[str]]:  # noqa: ANN401 -- JSON
    return frozenset(
        frozenset({str(subject.get("key")), str(other.get("key"))}) for other in others
    )


def link_of(correction: Correction) -> Link:
    """Return what a standing correction says of pairs of spellings."""
    pairs = _pairs(correction.subject, correction.others)
    return Link(correction.pk, Correctable(correction.kind), pairs)


def _draft(
    cursor: duckdb.DuckDBPyConnection,
    wanted: Wanted,
    body: Organisation,
    other: Organisation | None,
) -> Draft:
    surest = surest_spelling(cursor, body.key)
    parted = _spelling(cursor, wanted) if wanted.what is Correctable.DIFFERENT else None
    is_link = wanted.what in (Correctable.SAME, Correctable.DIFFERENT)
    others: tuple[dict[str, Any], ...] = ()
    if parted is not None:
        others = tuple({"key": key} for key in parted_from(cursor, body.key, parted.key))
    elif other is not None:
        others = (_subject(cursor, surest_spelling(cursor, other.key), is_link=is_link),)
    elif wanted.what is Correctable.OWNER:
        others = (_subject(cursor, surest, is_link=False),)  # its own owner: it has no other
    old, new = _said(wanted, body, other, parted)
    kept = surest.key if parted is None or parted.key != surest.key else _any_of(others, surest)
    return Draft(
        wanted=wanted,
        body=_body(body),
        other=_body(other) if other else None,
        pointer=Pointer(body.key, body.name, kept),
        subject=_subject(cursor, parted or surest, is_link=is_link),
        others=others,
        old_value=old,
        new_value=new,
    )


def _any_of(others: tuple[dict[str, Any], ...], surest: Spelling) -> int:
    """Return a spelling that stays with the organisation when the surest is parted from it."""
    return int(others[0]["key"]) if others else surest.key


def _body(found: Organisation) -> Body:
    return Body(found.key, found.name, found.kind, found.owner_key)


def _spelling(cursor: duckdb.DuckDBPyConnection, wanted: Wanted) -> Spelling | None:
    known = spellings_of(cursor, wanted.organisation_key)
    return next((one for one in known if str(one.key) == wanted.value), None)


def _subject(
    cursor: duckdb.DuckDBPyConnection, spelling: Spelling, *, is_link: bool
) -> dict[str, Any]:
    """Point by the registered number where it leads to one body: it outlives a change of name.

    A link is between spellings, so that it can be told from another link.
    """
    if not is_link and spelling.scheme and spelling.identifier and is_alone_in(cursor, spelling):
        return {"scheme": spelling.scheme, "identifier": spelling.identifier}
    return {"key": spelling.key}


def _said(
    wanted: Wanted, body: Organisation, other: Organisation | None, parted: Spelling | None
) -> tuple[str, str]:
    """Return the old and the new value as a reader meets them."""
    if wanted.what is Correctable.KIND:
        new = Kind(wanted.value).label if wanted.value in set(Kind) else wanted.value
        return body.kind.label, new
    if wanted.what is Correctable.NAME:
        return body.name, wanted.value
    if wanted.what is Correctable.OWNER:
        old = body.owner_name if body.is_owned else "No other owner"
        return old, "No other owner" if wanted.value == NO_OWNER else (other or body).name
    if wanted.what is Correctable.SAME:
        return "Two organisations", f"The same as {(other or body).name}"
    return f"One with {body.name}", f"“{parted.name if parted else ''}” stands for another"
