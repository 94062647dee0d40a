"""The list of records: one question to the database for the page, the count and the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from convener.base.errors import BadInputError
from convener.base.identifiers import org_id
from convener.base.kinds import Kind
from convener.rules.access import Actor
from convener.rules.registry import KINDS
from convener.service.models import Identifier, Organisation, OrganisationKind

SIZE = 50
WORDS_MAX = 200
COLUMNS = ("number", "name", "kind", "identifiers", "registered_on", "market_number")


@dataclass(frozen=True)
class Choices:
    """What an address of the list asks for."""

    words: str = ""
    kind: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        """Return it as an address says it."""
        return {"q": self.words, "kind": self.kind}


def read_choices(asked: Mapping[str, str]) -> Choices:
    """Return what an address asks for.

    Raises
    ------
    BadInputError
        If it asks for a kind that there is not.
    """
    kind = asked.get("kind", "")
    if kind and kind not in set(KINDS):
        raise BadInputError(f"kind is {kind[:40]!r}; it can be {', '.join(KINDS)}")
    words = asked.get("q", "").replace("\0", "")
    return Choices(" ".join(words.split())[:WORDS_MAX], kind)


def records(actor: Actor, choices: Choices, on: date) -> QuerySet[Organisation]:
    """Return the records that an actor may see and that were asked for, each with its kind."""
    kind = OrganisationKind.objects.filter(organisation=OuterRef("pk")).on(on)
    found = (
        Organisation.objects.visible_to(actor)
        .standing()
        .annotate(kind_now=Subquery(kind.values("kind")[:1]))
    )
    if choices.words:
        bare = choices.words.replace(" ", "")
        numbered = Identifier.objects.filter(
            Q(identifier__iexact=bare) | Q(identifier__iexact=bare.rpartition("-")[2])
        )
        found = found.filter(
            Q(name__icontains=choices.words) | Q(pk__in=numbered.values("organisation"))
        )
    if choices.kind == Kind.UNKNOWN:
        return found.filter(Q(kind_now=None) | Q(kind_now=choices.kind))
    return found.filter(kind_now=choices.kind) if choices.kind else found


def rows(found: Iterable[Organisation]) -> list[dict[str, Any]]:
    """Return records as the list and its files show them."""
    bodies = list(found)
    numbers: dict[int, list[str]] = {}
    for each in Identifier.objects.filter(organisation__in=[body.pk for body in bodies]):
        numbers.setdefault(each.organisation_id, []).append(org_id(each.scheme, each.identifier))
    return [
        {
            "number": body.pk,
            "name": body.name,
            "kind": Kind(getattr(body, "kind_now", None) or Kind.UNKNOWN).value,
            "identifiers": "; ".join(numbers.get(body.pk, [])),
            "registered_on": body.registered_at.date().isoformat(),
            # Text: larger than a program may hold as a number.
            "market_number": "" if body.organisation_key is None else str(body.organisation_key),
        }
        for body in bodies
    ]
