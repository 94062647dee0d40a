"""What ties you to organisations: declaring it, ending it, taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field
from pydantic import AfterValidator

from convener.rules.access import Act, Actor
from convener.rules.interests import DETAIL_MAX
from convener.service.actions.interests import (
    Tie,
    declare_interest,
    end_interest,
    take_interest_back,
)
from convener.service.api.commanding import Given, command, done
from convener.service.api.commands.registering import OfRecord
from convener.service.api.given import Day, Number, no_nul, numbered
from convener.service.models.members import InterestNature
from convener.service.registry.record import find_record

TAG = "Commands: interests"
OWN = "/api/interests"


class OfTie(OfRecord):
    """What ties you to which organisation, since when."""

    nature: Literal["director", "employed", "owns", "related", "paid", "other"]
    from_on: Day
    to_on: Day | None = None
    words: Annotated[str, Field(max_length=DETAIL_MAX), AfterValidator(no_nul)] = ""


@command("declare-interest", Act.DECLARE_INTERESTS, tag=TAG)
def declare_interest_in(given: OfTie, by: Actor, at: datetime) -> dict[str, Any]:
    """Declare what ties you to an organisation; what you say of it is sealed."""
    tie = Tie(
        organisation_id=find_record(by, numbered(given.record)).pk,
        nature=InterestNature(given.nature),
        from_on=given.from_on,
        to_on=given.to_on,
        words=given.words,
    )
    return done(declare_interest(tie=tie, by=by, at=at).pk, OWN)


class OfInterest(Given):
    """An interest of your own."""

    interest: Number


@command("end-interest", Act.DECLARE_INTERESTS, tag=TAG)
def end_interest_of(given: OfInterest, by: Actor, at: datetime) -> dict[str, Any]:
    """Say that an interest of your own ended today."""
    return done(end_interest(interest_id=numbered(given.interest), by=by, at=at).pk, OWN)


@command("take-interest-back", Act.DECLARE_INTERESTS, tag=TAG)
def take_interest_back_of(given: OfInterest, by: Actor, at: datetime) -> dict[str, Any]:
    """Take back an interest of your own that was declared by mistake."""
    number = numbered(given.interest)
    take_interest_back(interest_id=number, by=by, at=at)
    return done(number, OWN)
