"""The page of a market's contracts: filtered, sorted, a page at a time, and whole as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from convener.base.errors import BadInputError
from convener.measures.lists.contracts import (
    FIRST_WAY,
    MONTHS_MOST,
    PAGE,
    Contract,
    Contracts,
    Wanted,
    read_contracts,
)
from convener.measures.lists.parties import TYPED_MAX
from convener.measures.markets import Market
from convener.service.downloads import Table
from convener.service.market.data import MarketData
from convener.service.market.paging import address, pages, whole_number
from convener.service.words import counted, day, money, number

PAGES_MOST = 100_000
NONE = Contracts((), 0, 0, None, "", None, (), ())
COLUMNS = (
    "ocid",
    "title",
    "buyer",
    "buyer_organisation",
    "area",
    "providers",
    "provider_kinds",
    "provider_organisations",
    "awarded_on",
    "starts_on",
    "ends_on",
    "amount",
    "currency",
)
ENDING_OFFERED = (("", "At any time"), ("6", "6 months"), ("12", "12 months"), ("18", "18 months"))
_HEADS = (("awarded", "Awarded"), ("ends", "Ends"), ("value", "Value"))
_SORTED = {"up": "ascending", "down": "descending"}


@dataclass(frozen=True)
class Head:
    """The head of a column by which a list can be sorted: its link, and how it is sorted now."""

    label: str
    address: str
    sorted: str


def read_wanted(asked: Mapping[str, str]) -> Wanted:
    """Return which contracts an address asks for.

    Raises
    ------
    BadInputError
        If a word or a number of the address is not one that can be asked for.
    """
    ending = whole_number(asked, "ending", least=1, most=MONTHS_MOST)
    sort = asked.get("sort") or ("value" if ending is None else "ends")
    texts = {name: asked.get(name, "").strip() for name in ("area", "period", "buyer", "provider")}
    for name, text in texts.items():
        if len(text) > TYPED_MAX or not text.isprintable():
            raise BadInputError(f"{name} has {len(text)} letters; wanted at most {TYPED_MAX}")
    way = asked.get("way") or FIRST_WAY.get(sort, "down")
    return Wanted(**texts, ending=ending, sort=sort, way=way)


def page_number(asked: Mapping[str, str]) -> int:
    """Return the number of the page that an address asks for."""
    return whole_number(asked, "page", least=1, most=PAGES_MOST) or 1


def found(data: MarketData, market: Market, wanted: Wanted, page: int | None) -> Contracts:
    """Return one page of contracts; without a page, all of them."""

    def made() -> Contracts:
        with data.cursor() as cursor:
            return read_contracts(cursor, market, wanted, page=page)

    if not market.processes:
        return NONE
    if page is None:
        return made()
    return data.kept(("contracts", market.service, wanted, page), made)


def shown(
    data: MarketData, market: Market, wanted: Wanted, *, page: int, path: str
) -> dict[str, Any]:
    """Return what the page of contracts needs."""
    contracts = found(data, market, wanted, page)
    chosen = chosen_of(wanted)
    return {
        "wanted": wanted,
        "contracts": contracts,
        "heads": [_head(wanted, sort, label, path) for sort, label in _HEADS],
        "pages": pages(path, chosen, number=page, count=contracts.count, size=PAGE),
        "query": address("", chosen),
        "said": said(contracts, wanted),
        "endings": _endings(wanted),
        "is_filtered": bool(chosen.keys() - {"sort", "way"}),
    }


def chosen_of(wanted: Wanted) -> dict[str, object]:
    """Return what an address must hold for some contracts; what is usual is left out."""
    usual_sort = "value" if wanted.ending is None else "ends"
    kept = {name: value for name, value in vars(wanted).items() if value not in ("", None)}
    if kept["way"] == FIRST_WAY[wanted.sort]:
        del kept["way"]
    if kept["sort"] == usual_sort:
        del kept["sort"]
    return kept


def _head(wanted: Wanted, sort: str, label: str, path: str) -> Head:
    is_here = wanted.sort == sort
    turned = "up" if wanted.way == "down" else "down"
    way = turned if is_here else FIRST_WAY[sort]
    chosen = {**chosen_of(wanted), "sort": sort, "way": way if way != FIRST_WAY[sort] else None}
    return Head(label, address(path, chosen), _SORTED[wanted.way] if is_here else "")


def _endings(wanted: Wanted) -> tuple[tuple[str, str], ...]:
    asked = "" if wanted.ending is None else str(wanted.ending)
    if asked in dict(ENDING_OFFERED):
        return ENDING_OFFERED
    return (*ENDING_OFFERED, (asked, counted(int(asked), "month")))


def said(contracts: Contracts, wanted: Wanted) -> list[str]:
    """Return what the list comes to, in words."""
    parts = [f"{counted(contracts.count, 'contract')} that {_stand(contracts.count)}"]
    if contracts.total is not None:
        parts[0] += f", worth {money(contracts.total, contracts.currency)} in all"
    parts[0] += "."
    if contracts.count and contracts.dated < contracts.count:
        dated = number(contracts.dated) if contracts.dated else "none"
        parts.append(f"An end is known for {dated} of them.")
    if wanted.ending is not None and contracts.day is not None:
        parts.append(f"Months are counted from {day(contracts.day)}, the last day in the data.")
    return parts


def _stand(count: int) -> str:
    return "stands" if count == 1 else "stand"


def table(data: MarketData, market: Market, wanted: Wanted) -> Table:
    """Return the contracts as a file gives them."""
    contracts = found(data, market, wanted, None)
    return Table(f"{market.service}-contracts", COLUMNS, [_row(row) for row in contracts.rows])


def _row(contract: Contract) -> dict[str, Any]:
    days = {name: getattr(contract, name) for name in ("awarded_on", "starts_on", "ends_on")}
    providers = contract.suppliers
    return {
        **{name: getattr(contract, name) for name in COLUMNS if hasattr(contract, name)},
        **{name: value.isoformat() if value else None for name, value in days.items()},
        "amount": None if contract.amount is None else f"{contract.amount:f}",
        "providers": "; ".join(one.name for one in providers),
        "provider_kinds": "; ".join(one.kind.value for one in providers),
        "provider_organisations": "; ".join(
            str(one.organisation) for one in providers if one.organisation is not None
        ),
    }
