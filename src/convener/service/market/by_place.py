"""The mix by region, or by area where a market has few: a bar each, its table and its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convener.base.kinds import Kind
from convener.measures.lists.holders import Held
from convener.measures.sheet import Sheet
from convener.service import charts
from convener.service.market.spoken import one_place_percent
from convener.service.market.verdict import LEAST, known_kinds, whole_of
from convener.service.words import money, number, percent, span

SHOWN = 12
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Place:
    """The mix of one region or area: the share of each kind, of a whole that it comes to.

    ``name`` is empty for what has no known place.
    """

    name: str
    shares: dict[Kind, float]
    things: float
    size: float

    def ends(self, kind: Kind) -> tuple[float, float]:
        """Return the share of a kind, and what it would be with all that is unknown."""
        share = self.shares.get(kind, 0.0)
        return share, share + self.shares.get(Kind.UNKNOWN, 0.0)


def mix_by_place(sheet: Sheet) -> list[Place]:
    """Return the mix of each place that has one, the largest first and the unknown last."""
    found: dict[str, list[Held]] = {}
    for held in sheet.tables.mixes:
        found.setdefault("" if held.name in ("", UNKNOWN) else held.name, []).append(held)
    places = [_place(sheet, name, rows) for name, rows in found.items()]
    return sorted(
        (one for one in places if one.size > 0),
        key=lambda one: (not one.name, -one.size, one.name),
    )


def _place(sheet: Sheet, name: str, rows: list[Held]) -> Place:
    sizes = {row.kind: _size(sheet, row) for row in rows}
    size = sum(sizes.values())
    shares = {kind: one / size for kind, one in sizes.items() if one > 0} if size > 0 else {}
    return Place(name, shares, sum(row.things for row in rows), size)


def _size(sheet: Sheet, row: Held) -> float:
    return row.things if sheet.is_by_count else row.amount or 0.0


def by_place(sheet: Sheet) -> dict[str, Any]:
    """Return what the part about places needs; nothing where fewer than two have a known mix."""
    places = mix_by_place(sheet)
    named = [one for one in places if one.name]
    if sum(bool(set(one.shares) - {Kind.UNKNOWN}) for one in named) < 2:  # noqa: PLR2004 -- of one place it is the mix itself
        return {"places": []}
    shown = named[:SHOWN] + places[len(named) :]
    met = {kind for one in shown for kind in one.shares}
    noun = "region" if sheet.tables.mixes[0].by_region else "area"
    drawn = [
        charts.MixRow(one.name or _none(noun), one.shares, _total(sheet, one)) for one in shown
    ]
    return {
        "places": shown,
        "place_noun": noun,
        "place_kinds": [kind for kind in Kind if kind in met],
        "places_chart": charts.mix_chart(drawn),
        "places_said": _said(sheet, named),
        "places_left": _left(noun, len(named)),
        "place_share": one_place_percent,
        "place_total": lambda one: _total(sheet, one),
        "place_none": _none(noun),
    }


def _none(noun: str) -> str:
    return f"{noun.capitalize()} not known"


def _left(noun: str, count: int) -> str:
    return (
        f"The {SHOWN} largest of {number(count)} {noun}s; the file has all."
        if count > SHOWN
        else ""
    )


def _total(sheet: Sheet, one: Place) -> str:
    facts = sheet.tables.facts
    if sheet.is_by_count or facts.basis == "provision":
        return number(one.size)
    return money(one.size, facts.currency)


def _said(sheet: Sheet, named: list[Place]) -> list[str]:
    """Say of the two largest kinds where they are known to hold least and most."""
    known = known_kinds(sheet)
    judged = [one for one in named if one.things >= LEAST]
    kinds = sorted(known, key=lambda kind: -float(known[kind].value or 0))[:2]
    said = [_spread(sheet, kind, judged) for kind in kinds] if len(judged) > 1 else []
    return [words for words in said if words]


def _spread(sheet: Sheet, kind: Kind, judged: list[Place]) -> str:
    """Say where a kind holds least and most; nothing where the unknown leaves that open."""
    least = min(judged, key=lambda one: one.ends(kind)[1])
    most = max(judged, key=lambda one: one.ends(kind)[0])
    if most.ends(kind)[0] <= least.ends(kind)[1]:
        return ""
    name = kind.label[0] + kind.label[1:].lower()
    return (
        f"{name}: {span(*least.ends(kind), percent)} of {whole_of(sheet)} in {least.name}, "
        f"{span(*most.ends(kind), percent)} in {most.name}."
    )


def places_file(sheet: Sheet) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """Return the mix by place as a file gives it: a row a place and kind."""
    noun = "region" if any(row.by_region for row in sheet.tables.mixes) else "area"
    rows = [
        {
            "place": one.name or UNKNOWN,
            "level": noun,
            "kind": kind.value,
            "share": share,
            "low": one.ends(kind)[0],
            "high": one.ends(kind)[0 if kind is Kind.UNKNOWN else 1],
            "size": share * one.size,
            "things": one.things,
        }
        for one in mix_by_place(sheet)
        for kind, share in sorted(one.shares.items(), key=lambda item: [*Kind].index(item[0]))
    ]
    return ("place", "level", "kind", "share", "low", "high", "size", "things"), rows
