"""The steps of a what-if in words, and the contracts that a reader can choose."""

from __future__ import annotations

from dataclasses import dataclass

from convener.measures.lists.holders import Facts
from convener.measures.what_if.steps import Move, MovePart, Split, Stop, Thing
from convener.measures.what_if.things import Listed
from convener.measures.what_if.trying import Taken
from convener.service.market.tables import THINGS
from convener.service.market.what_if import Trial
from convener.service.market.what_if_cards import amount_said
from convener.service.market.what_if_forms import Offer
from convener.service.words import counted, percent, sentence

TITLE_MAX = 70  # letters of a title in a list to choose from


@dataclass(frozen=True)
class StepShown:
    """One step as the page lists it."""

    words: str
    says: str
    fault: str
    without: str


def steps_shown(trial: Trial, facts: Facts, titles: dict[Thing, str]) -> list[StepShown]:
    """Return the steps with what each did, or why it could not be taken."""
    return [
        StepShown(
            words=line.words,
            says=_step_said(line.taken, facts, titles) if line.taken else "",
            fault=sentence(line.fault),
            without=line.without,
        )
        for line in trial.lines
    ]


def _step_said(taken: Taken, facts: Facts, titles: dict[Thing, str]) -> str:
    worth = amount_said(taken.amount, facts) if taken.amount is not None else "no value given"
    match taken.step:
        case Stop():
            return _stop_said(taken, facts, worth)
        case Move(thing=thing):
            return (
                f"{_thing_said(thing, titles)} ({worth}) goes from {taken.holder} to {taken.to}."
            )
        case MovePart(part=part):
            share = f"{part.words} of what {taken.holder} has" if part.is_share else worth
            tail = f" ({worth})" if part.is_share else f" of {taken.holder}"
            return f"{share}{tail} goes to {taken.to}."
        case Split(lots=lots):
            return (
                f"{_thing_said(taken.step.thing, titles)} ({worth}), now with {taken.holder}, "
                f"is split into {lots} lots, each with a new provider of its own."
            )


def _stop_said(taken: Taken, facts: Facts, worth: str) -> str:
    where = counted(taken.places, "area")
    if taken.amount is None or not taken.amount:
        return f"{taken.holder} stops: {counted(taken.things, 'record')} in {where}."
    left = taken.left_over
    absorbed = taken.amount - left
    return (
        f"{taken.holder} stops: {worth} in {where}. Others there take up "
        f"{amount_said(absorbed, facts)}; {amount_said(left, facts)} left unserved, "
        f"{percent(left / taken.amount)} of what it had."
    )


def _thing_said(thing: Thing, titles: dict[Thing, str]) -> str:
    title = titles.get(thing, "")
    name = f"award {thing.number} of {thing.process}" if thing.process else thing.number
    return f"“{title}”" if title else name[0].upper() + name[1:]


def things_offered(things: tuple[Listed, ...], facts: Facts) -> list[Offer]:
    """Return contracts or places as lines to choose from."""
    return [
        Offer(
            each.thing.words,
            " · ".join(
                part
                for part in (
                    amount_said(each.amount, facts),
                    _cut(each.title or each.thing.number),
                    each.holder,
                    each.place if each.place != "unknown" else "",
                )
                if part
            ),
        )
        for each in things
    ]


def _cut(title: str) -> str:
    return title if len(title) <= TITLE_MAX else title[: TITLE_MAX - 1].rstrip() + "…"


def words(facts: Facts) -> dict[str, str]:
    """Return what the page calls the things of a basis."""
    is_place = facts.basis == "provision"
    return {
        "things_title": "Find a place of provision" if is_place else "Find a contract",
        "thing_word": "place of provision" if is_place else "contract",
        "things_word": THINGS[facts.basis],
        "part_unit": f"so many {facts.unit or 'places'}" if is_place else "so much money",
    }
