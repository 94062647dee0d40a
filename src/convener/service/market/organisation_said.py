"""What the page of an organisation says in words: only what its figures force."""

from __future__ import annotations

from datetime import date

from convener.measures.lists.holders_sql import ENDING_MONTHS
from convener.measures.lists.provided import Provided
from convener.service.market.organisation import MUCH, Found, Stop
from convener.service.words import counted, day, money, number, percent

THINGS = {"awards": "award", "payments": "payment", "provision": "entry"}
MANY = {"entry": "entries"}
WAYS = {
    "provision": "lists of provision",
    "awards": "contracts awarded",
    "payments": "payments published",
}


def things(count: float, basis: str) -> str:
    """Return how many of a basis's things there are: 3 awards, 1 entry."""
    one = THINGS[basis]
    return counted(round(count), one, MANY.get(one))


def amount_of(value: float | None, provided: Provided) -> str:
    """Return an amount in the unit of its basis."""
    if value is None:
        return "not given"
    totals = provided.totals
    if provided.basis == "provision":
        return f"{number(value)} {totals.unit}".strip()
    return money(value, totals.currency)


def cell_of(value: float | None, provided: Provided) -> str:
    """Return an amount for a table whose heading has the unit."""
    if value is None:
        return "not given"
    is_counted = provided.basis == "provision"
    return number(value) if is_counted else money(value, provided.totals.currency)


def verdict(found: Found) -> tuple[str, ...]:
    """Say in a few sentences what the organisation holds or buys; the first is the heaviest."""
    said = _as_buyer(found) if found.buys_first else _as_provider(found)
    return said or ("The loaded data names it, and holds nothing of it.",)


def _as_provider(found: Found) -> tuple[str, ...]:
    provided = found.provided
    if provided is None:
        return ()
    totals = provided.totals
    worth = (
        f" with {amount_of(totals.amount, provided)}"
        if provided.basis == "provision"
        else (f" worth {amount_of(totals.amount, provided)}" if totals.amount is not None else "")
    )
    first = {
        "provision": f"The lists name it for {things(totals.things, 'provision')}{worth}",
        "awards": f"It was awarded {things(totals.things, 'awards')}{worth}",
        "payments": f"It was paid {amount_of(totals.amount, provided)} in"
        f" {things(totals.things, 'payments')}",
    }[provided.basis]
    from_whom = f" by {counted(totals.buyers, 'buyer')}" if totals.buyers else ""
    where = f", in {counted(totals.areas, 'area')}" if totals.areas > 1 else ""
    return (f"{first}{from_whom}{where}.", *_held(found.stops), *_leaning(found))


def _held(stops: tuple[Stop, ...]) -> tuple[str, ...]:
    held = [one for one in stops if one.share is not None and one.share > MUCH]
    if not held:
        return ()
    where = counted(len({one.spot.place for one in held}), "area")
    return (f"In {where} it holds more than {percent(MUCH)} of a service.",)


def _leaning(found: Found) -> tuple[str, ...]:
    first = next((one.buyer for one in found.buyers), None)
    if first is None or first.share is None or len(found.buyers) < 2:  # noqa: PLR2004 -- of one, all
        return ()
    return (f"{percent(first.share)} of its income here is from one buyer, {first.name}.",)


def _as_buyer(found: Found) -> tuple[str, ...]:
    bought = found.bought
    if bought is None:
        return ()
    spent = bought.spent
    what = things(spent.things, bought.basis)
    largest = next((one for one in bought.providers if one.share), None)
    said = f"It bought for {money(spent.amount, spent.currency)} in {what}"
    if spent.amount is None:
        said = f"It made {what}"
    first = f"{said}, from {counted(spent.providers, 'provider')}."
    if largest is None or largest.share is None:
        return (first,)
    return (first, f"The largest, {largest.name}, holds {percent(largest.share)} of that.")


def rests_on(found: Found) -> str:
    """Say what the figures of the page rest on, and the caution that changes their reading."""
    parts = []
    bought = found.bought
    if found.buys_first and bought:
        spent = bought.spent
        when = _between(spent.first_on, spent.last_on)
        parts.append(f"Counted from {WAYS[bought.basis]}{when}, without what it provides itself.")
    elif provided := found.provided:
        totals = provided.totals
        when = _between(totals.first_on, totals.last_on)
        parts.append(f"Counted from {WAYS[provided.basis]}{when}.")
        if provided.basis == "awards":
            known = round(totals.valued)
            parts.append(f"{number(known)} have a value above zero.")
            parts.append("An award to several suppliers is split evenly between them.")
    profile = found.profile
    if profile.is_owned:
        parts.append("Others own it: this page counts what stands under its own name.")
    elif profile.owned_count:
        owned = counted(profile.owned_count, "organisation")
        parts.append(f"It counts {owned} that it owns, by share and for the days of it.")
    if not found.buys_first:
        parts.append("Nothing here says that it is at risk.")
    return " ".join(parts)


def _between(first: date | None, last: date | None) -> str:
    if last is None:
        return ""
    return f" on {day(last)}" if first == last else f" from {day(first)} to {day(last)}"


def stop_said(found: Found) -> list[str]:
    """Say what would stop."""
    provided = found.provided
    if provided is None:
        return []
    totals, deals = provided.totals, provided.deals
    said = []
    if provided.basis == "provision":
        said.append(f"{amount_of(totals.amount, provided)} stop.")
    elif provided.basis == "awards":
        said.append(_running_said(found))
        if deals.ending and found.day:
            worth = (
                f", worth {amount_of(deals.ending_amount, provided)}"
                if deals.ending_amount is not None
                else ""
            )
            verb = "ends" if deals.ending == 1 else "end"
            said.append(
                f"{counted(deals.ending, 'contract')}{worth} {verb} anyway"
                f" within {ENDING_MONTHS} months."
            )
    else:
        said.append(f"Payments of {amount_of(totals.amount, provided)} went to it.")
    if totals.buyers:
        verb = "has" if totals.buyers == 1 else "have"
        said.append(f"{counted(totals.buyers, 'buyer')} {verb} to find another.")
    into = found.looked_into
    if into is not None and into.needed is not None:
        said.append(
            f"In {into.spot.place} {amount_of(into.spot.amount, provided)} of"
            f" {into.label.lower()} stop. To take that on, the others there need"
            f" {number(into.needed)} for every 100 that they have now."
        )
    elif into is not None and into.share == 1:
        said.append(f"In {into.spot.place} nobody else provides {into.label.lower()}.")
    return said


def _running_said(found: Found) -> str:
    provided = found.provided
    deals = provided.deals if provided else None
    if deals is None or found.day is None or not deals.with_end:
        return "When its contracts end is not in this data."
    verb = "runs" if deals.running == 1 else "run"
    said = f"{counted(deals.running, 'contract')} of {number(deals.with_end)} with a known end"
    return f"{said} still {verb} on {day(found.day)}, the last day of the data."
