"""Who owns an organisation by the register: holdings, ultimate owners, and what it owns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from convener.data.organisations.decisions import DecisionKind
from convener.methods.ownership import Holding as Step
from convener.methods.ownership import Ownership
from convener.rules.ownership import profit_of
from convener.service.actions.corrections import owners_wait
from convener.service.actions.ownership import held
from convener.service.models import Correction, Holding, Organisation

LEVELS = 50  # of owners above one another


@dataclass(frozen=True)
class Ultimate:
    """One owner at the end of the chains, with its part."""

    body: Organisation
    share: float
    is_itself: bool


def ownership_of(body: Organisation, on: date) -> dict[str, Any]:
    """Return what the page about owners shows."""
    rows = list(Holding.objects.filter(organisation=body).select_related("owner"))
    profit = profit_of([held(row) for row in rows], on)
    agreed = any(row.profit_share is not None for row in rows if held(row).stands(on))
    ownership, names = _chains(body, on)
    ends = ownership.ultimate(body.pk)
    return {
        "holdings": [(row, held(row).stands(on)) for row in rows],
        "profit": [(names[key], share) for key, share in profit.items()] if agreed else [],
        "terms": [row for row in rows if row.profit_rule or row.exit_terms],
        "known": sum((row.share for row in rows if held(row).stands(on)), Decimal(0)),
        "ultimate": [
            Ultimate(names[key], share, key == body.pk)
            for key, share in sorted(ends.items(), key=lambda one: -one[1])
        ],
        "circles": [
            [names[key] for key in sorted(circle)] for circle in map(set, ownership.circles)
        ],
        "is_joint": ownership.is_joint_venture(body.pk),
        "owned": Holding.objects.filter(owner=body).on(on).select_related("organisation"),
        "correction": _correction(body),
        "waits": body.organisation_key is not None and owners_wait(),
    }


def _chains(body: Organisation, on: date) -> tuple[Ownership, dict[int, Organisation]]:
    """Return the holdings of a day in a body and in all above it: one question a level."""
    names, steps, level = {body.pk: body}, list[Step](), {body.pk}
    for _ in range(LEVELS):
        rows = Holding.objects.filter(organisation__in=level).on(on).select_related("owner")
        found = list(rows)
        steps += [Step(row.owner_id, row.organisation_id, float(row.share)) for row in found]
        level = {row.owner_id for row in found} - names.keys()
        names |= {row.owner_id: row.owner for row in found}
        if not level:
            break
    return Ownership(steps), names


def _correction(body: Organisation) -> Correction | None:
    """Return the analyst's correction that stands over the register, if there is one."""
    if body.organisation_key is None:
        return None
    return (
        Correction.objects.standing()
        .filter(Q(kind=DecisionKind.OWNER), organisation_key=body.organisation_key)
        .first()
    )
