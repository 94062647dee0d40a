"""What would stop if the largest provider stopped: where, how much, and what others would need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convener.base.kinds import Kind
from convener.measures.lists.holders import Facts, Loss, Provider
from convener.measures.run import Row
from convener.measures.sheet import Sheet
from convener.service.market.paging import link
from convener.service.market.switches import query_of
from convener.service.market.verdict import whole_of
from convener.service.words import counted, money, number, percent

SHOWN = 10
MUCH = 0.25  # the share of an area that is told first


@dataclass(frozen=True)
class Lost:
    """One area as the table shows it; ``needed`` is how much more the others would need."""

    loss: Loss
    address: str
    share: float
    needed: str


def stopping(sheet: Sheet, path: str) -> dict[str, Any]:
    """Return what the part about the largest provider needs; nothing where none is known."""
    largest = next(iter(sheet.tables.providers), None)
    if largest is None or not largest.share or sheet.tables.facts.providers < 2:  # noqa: PLR2004 -- none other could take over
        return {"stops": False}
    losses = sheet.tables.losses
    much = [loss for loss in losses if _share(loss) >= MUCH]
    shown = [_lost(sheet, path, loss) for loss in losses[:SHOWN]]
    return {
        "stops": True,
        "stops_address": link("organisations-one", largest.organisation),
        "stops_said": _said(sheet, largest, much),
        "stops_rest": _rest(sheet),
        "losses": shown,
        "losses_kind": largest.kind,
        "losses_caption": f"What the areas of the largest provider would lose: "
        f"{number(len(shown))} of {counted(len(losses), 'area')}, largest share first",
        "losses_unit": _unit(sheet),
    }


def _share(loss: Loss) -> float:
    return loss.amount / loss.total


def _unit(sheet: Sheet) -> str:
    facts = sheet.tables.facts
    if sheet.is_by_count:
        return {"awards": "contracts", "payments": "payments"}.get(facts.basis, "entries")
    return facts.unit if facts.basis == "provision" and facts.unit else "value"


def size_said(value: float, facts: Facts, *, is_by_count: bool) -> str:
    """Return an amount in the unit of its basis, or a number of things."""
    if is_by_count or facts.basis == "provision":
        return number(value)
    return money(value, facts.currency)


def _said(sheet: Sheet, largest: Provider, much: list[Loss]) -> list[str]:
    who = "A person, not named," if largest.kind is Kind.INDIVIDUAL else largest.name
    facts = sheet.tables.facts
    things = {
        "awards": ("contract", "contracts"),
        "payments": ("payment", "payments"),
        "provision": ("entry", "entries"),
    }[facts.basis]
    what = counted(round(largest.things), *things)
    if largest.amount and not sheet.is_by_count:
        size = size_said(largest.amount, facts, is_by_count=False)
        noun = f" {facts.unit}" if facts.basis == "provision" and facts.unit else ""
        what += f" with {size}{noun}" if noun else f" worth {size}"
    parts = [f"{counted(largest.areas, 'area')}" if largest.areas else ""]
    parts.append(f"from {counted(largest.buyers, 'buyer')}" if largest.buyers else "")
    where = " ".join(part for part in parts if part)
    first = f"{who} holds {what}"
    first += f", in {where}" if largest.areas else f", {where}" if where else ""
    said = [f"{first}: {percent(largest.share, 1)} of {whole_of(sheet)}."]
    if much and len(sheet.tables.areas) > 1:
        said.append(
            f"In {counted(len(much), 'area')} it holds a quarter or more of {whole_of(sheet)} "
            "there."
        )
    return said


def _rest(sheet: Sheet) -> str:
    """Return what would be left without a provider, where that can be told."""
    row = sheet.one("n-minus-1")
    if row is None or row.value is None:
        return ""
    who = _hardest(sheet, row)
    return (
        f"If every other provider grew by a tenth in its own areas, {percent(row.value, 1)} of "
        f"{whole_of(sheet)} would be left without a provider{who}."
    )


def _hardest(sheet: Sheet, row: Row) -> str:
    """Name the provider hardest to replace, where it is listed and no person."""
    name = row.group.get("hardest_to_replace")
    listed = {one.name for one in sheet.tables.providers if one.kind is not Kind.INDIVIDUAL}
    return f" when the one hardest to replace, {name}, stopped" if name in listed else ""


def _lost(sheet: Sheet, path: str, loss: Loss) -> Lost:
    rest = loss.total - loss.amount
    needed = number(100 * loss.amount / rest) if rest > 0 else "no other provider"
    address = path + query_of(sheet.market, sheet.choices, area=loss.name)
    return Lost(loss, address, _share(loss), needed)
