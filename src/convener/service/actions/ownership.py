"""Who holds which share in an organisation, from when until when, and under which terms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from convener.rules.access import Act, Actor
from convener.rules.ownership import Held, check_holdings
from convener.rules.registry import (
    SOURCE_MAX,
    WORDS_MAX,
    RecordRefusedError,
    check_days,
    said,
)
from convener.service.actions.corrections import apply_corrections
from convener.service.actions.journal import change, create, remove
from convener.service.actions.registry import lock_body
from convener.service.models import Holding, Organisation


@dataclass(frozen=True)
class Terms:
    """What an agreement says of one owner."""

    owner_id: int
    share: Decimal
    source: str
    from_on: date | None = None
    to_on: date | None = None
    has_control: bool = False
    profit_share: Decimal | None = None
    profit_rule: str = ""
    exit_terms: str = ""

    @property
    def held(self) -> Held:
        """Return the holding as the rules judge it."""
        return Held(
            self.owner_id,
            self.share,
            self.from_on,
            self.to_on,
            has_control=self.has_control,
            profit_share=self.profit_share,
        )


def held(row: Holding) -> Held:
    """Return a stored holding as the rules judge it."""
    return Held(
        row.owner_id,
        row.share,
        row.from_on,
        row.to_on,
        has_control=row.has_control,
        profit_share=row.profit_share,
    )


def add_holdings(
    *, organisation_id: int, terms: Iterable[Terms], by: Actor, at: datetime
) -> list[Holding]:
    """Enter what several owners hold, all or none, and put it into the market's figures.

    Raises
    ------
    SharesError
        If the shares cannot all be true together with those that stand.
    RecordRefusedError
        If an owner is no record, or a source, a rule or terms are not fit.
    """
    made = save_holdings(organisation_id=organisation_id, terms=terms, by=by, at=at)
    apply_corrections(at=at)
    return made


@transaction.atomic
def save_holdings(
    *, organisation_id: int, terms: Iterable[Terms], by: Actor, at: datetime
) -> list[Holding]:
    """Enter what several owners hold; the figures follow when they are derived."""
    body = lock_body(organisation_id, Act.KEEP_ORGANISATION, by)
    given = list(terms)
    for one in given:
        _check(one)
    standing = [held(row) for row in Holding.objects.filter(organisation=body)]
    check_holdings(body.pk, [*standing, *(one.held for one in given)])
    return [_write(body, one, by, at) for one in given]


def _check(one: Terms) -> None:
    check_days(one.from_on, one.to_on, "a holding")
    if not Organisation.objects.standing().filter(pk=one.owner_id).exists():
        raise RecordRefusedError("the owner has no record here; register it first")


def _write(body: Organisation, one: Terms, by: Actor, at: datetime) -> Holding:
    return create(
        Holding,
        {
            **vars(one),
            "organisation": body,
            "source": said(one.source, "where this can be seen", most=SOURCE_MAX),
            "profit_rule": said(one.profit_rule, "the profit rule", least=0, most=WORDS_MAX),
            "exit_terms": said(one.exit_terms, "the exit terms", least=0, most=WORDS_MAX),
            "entered_at": at,
        },
        at=at,
        by=by,
        kind="holding-entered",
    )


def end_holding(*, holding_id: int, to_on: date, by: Actor, at: datetime) -> Holding:
    """Say until which day an owner held its share.

    Raises
    ------
    RecordRefusedError
        If it would end before it began.
    """
    row = save_end(holding_id=holding_id, to_on=to_on, by=by, at=at)
    apply_corrections(at=at)
    return row


@transaction.atomic
def save_end(*, holding_id: int, to_on: date, by: Actor, at: datetime) -> Holding:
    """Say until when a holding was; the figures follow when they are derived."""
    row = _locked(holding_id, by)
    check_days(row.from_on, to_on, "a holding")
    others = Holding.objects.filter(organisation=row.organisation_id).exclude(pk=row.pk)
    ended = replace(held(row), to_on=to_on)
    check_holdings(row.organisation_id, [*map(held, others), ended])
    return change(row, {"to_on": to_on}, at=at, by=by, kind="holding-ended")


def take_holding_back(*, holding_id: int, reason: str, by: Actor, at: datetime) -> None:
    """Take back a holding that was entered by mistake; its history keeps that it was."""
    save_taking_back(holding_id=holding_id, reason=reason, by=by, at=at)
    apply_corrections(at=at)


@transaction.atomic
def save_taking_back(*, holding_id: int, reason: str, by: Actor, at: datetime) -> None:
    """Take a holding back; the figures follow when they are derived."""
    row = _locked(holding_id, by)
    words = said(reason, "a reason", least=10)
    remove(row, at=at, by=by, kind="holding-taken-back", words=words)


def _locked(holding_id: int, by: Actor) -> Holding:
    row = Holding.objects.get(pk=holding_id)
    lock_body(row.organisation_id, Act.KEEP_ORGANISATION, by)
    return Holding.objects.select_for_update().get(pk=holding_id)
