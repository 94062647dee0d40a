"""What was done, as a reader meets it: when, by whom, what it was before and became, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime

from convener.rules.access import Act, Actor, Role, Scope, scope_of
from convener.rules.journal import Plain
from convener.rules.rebuilding import CHANGED, DIGESTS
from convener.service.actions.journal import words_of
from convener.service.keys import KeyLostError
from convener.service.models import Event, Journalled, Membership, Organisation, User
from convener.service.words import day, moment, percent

# What joins a row to others or to the market, and tells a reader nothing.
UNSAID = frozenset(
    {"organisation_key", "spelling_key", "stream", "subject", "subject_id", "link", "moved"}
    | {"calendar", "digest"}
)
# What a reader calls a field that rows call otherwise.
CALLED = {"from_on": "from", "to_on": "until", "until_at": "until", "user": "person"}
WHOSE = "user"  # the field that says whose a row is
ERASED = "erased with the key of whoever it was about"
TIMELINE = (
    "at",
    "by",
    "role",
    "act",
    "what",
    "field",
    "before",
    "after",
    "words",
    "stream",
    "event",
)


@dataclass(frozen=True)
class Move:
    """What one field was and what it became; either is empty where there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One event as its page shows it."""

    at: datetime
    act: str
    what: str  # such as ``membership 5 of ann@example.org``
    who: str
    role: str
    organisation: str
    moves: tuple[Move, ...]
    unshown: tuple[str, ...]  # fields that moved, whose values are not shown here
    words: str
    stream: str
    sequence: int
    key: int


@dataclass(frozen=True)
class Names:
    """What people and organisations are called, read once for all the events of a page.

    ``whose`` gives the person of each row that is one's, by what events call it and its key.
    """

    people: Mapping[int, str]
    organisations: Mapping[int, str]
    whose: Mapping[tuple[str, int], int]

    def person(self, number: int | None) -> str:
        return "" if number is None else self.people.get(number, f"person {number}")

    def organisation(self, number: int | None) -> str:
        return "" if number is None else self.organisations.get(number, f"record {number}")


def entries(events: Sequence[Event], actor: Actor) -> list[Entry]:
    """Return events as a page shows them to whoever may see them, in the order given."""
    rows = [(event, _model(event.subject), json.loads(event.contents)) for event in events]
    names = _names(rows, actor)
    return [_entry(event, model, contents, names) for event, model, contents in rows]


def as_rows(shown: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return entries as a table to download: a row for each field that moved."""
    return [
        {
            "at": entry.at.isoformat(),
            "by": entry.who,
            "role": entry.role,
            "act": entry.act,
            "what": entry.what,
            "field": move.label if move else "",
            "before": move.before if move else "",
            "after": move.after if move else "",
            "words": entry.words,
            "stream": entry.stream,
            "event": entry.sequence,
        }
        for entry in shown
        for move in (entry.moves or (None,))
    ]


def _entry(
    event: Event, model: type[Journalled] | None, contents: dict[str, Any], names: Names
) -> Entry:
    closed = contents.get(DIGESTS, {})
    return Entry(
        at=event.at,
        act=event.kind.replace("-", " "),
        what=_what(event, model, contents, names),
        who=names.person(event.actor),
        role=Role(event.role).label,
        organisation=names.organisation(event.organisation),
        moves=tuple(_moves(model, contents.get(CHANGED, {}), event.at, names)),
        unshown=tuple(_label(model, name) for name in sorted(closed)),
        words=_words(event),
        stream=event.stream.name,
        sequence=event.sequence,
        key=event.pk,
    )


def _model(subject: str) -> type[Journalled] | None:
    """Return the model of the rows that an event speaks of; none where it is no more."""
    try:
        found = apps.get_model("convener", subject)
    except LookupError:
        return None
    return found if issubclass(found, Journalled) else None


def _called(subject: str, model: type[Journalled] | None) -> str:
    return subject if model is None else model.called()


def _what(
    event: Event, model: type[Journalled] | None, contents: dict[str, Any], names: Names
) -> str:
    """Name the row, and whose it is where the event itself does not say so."""
    said = f"{_called(event.subject, model)} {event.subject_id}"
    whose = names.whose.get((event.subject, event.subject_id))
    is_told = WHOSE in contents.get(CHANGED, {})
    return said if whose is None or is_told else f"{said} of {names.person(whose)}"


def _label(model: type[Journalled] | None, name: str) -> str:
    plain = name.replace("_", " ") if model is None else str(model.told_field(name).verbose_name)
    return CALLED.get(name, plain)


def _moves(
    model: type[Journalled] | None, changed: Mapping[str, Any], at: datetime, names: Names
) -> Iterable[Move]:
    """Give the fields that a reader learns from; what is as old as the event is said by it."""
    for name, (old, new) in changed.items():
        if name in UNSAID or model is None or _is_moment(new, at):
            continue
        field = model.told_field(name)
        before, after = _say(field, old, names), _say(field, new, names)
        if before != after:
            yield Move(_label(model, name), before, after)


def _is_moment(value: Plain, at: datetime) -> bool:
    return isinstance(value, str) and "T" in value and parse_datetime(value) == at


def _say(field: models.Field[Any, Any], value: Plain, names: Names) -> str:
    """Return a value as its page would show it."""
    if value is None or value == "":
        return ""
    if field.related_model is User:
        return names.person(int(str(value)))
    if field.related_model is Organisation:
        return names.organisation(int(str(value)))
    return _as_text(field, value)


def _as_text(field: models.Field[Any, Any], value: Plain) -> str:
    match field:
        case models.BooleanField():
            return "yes" if value else "no"
        case models.DateTimeField():
            return moment(parse_datetime(str(value)))
        case models.DateField():
            return day(parse_date(str(value)))
        case models.DecimalField() if field.name.endswith("share"):
            return percent(Decimal(str(value)), 2)
        case _ if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        case _:
            return str(value)


def _words(event: Event) -> str:
    try:
        return str(words_of(event).get("words", ""))
    except KeyLostError:
        return ERASED


def _names(
    rows: Sequence[tuple[Event, type[Journalled] | None, dict[str, Any]]], actor: Actor
) -> Names:
    whose = _whose(rows)
    people = {event.actor for event, _, _ in rows} | {*whose.values()}
    bodies = {event.organisation for event, _, _ in rows}
    for _, model, contents in rows:
        for name, pair in contents.get(CHANGED, {}).items() if model else ():
            related = model.told_field(name).related_model if model else None
            people |= set(pair) if related is User else set()
            bodies |= set(pair) if related is Organisation else set()
    found = Organisation.objects.filter(pk__in=_known(bodies)).values_list("pk", "name")
    return Names(_people(_known(people), actor), dict(found), whose)


def _whose(
    rows: Sequence[tuple[Event, type[Journalled] | None, dict[str, Any]]],
) -> dict[tuple[str, int], int]:
    """Return whose the rows are of which anyone who reads the record may know it."""
    models_met = {model for _, model, _ in rows if model is not None}
    return {
        (model.journal_name(), key): person
        for model in models_met
        if (kept := model.kept.get(WHOSE)) is not None and kept.is_open
        for key, person in model.objects.filter(
            pk__in={event.subject_id for event, its, _ in rows if its is model}
        ).values_list("pk", f"{WHOSE}_id")
    }


def _known(numbers: set[int | None]) -> list[int]:
    return sorted(number for number in numbers if number is not None)


def _people(numbers: list[int], actor: Actor) -> dict[int, str]:
    """Return the emails of those whom a reader may know: themselves, and who acts beside them."""
    known = User.objects.filter(pk__in=numbers)
    if scope_of(actor.role, Act.SEE_JOURNAL) is not Scope.ALL:
        beside = Membership.objects.filter(organisation=actor.organisation_id).values("user")
        known = known.filter(models.Q(pk__in=beside) | models.Q(pk=actor.user_id))
    return {user.pk: user.shown_as for user in known}
