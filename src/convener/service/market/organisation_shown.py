"""What the page of an organisation shows."""

from __future__ import annotations

from typing import Any

from convener.measures.lists.deals import Deals, Page
from convener.service.market import organisation_said as said
from convener.service.market.data import MarketData
from convener.service.market.organisation import (
    BUYERS_SHOWN,
    OWNED_SHOWN,
    STOPS_SHOWN,
    Choices,
    Found,
    Stop,
    address_of,
    labels_of,
)
from convener.service.words import money, number

ORDER_WORDS = {"value": "Largest first", "ending": "Ending soonest", "latest": "Latest first"}
BASIS_WORDS = {"awards": "Awards", "payments": "Payments", "provision": "Provision"}
WRITTEN_SHOWN = 12
MARKETS_SHOWN = 12
SERVICES_SHOWN = 15


def shown(data: MarketData, found: Found, path: str) -> dict[str, Any]:
    """Return what the templates of the page need."""
    profile, provided, bought = found.profile, found.provided, found.bought
    labels = labels_of(data)
    return {
        "profile": profile,
        "found": found,
        "provided": provided,
        "bought": bought,
        "services": bought.services[:SERVICES_SHOWN] if bought else (),
        "services_left": max(len(bought.services) - SERVICES_SHOWN, 0) if bought else 0,
        "day": found.day,
        "verdict": said.verdict(found),
        "rests_on": said.rests_on(found),
        "facts": _facts(found),
        "stop_said": said.stop_said(found),
        "stops": _stops(found, path),
        "stops_left": max(len(found.stops) - STOPS_SHOWN, 0),
        "markets": found.markets[:MARKETS_SHOWN],
        "buyers": found.buyers[:BUYERS_SHOWN],
        "buyers_left": max(len(found.buyers) - BUYERS_SHOWN, 0),
        "owned": profile.owned[:OWNED_SHOWN],
        "owned_left": max(profile.owned_count - OWNED_SHOWN, 0),
        "written": profile.written[:WRITTEN_SHOWN],
        "written_left": max(len(profile.written) - WRITTEN_SHOWN, 0),
        "switches": _switches(found, path),
        "deals": _pager(provided.deals, found.choices, path, "deals") if provided else None,
        "bought_deals": _pager(bought.deals, found.choices, path, "bought") if bought else None,
        "service_label": lambda service: labels.get(service, service),
        "query": address_of("", found.choices),
        "amount": lambda value: said.cell_of(value, provided) if provided else "",
        "held_word": _held_word(found),
        "has_services": len({one.spot.service for one in found.stops}) > 1,
        "things": said.things,
    }


def _held_word(found: Found) -> str:
    provided = found.provided
    is_counted = provided is not None and provided.basis == "provision"
    return (provided.totals.unit or "size").capitalize() if provided and is_counted else "Value"


def _facts(found: Found) -> list[tuple[str, str]]:
    """Return the four numbers under the verdict: words and number."""
    provided, bought = found.provided, found.bought
    facts: list[tuple[str, str]] = []
    if provided and not found.buys_first:
        totals = provided.totals
        facts.append((said.THINGS[provided.basis], number(totals.things)))
        facts.append((_amount_word(provided.basis, totals.unit), _plain(found)))
        if totals.buyers:
            facts.append(("buyer", number(totals.buyers)))
        if provided.basis == "awards" and provided.deals.with_end:
            facts.append(("still run", number(provided.deals.running)))
        elif totals.areas:
            facts.append(("area", number(totals.areas)))
    elif bought:
        spent = bought.spent
        facts.append((said.THINGS[bought.basis], number(spent.things)))
        facts.append(("spent", money(spent.amount, spent.currency)))
        facts.append(("provider", number(spent.providers)))
        if bought.deals.with_end:
            facts.append(("still run", number(bought.deals.running)))
    return [(_many(word, text), text) for word, text in facts]


def _many(word: str, text: str) -> str:
    if text == "1" or word in {"still run", "spent", "won", "paid"} or word.endswith("s"):
        return "still runs" if word == "still run" and text == "1" else word
    return said.MANY.get(word, word + "s")


def _amount_word(basis: str, unit: str) -> str:
    return {"awards": "won", "payments": "paid"}.get(basis, unit or "size")


def _plain(found: Found) -> str:
    provided = found.provided
    if provided is None:
        return ""
    totals = provided.totals
    if provided.basis == "provision":
        return number(totals.amount)
    return money(totals.amount, totals.currency)


def _stops(found: Found, path: str) -> list[tuple[Stop, str, bool]]:
    """Return the areas shown, each with the address that looks into it and whether it does."""
    return [
        (
            one,
            address_of(path, found.choices, service=one.spot.service, area=one.spot.place)
            + "#others",
            one == found.looked_into,
        )
        for one in found.stops[:STOPS_SHOWN]
    ]


def _switches(found: Found, path: str) -> list[tuple[str, str | None]]:
    """Return the bases as links; the current one has no address."""
    provided, bought = found.provided, found.bought
    bases = list(provided.bases if provided else ())
    bases += [basis for basis in (bought.bases if bought else ()) if basis not in bases]
    here = provided.basis if provided else bought.basis if bought else ""
    if len(bases) < 2:  # noqa: PLR2004 -- nothing to choose from
        return []
    return [
        (BASIS_WORDS[basis], None if basis == here else address_of(path, Choices(basis=basis)))
        for basis in bases
    ]


def _pager(deals: Deals, choices: Choices, path: str, side: str) -> dict[str, Any]:
    """Return a page of contracts with its orders and the pages beside it."""

    def to(order: str, number: int) -> str:
        return address_of(path, choices, **{side: Page(order, number)}) + f"#{side}"

    orders = [
        (words, None if order == deals.order else to(order, 1))
        for order, words in ORDER_WORDS.items()
        if order != "ending" or deals.with_end
    ]
    return {
        "rows": deals.rows,
        "total": deals.total,
        "listed": deals.listed,
        "number": deals.number,
        "pages": deals.pages,
        "orders": orders,
        "back": to(deals.order, deals.number - 1) if deals.number > 1 else "",
        "on": to(deals.order, deals.number + 1) if deals.number < deals.pages else "",
    }
