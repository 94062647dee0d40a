"""What the page of an organisation shows, and its tables as files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from convener.base.errors import NotFoundError
from convener.measures.lists.deals import Deal, Deals, Page
from convener.service.downloads import Table
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
    link,
    read,
)

ORDER_WORDS = {"value": "Largest first", "ending": "Ending soonest", "latest": "Latest first"}
BASIS_WORDS = {"awards": "Awards", "payments": "Payments", "provision": "Provision"}
WRITTEN_SHOWN = 12
MARKETS_SHOWN = 12


def shown(data: MarketData, found: Found, path: str) -> dict[str, Any]:
    """Return what the templates of the page need."""
    profile, provided, bought = found.profile, found.provided, found.bought
    labels = labels_of(data)
    return {
        "profile": profile,
        "found": found,
        "provided": provided,
        "bought": bought,
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
        "amount": lambda value: said.amount_of(value, provided) if provided else "",
        "things": said.things,
        "link": link,
    }


def _facts(found: Found) -> list[tuple[str, str]]:
    """Return the four numbers under the verdict: words and number."""
    provided, bought = found.provided, found.bought
    facts: list[tuple[str, str]] = []
    if provided:
        totals = provided.totals
        facts.append((said.THINGS[provided.basis], said.number(totals.things)))
        facts.append((_amount_word(provided.basis, totals.unit), _plain(found)))
        if totals.buyers:
            facts.append(("buyer", said.number(totals.buyers)))
        if provided.basis == "awards" and provided.deals.with_end:
            facts.append(("still run", said.number(provided.deals.running)))
        elif totals.areas:
            facts.append(("area", said.number(totals.areas)))
    elif bought:
        spent = bought.spent
        facts.append((said.THINGS[bought.basis], said.number(spent.things)))
        facts.append(("spent", said.money(spent.amount, spent.currency)))
        facts.append(("provider", said.number(spent.providers)))
        if bought.deals.with_end:
            facts.append(("still run", said.number(bought.deals.running)))
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
        return said.number(totals.amount)
    return said.money(totals.amount, totals.currency)


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


# --- Files ----------------------------------------------------------------------------------

type _File = tuple[tuple[str, ...], list[dict[str, Any]]]


def table(data: MarketData, found: Found, name: str) -> Table:
    """Return one table of an organisation's page, whole, as a file gives it.

    Raises
    ------
    NotFoundError
        If the page has no table of that name.
    """
    if name not in _FILES:
        message = f"an organisation has no table {name!r}; it has {', '.join(_FILES)}"
        raise NotFoundError(message)
    if name in {"contracts", "purchases"}:
        order = found.choices.deals.order if name == "contracts" else found.choices.bought.order
        whole = {"contracts": "deals", "purchases": "bought"}[name]
        wanted = replace(found.choices, **{whole: Page(order, 0)})
        found = read(data, found.profile.key, wanted)
    columns, rows = _FILES[name](found)
    return Table(f"{found.profile.name}-{name}", columns, rows)


def _file(columns: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> _File:
    return columns, [dict(zip(columns, map(_plainly, row), strict=True)) for row in rows]


def _plainly(value: Any) -> Any:  # noqa: ANN401 -- a cell
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.value if hasattr(value, "label") else value


def _deals_file(deals: Deals | None, other: str) -> _File:
    columns = ("ocid", "title", other, "amount", "suppliers", "awarded_on", "starts_on")
    columns += ("ends_on", "area", "source")

    def row(one: Deal) -> tuple[Any, ...]:
        words = (one.ocid, one.title, one.other, one.amount, one.suppliers)
        return (*words, one.awarded_on, one.starts_on, one.ends_on, one.place, one.source)

    return _file(columns, (row(one) for one in (deals.rows if deals else ())))


def _stops_file(stops: Iterable[Stop]) -> _File:
    columns = ("service", "label", "area", "things", "amount", "whole", "other_providers")
    return _file(
        (*columns, "share", "needed_per_100", "last_end"),
        (
            (
                one.spot.service,
                one.label,
                one.spot.place or "all",
                one.spot.things,
                one.spot.amount,
                one.total,
                one.others,
                one.share,
                one.needed,
                one.spot.last_end,
            )
            for one in stops
        ),
    )


def _buyers_file(found: Found) -> _File:
    columns = ("buyer", "things", "amount", "share_of_income", "share_of_its_spend")
    return _file(
        (*columns, "ending", "last_end"),
        (
            (
                one.buyer.name,
                one.buyer.things,
                one.buyer.amount,
                one.buyer.share,
                one.share_of_buyer,
                one.buyer.ending,
                one.buyer.last_end,
            )
            for one in found.buyers
        ),
    )


def _years_file(found: Found) -> _File:
    years = found.provided.years if found.provided else ()
    return _file(
        ("year", "things", "amount", "buyers"),
        ((one.period, one.things, one.amount, one.buyers) for one in years),
    )


def _related_file(found: Found) -> _File:
    profile = found.profile
    listed = [("owner", one) for one in profile.owners] + [("owned", one) for one in profile.owned]
    return _file(
        ("relation", "name", "kind", "share", "from", "to"),
        (
            (word, one.name, one.kind.value, one.share, one.from_on, one.to_on)
            for word, one in listed
        ),
    )


def _written_file(found: Found) -> _File:
    return _file(
        ("name", "identifier", "because", "probability"),
        (
            (one.name, one.identifier, one.because, one.probability)
            for one in found.profile.written
        ),
    )


def _providers_file(found: Found) -> _File:
    rows = found.bought.providers if found.bought else ()
    return _file(
        ("provider", "kind", "things", "amount", "share", "last_end"),
        (
            (one.name, one.kind.value, one.things, one.amount, one.share, one.last_end)
            for one in rows
        ),
    )


def _services_file(found: Found) -> _File:
    rows = found.bought.services if found.bought else ()
    columns = ("service", "things", "providers", "amount", "ending")
    return _file(
        (*columns, "largest", "largest_kind", "largest_share"),
        (
            (
                one.service,
                one.things,
                one.providers,
                one.amount,
                one.ending,
                one.largest,
                one.largest_kind.value,
                one.largest_share,
            )
            for one in rows
        ),
    )


def _others_file(found: Found) -> _File:
    return _file(
        ("provider", "kind", "things", "amount"),
        ((one.name, one.kind.value, one.things, one.amount) for one in found.others),
    )


_FILES: dict[str, Callable[[Found], _File]] = {
    "contracts": lambda found: _deals_file(found.provided and found.provided.deals, "buyer"),
    "purchases": lambda found: _deals_file(found.bought and found.bought.deals, "provider"),
    "areas": lambda found: _stops_file(found.stops),
    "markets": lambda found: _stops_file(found.markets),
    "buyers": _buyers_file,
    "years": _years_file,
    "related": _related_file,
    "written": _written_file,
    "providers": _providers_file,
    "services": _services_file,
    "others": _others_file,
}
