"""The forms of a what-if: what they offer, and the step that a filled one stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.http import QueryDict

from convener.base.kinds import Kind
from convener.measures.what_if.holdings import NEW, NOBODY, Holder, Holdings
from convener.measures.what_if.steps import (
    NEW_KINDS,
    Move,
    MovePart,
    NewHolder,
    Split,
    Step,
    StepError,
    Stop,
    read_kind,
    read_lots,
    read_part,
    read_provider,
    read_thing,
    read_to,
)

OFFERED = 100  # the largest providers, and contracts, that a form lists
TOLD = 5  # names that an answer lists


@dataclass(frozen=True)
class Offer:
    """One line of a list to choose from."""

    value: str
    label: str


def holders_offered(holdings: Holdings) -> list[Offer]:
    """Return the largest providers that have anything, the largest first; people are left out."""
    named = holdings.holder != NOBODY
    count = len(holdings.holders)
    amounts = np.bincount(holdings.holder[named], holdings.amount[named], minlength=count)
    items = np.bincount(holdings.holder[named], holdings.items[named], minlength=count)
    order = [at for at in np.lexsort((-items, -amounts)) if items[at] > 0]
    open_ = (holdings.holders[at] for at in order)
    found = [Offer(holder.reference, holder.name) for holder in open_ if holder.reference]
    return found[:OFFERED]


def new_offered(holdings: Holdings) -> list[Offer]:
    """Return a new provider of each kind, beside those that steps have already imagined."""
    offers = []
    for kind in NEW_KINDS:
        number = 1
        while (word := NewHolder(kind, number).words) in holdings.positions:
            offers.append(Offer(word, holdings.holders[holdings.positions[word]].name))
            number += 1
        offers.append(Offer(word, f"{'Another' if number > 1 else 'A'} new {_lower(kind)}"))
    return offers


def _lower(kind: Kind) -> str:
    words = {Kind.UNKNOWN: "provider of unknown kind", Kind.PRIVATE: "private provider"}
    return words.get(kind, kind.label.lower())


def kinds_offered() -> list[Offer]:
    """Return the kinds that new providers of lots can be of."""
    return [Offer(kind.value, kind.label) for kind in NEW_KINDS]


def step_of(form: QueryDict, holdings: Holdings) -> Step:
    """Return the step that a filled form stands for.

    Raises
    ------
    StepError
        If the form is not filled so that it means a step.
    """
    match form.get("do", ""):
        case "stop":
            return Stop(_provider(form, holdings))
        case "part":
            part = read_part(form.get("part", ""))
            return MovePart(_provider(form, holdings), part, _to(form))
        case "move":
            return Move(read_thing(_chosen(form, "contract", "contract")), _to(form))
        case "split":
            kind = form.get("as", "")
            thing = read_thing(_chosen(form, "contract", "contract"))
            return Split(thing, read_lots(form.get("lots", "")), read_kind(kind) if kind else None)
        case other:
            raise StepError(f"the form {other!r} was met; wanted stop, part, move or split")


def _chosen(form: QueryDict, name: str, what: str) -> str:
    word = form.get(name, "").strip()
    if not word:
        raise StepError(f"no {what} was chosen; wanted one of the list")
    return word


def _to(form: QueryDict) -> str | NewHolder:
    return read_to(_chosen(form, "to", "receiving provider"))


def _provider(form: QueryDict, holdings: Holdings) -> str:
    """Return the provider that was typed, or else chosen."""
    typed = " ".join(form.get("typed", "").split())[:200]
    if not typed:
        return read_provider(_chosen(form, "provider", "provider"))
    return _named(typed, holdings).reference


def _named(typed: str, holdings: Holdings) -> Holder:
    wanted = typed.casefold()
    open_ = [holder for holder in holdings.holders if holder.reference]
    open_ = [holder for holder in open_ if not holder.reference.startswith(NEW)]
    same = [holder for holder in open_ if holder.name.casefold() == wanted]
    like = same or [holder for holder in open_ if wanted in holder.name.casefold()]
    if not like:
        raise StepError(f"the provider {typed!r} was met; wanted a name in this market")
    if len(like) > 1:
        names = ", ".join(holder.name for holder in like[:TOLD])
        raise StepError(f"{len(like)} providers are like {typed!r}: {names}; wanted one of them")
    return like[0]
