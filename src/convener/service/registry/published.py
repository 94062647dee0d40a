"""What the register says, as the data floor reads it: who owns whom, and which two are one."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator

from convener.base.identifiers import org_id
from convener.data.organisations.decisions import Decision, DecisionKind, Subject
from convener.service.models import Holding, Merge, Organisation

SAID_BY = "the register of organisations"


def register_decisions(corrected: Collection[int]) -> Iterator[Decision]:
    """Give all that the register says of the market: who owns whom, and which two are one."""
    yield from owner_decisions(corrected)
    yield from merge_decisions()


def merge_decisions() -> Iterator[Decision]:
    """Give every merge of two records that are both the market's as one organisation there."""
    rows = Merge.objects.standing().select_related("kept_organisation", "merged_organisation")
    for row in rows.order_by("pk"):
        kept, merged = row.kept_organisation.spelling_key, row.merged_organisation.spelling_key
        if kept and merged and kept != merged:
            yield Decision(
                decision_id=f"merge-{row.pk}",
                kind=DecisionKind.SAME,
                subject=Subject(key=int(kept)),
                other=Subject(key=int(merged)),
                reason=row.reason,
                by=SAID_BY,
                at=row.merged_at,
            )


def owner_decisions(corrected: Collection[int]) -> Iterator[Decision]:
    """Give every holding of the register as a decision on an owner.

    Parameters
    ----------
    corrected : keys of the market's organisations whose owner an analyst corrected
        Their holdings are left out: the correction stands until it is undone.
    """
    rows = Holding.objects.select_related("organisation", "owner").prefetch_related(
        "organisation__identifiers", "owner__identifiers"
    )
    for row in rows.order_by("pk"):
        if row.organisation.organisation_key not in corrected:
            yield Decision(
                decision_id=f"holding-{row.pk}",
                kind=DecisionKind.OWNER,
                subject=subject_of(row.organisation),
                other=subject_of(row.owner),
                value=format(row.share.normalize(), "f"),
                reason=row.source,
                by=SAID_BY,
                at=row.entered_at,
                from_on=row.from_on,
                to_on=row.to_on,
            )


def subject_of(body: Organisation) -> Subject:
    """Point to an organisation by its spelling in the market, else by its number and name."""
    if body.spelling_key:
        return Subject(key=int(body.spelling_key))
    numbers = sorted(body.identifiers.all(), key=lambda one: org_id(one.scheme, one.identifier))
    if not numbers:
        return Subject(name=body.name)
    return Subject(name=body.name, scheme=numbers[0].scheme, identifier=numbers[0].identifier)


def digest_of(found: Collection[Decision]) -> str:
    """Return what changes when what the register says does."""
    return hashlib.sha256("\n".join(map(repr, found)).encode()).hexdigest()
