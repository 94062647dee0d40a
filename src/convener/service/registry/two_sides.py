"""The search for the same person or owner on two sides, with the rows behind each finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from convener.base.kinds import Kind
from convener.measures.lists.sides import Sides, market_sides
from convener.methods.ownership import Holding as Step
from convener.rules.access import Act, Actor, Role, check_may
from convener.rules.calendars import LONDON
from convener.rules.interests import (
    Owned,
    OwnsTwice,
    Standing,
    Tie,
    TiedTwice,
    owners_on_two_sides,
    people_on_two_sides,
    sides_of,
)
from convener.service.market.data import MarketData
from convener.service.models import (
    Holding,
    Interest,
    Membership,
    Organisation,
    OrganisationKind,
    User,
)
from convener.service.models.members import InterestNature
from convener.service.words import day, percent

SHOWN = 200  # findings of each sort


@dataclass(frozen=True)
class Line:
    """One row behind a finding."""

    organisation: Organisation
    what: str
    days: str


@dataclass(frozen=True)
class Finding:
    """Who stands on two sides, and the rows that say so."""

    who: str
    number: int | None  # of the record, where it is an owner
    buying: tuple[Line, ...]
    providing: tuple[Line, ...]


@dataclass(frozen=True)
class Found:
    """All that was found on a day, and how much of it is shown."""

    people: list[Finding]
    owners: list[Finding]
    people_count: int
    owner_count: int


def search(actor: Actor, data: MarketData, on: date) -> Found:
    """Return who stands on two sides on a day, as far as an actor may search.

    Raises
    ------
    RoleNotAllowedError
        If the actor may not search at all.
    """
    check_may(actor.role, Act.SEARCH_INTERESTS)
    moment = datetime.combine(on + timedelta(days=1), time(), tzinfo=LONDON)
    members = list(Membership.objects.standing(moment).exclude(organisation=None))
    ties = [*_ties(members), *_declared(actor, on)]
    steps = [_step(row) for row in Holding.objects.on(on).order_by("pk")]
    bodies = Organisation.objects.visible_to(actor).standing().in_bulk()
    sides = _sides(bodies, members, data, on)
    people = list(people_on_two_sides(ties, sides, on))
    owners = list(owners_on_two_sides(steps, sides, on))
    names = User.objects.in_bulk({one.person for one in people[:SHOWN]})
    return Found(
        [_person(one, names, bodies) for one in people[:SHOWN]],
        [_owner(one, bodies) for one in owners[:SHOWN] if one.owner in bodies],
        len(people),
        len(owners),
    )


def _ties(members: Iterable[Membership]) -> Iterator[Tie]:
    for one in members:
        if one.organisation_id is not None:
            what = f"acts for it as {Role(one.role).label}"
            since = one.from_at.astimezone(LONDON).date()
            yield Tie(one.user_id, one.organisation_id, what, one.pk, since)


def _declared(actor: Actor, on: date) -> Iterator[Tie]:
    rows = Interest.objects.visible_to(actor).on(on).filter(user__is_active=True)
    for row in rows.order_by("pk"):
        what = f"declared: {InterestNature(row.nature).label.lower()}"
        yield Tie(row.user_id, row.organisation_id, what, row.pk, row.from_on, row.to_on)


def _step(row: Holding) -> Step:
    return Step(row.owner_id, row.organisation_id, float(row.share), row.from_on, row.to_on)


def _sides(
    bodies: Mapping[int, Organisation], members: Iterable[Membership], data: MarketData, on: date
) -> Standing:
    """Return on which sides each record stands, for those that stand on any."""
    keys = [body.organisation_key for body in bodies.values() if body.organisation_key is not None]
    met = _met(data, keys)
    kinds = dict(
        OrganisationKind.objects.on(on).values_list("organisation", "kind").order_by("pk")
    )
    roles: dict[int | None, set[Role]] = defaultdict(set)
    for one in members:
        roles[one.organisation_id].add(Role(one.role))
    found = {
        number: sides_of(
            kind=Kind(kinds.get(number, Kind.UNKNOWN)),
            roles=roles[number],
            buys=body.organisation_key in met.buyers,
            provides=body.organisation_key in met.providers,
        )
        for number, body in bodies.items()
    }
    return {number: sides for number, sides in found.items() if sides}


def _met(data: MarketData, keys: list[int]) -> Sides:
    if data.is_empty or not keys:
        return Sides()
    with data.cursor() as cursor:
        return market_sides(cursor, keys)


def _person(
    one: TiedTwice, names: Mapping[int, User], bodies: Mapping[int, Organisation]
) -> Finding:
    def lines(ties: Iterable[Tie]) -> tuple[Line, ...]:
        return tuple(
            Line(bodies[tie.organisation], tie.what, _days(tie.from_on, tie.to_on)) for tie in ties
        )

    return Finding(names[one.person].shown_as, None, lines(one.buying), lines(one.providing))


def _owner(one: OwnsTwice, bodies: Mapping[int, Organisation]) -> Finding:
    def lines(owned: Iterable[Owned]) -> Iterator[Line]:
        for each in owned:
            if each.organisation == one.owner:
                yield Line(bodies[one.owner], "is the owner itself", "")
                continue
            yield Line(bodies[each.organisation], f"{percent(each.share, 2)} of it in the end", "")
            for step in each.holdings:
                holds = f"{bodies[step.owner].name} holds {percent(step.share, 2)} of"
                yield Line(bodies[step.owned], holds, _days(step.from_on, step.to_on))

    body = bodies[one.owner]
    return Finding(body.name, body.pk, tuple(lines(one.buying)), tuple(lines(one.providing)))


def _days(from_on: date | None, to_on: date | None) -> str:
    parts = [f"from {day(from_on)}" if from_on else "", f"until {day(to_on)}" if to_on else ""]
    return " ".join(part for part in parts if part)
