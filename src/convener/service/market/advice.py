"""What a commissioner could look at: one line a weak reading, each with the rows behind it.

A line stands only where rows support it. What the data cannot say is said to be absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from convener.base.kinds import Kind
from convener.measures.lists.holders import Area
from convener.measures.lists.holders_sql import ENDING_MONTHS
from convener.measures.run import Row
from convener.measures.sheet import LISTED, Sheet
from convener.service.market.switches import query_of
from convener.service.market.verdict import HALF, ends, is_held, whole_of
from convener.service.words import counted, number, percent

NAMED_MOST = 4  # areas that a line names
RELIES = 0.25  # the share of an area from which it is said to rely on one provider
SOME = 3  # awards from which a buyer's dependence is said


@dataclass(frozen=True)
class Line:
    """One thing to look at: what it is, what could be done, and the rows behind it."""

    head: str
    text: str
    link: str
    address: str


def advice(sheet: Sheet) -> list[Line]:
    """Return the lines that the rows support, then what is not in this data."""
    return [line for make in _LINES for line in make(sheet)]


def _rows(sheet: Sheet, name: str, **narrowed: str) -> str:
    """Return the address of the rows behind a figure, under the page's choices."""
    query = query_of(sheet.market, sheet.choices)
    more = urlencode(narrowed)
    joint = ("&" if query else "?") if more else ""
    return reverse("markets-rows", args=[sheet.market.service, name]) + query + joint + more


def contracts_address(sheet: Sheet, **narrowed: str) -> str:
    """Return the address of a market's contracts, within the page's area and year."""
    chosen = {"area": sheet.choices.area, "period": sheet.choices.period, **narrowed}
    kept = {name: value for name, value in chosen.items() if value}
    where = reverse("markets-contracts", args=[sheet.market.service])
    return f"{where}?{urlencode(kept)}" if kept else where


def _market_in(sheet: Sheet, area: str) -> str:
    where = reverse("markets-one", args=[sheet.market.service])
    return where + query_of(sheet.market, sheet.choices, area=area)


def _ending(sheet: Sheet) -> Iterator[Line]:
    known = [row.ending for row in sheet.tables.buyers if row.ending is not None]
    count = sum(known)
    if count:
        at_least = "At least " if len(sheet.tables.buyers) >= LISTED else ""
        yield Line(
            f"{at_least}{counted(count, 'contract')} "
            f"{'ends' if count == 1 else 'end'} within {ENDING_MONTHS} months.",
            "Each is a moment to change lots, terms or partners. Months are counted from the "
            "last day in the data.",
            f"See the {counted(count, 'contract')}",
            contracts_address(sheet, ending=str(ENDING_MONTHS)),
        )
    elif not known:
        yield Line(
            f"Contracts ending within {ENDING_MONTHS} months: not in this data.",
            "Load contract notices of the areas that you buy for, and this line fills.",
            "What is loaded",
            reverse("sources"),
        )


def _largest_ending(sheet: Sheet) -> Iterator[Line]:
    largest = next(iter(sheet.tables.providers), None)
    if largest is None or not largest.ending or largest.kind is Kind.INDIVIDUAL:
        return
    if sheet.choices.basis != "awards" or not is_held(largest.share):
        return
    yield Line(
        f"{counted(largest.ending, 'contract')} of {largest.name} "
        f"{'ends' if largest.ending == 1 else 'end'} within {ENDING_MONTHS} months.",
        f"It holds {percent(largest.share)} of {whole_of(sheet)}. What follows these contracts "
        "decides whether that stays so.",
        "See them",
        contracts_address(sheet, provider=largest.name, ending=str(ENDING_MONTHS)),
    )


def _reliance(sheet: Sheet) -> Iterator[Line]:
    if sheet.choices.area or len(sheet.tables.areas) < 2:  # noqa: PLR2004 -- one area is the market
        return
    relied = [loss for loss in sheet.tables.losses if loss.amount / loss.total >= RELIES]
    most = max(relied, key=lambda loss: loss.amount, default=None)
    if most is None or not most.others:
        return
    yield Line(
        f"{most.name} relies on one provider for {percent(most.amount / most.total)} of "
        f"{whole_of(sheet)} there.",
        f"{counted(most.others, 'other provider')} "
        f"{'works' if most.others == 1 else 'work'} there. Ask what each could take, and at "
        "what notice.",
        f"See {most.name}",
        _market_in(sheet, most.name),
    )


def _dominated(sheet: Sheet) -> Iterator[Line]:
    if len(sheet.tables.areas) < 2:  # noqa: PLR2004 -- one area is the market
        return
    held = [
        area
        for area in sheet.tables.areas
        if (area.share or 0.0) > HALF and area.kind is not Kind.IN_HOUSE
    ]
    if held:
        yield Line(
            f"{_listed(held)} one provider holds over half.",
            "In none of them is it a public body itself. In a small market one closure is felt at "
            "once."
            if len(held) > 1
            else "It is no public body itself. In a small market one closure is felt at once.",
            f"See the {counted(len(held), 'area')}" if len(held) > 1 else "See the area",
            _rows(sheet, "area-dominance", of="areas"),
        )


def _listed(areas: list[Area]) -> str:
    names = [area.name for area in areas[:NAMED_MOST]]
    if len(areas) > NAMED_MOST:
        return (
            f"In {number(len(areas))} areas, among them {', '.join(names[:-1])} and {names[-1]},"
        )
    return f"In {names[0]}" if len(names) == 1 else f"In {', '.join(names[:-1])} and {names[-1]}"


def _alone(sheet: Sheet) -> Iterator[Line]:
    alone = [area for area in sheet.tables.areas if area.providers == 1]
    if alone and len(sheet.tables.areas) > 1:
        yield Line(
            f"{counted(len(alone), 'area')} {'has' if len(alone) == 1 else 'have'} one provider "
            "only.",
            "Whoever needs this service there has no other. Neighbouring areas may share theirs.",
            "See the areas",
            _rows(sheet, "area-dominance", of="areas"),
        )


def _unknown(sheet: Sheet) -> Iterator[Line]:
    count, row = sheet.tables.kinds.get(Kind.UNKNOWN, 0), sheet.shares.get(Kind.UNKNOWN)
    if count and row is not None and row.value:
        yield Line(
            f"{counted(count, 'provider')} of unknown kind {'holds' if count == 1 else 'hold'} "
            f"{percent(float(row.value), 1)} of {whole_of(sheet)}.",
            "Naming what they are would narrow every range above.",
            f"See the {counted(count, 'provider')}" if count > 1 else "See the provider",
            _rows(sheet, row.measure, of="providers", kind=Kind.UNKNOWN.value),
        )


def _one_bid(sheet: Sheet) -> Iterator[Line]:
    row = sheet.one("single-bid-share")
    count = _part(row)
    if row is not None and count:
        yield Line(
            f"{counted(count, 'tender')} of {number(row.count)} drew one bid.",
            "Ask those who did not bid what kept them away: size, time, terms or price.",
            "See the tenders",
            _rows(sheet, row.measure),
        )


def _undivided(sheet: Sheet) -> Iterator[Line]:
    row = sheet.one("share-with-lots")
    if row is None or row.value is None:
        return
    count = row.count - _part(row)
    if count:
        yield Line(
            f"{counted(count, 'tender')} of {number(row.count)} had no lots.",
            "Lots by area or by need let local providers bid for a part.",
            "See the tenders",
            _rows(sheet, row.measure),
        )


def _large(sheet: Sheet) -> Iterator[Line]:
    row = sheet.one("bundling")
    count = _part(row)
    if row is not None and count:
        yield Line(
            f"{counted(count, 'contract')} {'is' if count == 1 else 'are'} each worth more than "
            "the middle provider wins here in a year.",
            f"Of {counted(row.count, 'contract')} with a value. Divided, "
            f"{'it' if count == 1 else 'they'} could be held by more of them.",
            "See the contracts, largest first",
            contracts_address(sheet),
        )


def _dependent(sheet: Sheet) -> Iterator[Line]:
    depends = [
        buyer
        for buyer in sheet.tables.buyers
        if buyer.things >= SOME and (buyer.largest_share or 0.0) > HALF
    ]
    if depends and len(sheet.tables.buyers) > 1:
        row = sheet.one("buyer-dependence")
        yield Line(
            f"{counted(len(depends), 'buyer')} {'buys' if len(depends) == 1 else 'buy'} over "
            "half from one provider.",
            "A second provider in a lot of its own is a way out before it is needed.",
            "See the buyers",
            _rows(sheet, row.measure if row else "buyer-dependence", of="buyers"),
        )


def _part(row: Row | None) -> int:
    """Return how many things a share of things is."""
    if row is None or row.value is None:
        return 0
    low, high = ends(row)
    return round(float(row.value) * row.count) if low == high else round(low * row.count)


_LINES: tuple[Callable[[Sheet], Iterator[Line]], ...] = (
    _reliance,
    _largest_ending,
    _dominated,
    _alone,
    _one_bid,
    _undivided,
    _large,
    _dependent,
    _unknown,
    _ending,
)
