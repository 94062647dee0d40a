"""Who owns an organisation: entering shares, ending them, taking them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import ConfigDict

from convener.rules.access import Act, Actor
from convener.service.actions.corrections import apply_corrections
from convener.service.actions.ownership import Terms, save_end, save_holdings, save_taking_back
from convener.service.api.commanding import command, done
from convener.service.api.commands.keeping import OfRow, kept, row_of
from convener.service.api.commands.registering import OfRecord, shown
from convener.service.api.given import Day, FewWords, Number, Reason, Share, Source, numbered
from convener.service.registry.record import find_record

TAG = "Commands: ownership"
OWNERS_MOST = 20  # in one command


def into_figures(answer: Mapping[str, Any], at: datetime) -> None:  # noqa: ARG001 -- a command's own
    """Put what was saved into the market's figures."""
    apply_corrections(at=at)


class HoldingGiven(Schema):
    """What one owner holds, and under which terms."""

    model_config = ConfigDict(extra="forbid")

    owner: Number
    share: Share
    source: Source
    has_control: bool = Field(False, strict=True)
    from_on: Day | None = None
    to_on: Day | None = None
    profit_share: Share | None = None
    profit_rule: FewWords = ""
    exit_terms: FewWords = ""


class OfHoldings(OfRecord):
    """What several owners hold: all are entered, or none."""

    holdings: Annotated[list[HoldingGiven], Field(min_length=1, max_length=OWNERS_MOST)]


@command("add-holdings", Act.KEEP_ORGANISATION, tag=TAG, after=into_figures)
def add_holdings(given: OfHoldings, by: Actor, at: datetime) -> dict[str, Any]:
    """Enter what owners hold in an organisation."""
    body = kept(by, given.record)
    terms = [_terms(one, by) for one in given.holdings]
    save_holdings(organisation_id=body.pk, terms=terms, by=by, at=at)
    return done(body.pk, shown(body.pk))


def _terms(one: HoldingGiven, by: Actor) -> Terms:
    return Terms(
        owner_id=find_record(by, numbered(one.owner)).pk,
        share=Decimal(one.share),
        profit_share=None if one.profit_share is None else Decimal(one.profit_share),
        **one.model_dump(exclude={"owner", "share", "profit_share"}),
    )


class OfEnd(OfRow):
    """Until which day an owner held its share."""

    to_on: Day


@command("end-holding", Act.KEEP_ORGANISATION, tag=TAG, after=into_figures)
def end_holding(given: OfEnd, by: Actor, at: datetime) -> dict[str, Any]:
    """Say until which day an owner held its share."""
    body = kept(by, given.record)
    row = row_of(body.holdings, given.row)
    save_end(holding_id=row, to_on=given.to_on, by=by, at=at)
    return done(row, shown(body.pk))


class OfTakingBack(OfRow):
    """Why a holding is taken back."""

    reason: Reason


@command("take-holding-back", Act.KEEP_ORGANISATION, tag=TAG, after=into_figures)
def take_holding_back(given: OfTakingBack, by: Actor, at: datetime) -> dict[str, Any]:
    """Take back a holding that was entered by mistake."""
    body = kept(by, given.record)
    row = row_of(body.holdings, given.row)
    save_taking_back(holding_id=row, reason=given.reason, by=by, at=at)
    return done(row, shown(body.pk))
