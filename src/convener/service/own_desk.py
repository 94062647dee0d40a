"""What a person who is signed in finds on the first page: what waits, and what is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from convener.rules.access import Act, Actor, may
from convener.service.models import Clock, Membership, Note, Notice, Organisation, RecordClaim
from convener.service.registry.answers import answers_of, documents_of
from convener.service.words import counted


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere."""

    words: str
    href: str


@dataclass(frozen=True)
class OwnDesk:
    """In which role one is here, what waits, and where one's own things are."""

    role: str
    organisation: Organisation | None
    waits: tuple[Link, ...]
    own: tuple[Link, ...]


def own_desk(membership: Membership, at: datetime) -> OwnDesk:
    """Return what is on the desk of someone who acts in a membership, at a moment."""
    actor, body = membership.actor, membership.organisation
    waits = [*_told(actor), *_to_decide(actor), *_past_due(actor, at), *_to_renew(actor, body, at)]
    return OwnDesk(actor.role.label, body, tuple(waits), tuple(_own(actor, body)))


def _told(actor: Actor) -> Iterator[Link]:
    unread = Notice.objects.visible_to(actor).unread().count()
    if may(actor.role, Act.SEE_NOTICES) and unread:
        yield Link(counted(unread, "new notice"), reverse("notices"))


def _to_decide(actor: Actor) -> Iterator[Link]:
    if may(actor.role, Act.DECIDE_CLAIMS):
        claims = RecordClaim.objects.waiting().count()
        if claims:
            words = counted(claims, "claim to a record", "claims to records")
            yield Link(f"{words} to decide", reverse("registry-claims"))
    if may(actor.role, Act.ANSWER_REQUESTS):
        requests = Note.objects.waiting().count()
        if requests:
            words = counted(requests, "request for a correction", "requests for corrections")
            yield Link(f"{words} to answer", reverse("requests"))


def _past_due(actor: Actor, at: datetime) -> Iterator[Link]:
    late = Clock.objects.visible_to(actor).late(at).count()
    if late:
        yield Link(f"{counted(late, 'deadline')} past", reverse("deadlines"))


def _to_renew(actor: Actor, body: Organisation | None, at: datetime) -> Iterator[Link]:
    if body is None or not may(actor.role, Act.KEEP_ANSWERS):
        return
    offered = [*answers_of(body, at.date())[0], *documents_of(body, at.date())]
    old = sum(one.age.is_to_be_looked_at for one in offered)
    if old:
        words = counted(old, "answer or document", "answers or documents")
        yield Link(f"{words} to give anew", reverse("registry-answers", args=[body.pk]))


def _own(actor: Actor, body: Organisation | None) -> Iterator[Link]:
    if body is not None:
        for words, name, act in (
            ("Its record", "registry-one", Act.SEE_REGISTRY),
            ("Its standing answers and documents", "registry-answers", Act.KEEP_ANSWERS),
            ("Its yearly accounts", "registry-accounts", Act.KEEP_ACCOUNTS),
            ("What was done, when and by whom", "organisation-history", Act.SEE_JOURNAL),
        ):
            if may(actor.role, act):
                yield Link(words, reverse(name, args=[body.pk]))
    for words, name, act in (
        ("Owners that you watch", "watch", Act.WATCH_OWNERS),
        ("Who acts here", "people", Act.INVITE_MEMBERS),
        ("Your interests", "interests", Act.DECLARE_INTERESTS),
    ):
        if may(actor.role, act):
            yield Link(words, reverse(name))
