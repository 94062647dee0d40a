"""One record as its pages show it: its head, the links between its pages, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse

from convener.base.errors import NotFoundError
from convener.base.kinds import Kind
from convener.rules.access import Act, Actor, Scope, may, scope_of
from convener.rules.registry import SCHEMES, RecordRefusedError
from convener.service.market.data import MarketData
from convener.service.models import Membership, Merge, Organisation
from convener.service.registry.matching import known_at

# Label, route and act of each page of a record. Some are between an organisation and itself.
PAGES = (
    ("Overview", "registry-one", Act.SEE_REGISTRY),
    ("Ownership", "registry-ownership", Act.SEE_REGISTRY),
    ("Accounts", "registry-accounts", Act.KEEP_ACCOUNTS),
    ("Answers and documents", "registry-answers", Act.KEEP_ANSWERS),
    ("History", "organisation-history", Act.SEE_JOURNAL),
)
LISTED = 10  # records that a name may lead to, named where it leads to several
PUBLISHED = frozenset({Act.SEE_REGISTRY})


@dataclass(frozen=True)
class Tab:
    """A link to one page of a record."""

    label: str
    href: str
    is_here: bool


def find_record(actor: Actor, number: int) -> Organisation:
    """Return a record that an actor may see.

    Raises
    ------
    NotFoundError
        If there is none, or none for them.
    """
    known = Organisation.objects.visible_to(actor).select_related("merged_into")
    found = known.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotFoundError(f"no record has the number {number}")
    return found


def own_record(actor: Actor, number: int, what: str) -> Organisation:
    """Return the record for which an actor acts: of what another keeps nobody learns anything.

    Raises
    ------
    NotFoundError
        If it is not theirs; the message says what was asked for.
    """
    found = find_record(actor, number)
    if actor.organisation_id != found.pk:
        raise NotFoundError(f"no {what} of the record {number} are here for you")
    return found


def record_like(actor: Actor, text: str) -> Organisation:
    """Return the one record of a number or a name.

    Raises
    ------
    RecordRefusedError
        If there is none, or several.
    """
    known, text = Organisation.objects.visible_to(actor).standing(), text.strip()
    if text.isascii() and text.isdigit() and len(text) < len(str(2**63)):
        found = list(known.filter(pk=int(text)))
    else:
        found = list(known.filter(name__iexact=text)[: LISTED + 1])
        found = found or list(known.filter(name__icontains=text)[: LISTED + 1])
    if len(found) != 1:
        listed = ", ".join(f"{one.name} (number {one.pk})" for one in found[:LISTED])
        raise RecordRefusedError(
            f"{text[:60]} leads to several records: {listed}; enter one's number"
            if found
            else f"no record is called {text[:60]}; register it first"
        )
    return found[0]


def survivor_of(body: Organisation) -> Organisation:
    """Return the record that a merged one leads to in the end; itself where it was not merged."""
    met = {body.pk}
    while body.merged_into is not None and body.merged_into_id not in met:
        body = body.merged_into
        met.add(body.pk)
    return body


def record_of(actor: Actor, key: int) -> int | None:
    """Return the number of the record of a market's organisation, for who sees the register."""
    known = Organisation.objects.visible_to(actor).standing().filter(organisation_key=key)
    return known.values_list("pk", flat=True).first()


def may_act(actor: Actor, act: Act, body: Organisation) -> bool:
    """Say whether an actor may do an act upon an organisation."""
    scope = scope_of(actor.role, act)
    is_own = actor.organisation_id == body.pk
    return may(actor.role, act) and (scope is not Scope.OWN or is_own)


def head(body: Organisation, actor: Actor, here: str, on: date) -> dict[str, Any]:
    """Return what every page of a record shows above its own."""
    return {
        "body": body,
        "kind": kind_on(body, on),
        "tabs": [
            Tab(label, href, name == here)
            for label, name, act in PAGES
            if (act in PUBLISHED or may_act(actor, act, body)) and (href := _address(name, body))
        ],
        "may_keep": may_act(actor, Act.KEEP_ORGANISATION, body) and body.merged_into is None,
    }


def _address(name: str, body: Organisation) -> str:
    try:
        return reverse(name, args=[body.pk])
    except NoReverseMatch:  # a page that is not there
        return ""


def kind_on(body: Organisation, on: date) -> Kind:
    """Return what an organisation is on a day; unknown where its record does not say."""
    found = body.organisationkinds.on(on).first()
    return Kind(found.kind) if found else Kind.UNKNOWN


def overview(body: Organisation, actor: Actor, data: MarketData) -> dict[str, Any]:
    """Return what the first page of a record shows."""
    known = known_at(data, body.organisation_key)
    return {
        "kinds": [(row, Kind(row.kind)) for row in body.organisationkinds.all()],
        "numbers": [(row, SCHEMES.get(row.scheme, row.scheme)) for row in body.identifiers.all()],
        "market": known,
        "claim": body.recordclaims.waiting().filter(user=actor.user_id).first(),
        "is_kept": Membership.objects.filter(
            organisation=body, role="keeper", until_at=None
        ).exists(),
        "is_own": actor.organisation_id == body.pk,
        "merges": merges_of(body, actor),
        "may_merge": may(actor.role, Act.MERGE_ORGANISATIONS),
    }


def merges_of(body: Organisation, actor: Actor) -> list[Merge]:
    """Return the merges that made a record what it is, the last first."""
    standing = Merge.objects.visible_to(actor).standing().filter(kept_organisation=body)
    return list(standing.select_related("merged_organisation"))
