"""The tables and drawings of a market's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convener.base.kinds import Kind
from convener.measures.lists.holders import Area, Facts, Provider
from convener.measures.lists.holders_sql import ENDING_MONTHS
from convener.measures.measure import find_measure
from convener.measures.rows import NOT_IN_HOUSE, Row
from convener.measures.sheet import Sheet
from convener.service import charts
from convener.service.market.advice import contracts_address
from convener.service.market.by_place import by_place
from convener.service.market.data import MarketData
from convener.service.market.history import over_time
from convener.service.market.paging import link
from convener.service.market.readings import rule_of
from convener.service.market.spoken import SPOKEN, Write, one_place, one_place_percent
from convener.service.market.stopping import stopping
from convener.service.market.switches import query_of
from convener.service.market.verdict import HOLD, LOCAL, judged_areas, whole_of
from convener.service.words import counted, day, money, number, percent, span

PROVIDERS_SHOWN = 15
BUYERS_SHOWN = 15
AREAS_SHOWN = 15
ENTITY_SAID = {
    "owner": "Organisations of one ultimate owner are one provider, where the owner is known.",
    "organisation": "Spellings of one organisation are one provider; owners are not joined.",
    "name": "Each spelling is a provider of its own.",
}
AMOUNTS = {"awards": "Value", "payments": "Paid"}
THINGS = {"awards": "awards", "payments": "payments", "provision": "entries"}


@dataclass(frozen=True)
class KindRow:
    """One kind of provider in the table of the mix."""

    kind: Kind
    providers: int
    share: float | None
    by_value: str
    by_count: str


@dataclass(frozen=True)
class FigureRow:
    """One figure in the table of all figures."""

    measure: str
    value: str
    range: str
    count: int
    coverage: float | None
    note: str


@dataclass(frozen=True)
class HeldArea:
    """An area in which one provider holds much, with the address of the market there."""

    area: Area
    address: str


def shown(data: MarketData, sheet: Sheet, path: str) -> dict[str, Any]:
    """Return what the page's tables and drawings need."""
    facts = sheet.tables.facts
    loaded = {source.name: source for source in data.sources}
    return {
        "facts": facts,
        "under": _under(sheet),
        "whole": whole_of(sheet),
        "things": THINGS[facts.basis],
        **_figures(sheet),
        "sources": [
            (loaded[name], count) for name, count in sheet.tables.sources if name in loaded
        ],
        **_mix(sheet),
        **_providers(sheet),
        **_areas(sheet, path),
        **over_time(sheet),
        **by_place(sheet),
        **stopping(sheet, path),
        **_buyers(sheet),
    }


def _under(sheet: Sheet) -> str:
    facts, choices = sheet.tables.facts, sheet.choices
    where = f"in {choices.area}" if choices.area else ""
    if facts.first_on is None or facts.last_on is None:
        when = ""
    elif facts.first_on == facts.last_on:
        when = f"on {day(facts.last_on)}"
    else:
        when = f"from {day(facts.first_on)} to {day(facts.last_on)}"
    what = {
        "awards": "Contracts awarded",
        "payments": "Money paid",
        "provision": "What is provided",
    }
    return " ".join(part for part in (what[facts.basis], where, when) if part)


def _mix(sheet: Sheet) -> dict[str, Any]:
    rows = kind_rows(sheet)
    shares = {row.kind: row.share for row in rows if row.share}
    drawn = [charts.MixRow(sheet.choices.area or "All areas", shares, _total(sheet))]
    return {
        "kind_rows": rows,
        "shown_kinds": [row.kind for row in rows if row.share],
        "mix_chart": charts.mix_chart(drawn) if shares else None,
        "mix_said": _mix_said(rows, whole_of(sheet)),
        "not_in_house": any(row.by_value == NOT_HERE for row in rows),
    }


NOT_HERE = "not in this data"
NO_REGION = "Region not known"


def kind_rows(sheet: Sheet) -> list[KindRow]:
    """Return the mix by kind, by value and by count, in the fixed order."""
    by_count = {Kind(row.group["kind"]): row for row in sheet.all_of("share-by-kind-by-count")}
    by_value = {Kind(row.group["kind"]): row for row in sheet.all_of("share-by-kind")}
    key = sheet.shares
    return [
        KindRow(
            kind=kind,
            providers=sheet.tables.kinds.get(kind, 0),
            share=float(key[kind].value or 0) if kind in key else None,
            by_value=_share(by_value.get(kind)),
            by_count=_share(by_count.get(kind)),
        )
        for kind in Kind
        if kind in by_value or kind in by_count
    ]


def _share(row: Row | None) -> str:
    if row is None:
        return ""
    if row.note.startswith(NOT_IN_HOUSE):
        return NOT_HERE
    if row.value is None:
        return "No figure"
    return span(_float(row.low), _float(row.high), one_place_percent)


def _float(value: Any) -> float | None:  # noqa: ANN401 -- any number
    return None if value is None else float(value)


def _mix_said(rows: list[KindRow], whole: str) -> str:
    known = [row for row in rows if row.share and row.kind is not Kind.UNKNOWN]
    if not known:
        return "The kind of no provider is known."
    known.sort(key=lambda row: -(row.share or 0))
    parts = [f"{row.kind.label.lower()} {row.by_value or row.by_count}" for row in known[:3]]
    return f"Of {whole}: {', '.join(parts)}."


def _total(sheet: Sheet) -> str:
    facts = sheet.tables.facts
    return number(facts.things) if sheet.is_by_count else amount(facts.total, facts)


def amount(value: float | None, facts: Facts) -> str:
    """Return an amount in the unit of its basis."""
    if value is None:
        return "not given"
    return number(value) if facts.basis == "provision" else money(value, facts.currency)


def _providers(sheet: Sheet) -> dict[str, Any]:
    facts = sheet.tables.facts
    rows = sheet.tables.providers[:PROVIDERS_SHOWN]
    count = facts.providers
    held = sum(row.share or 0.0 for row in rows[:4])
    return {
        "providers": [_provider_row(sheet, row) for row in rows],
        "largest_share": max((row.share or 0.0 for row in rows), default=0.0),
        "providers_caption": _largest_of(len(rows), counted(count, "provider")),
        "providers_said": f"There {'is' if count == 1 else 'are'} {counted(count, 'provider')}. "
        f"The four largest hold {percent(held)} of {whole_of(sheet)}.",
        "entity_said": ENTITY_SAID[sheet.choices.entity],
        "amount_title": AMOUNTS.get(facts.basis, facts.unit.capitalize() or "Size"),
        "has_buyers": any(row.buyers for row in rows),
        "has_ending": any(row.ending is not None for row in rows),
    }


def _largest_of(shown: int, all_of: str) -> str:
    is_all = all_of.split(maxsplit=1)[0] == number(shown)
    return f"All {all_of}, the largest first" if is_all else f"The {shown} largest of {all_of}"


def _provider_row(sheet: Sheet, row: Provider) -> dict[str, Any]:
    is_named = sheet.choices.basis == "awards" and row.kind is not Kind.INDIVIDUAL
    opened = contracts_address(sheet, provider=row.name) if is_named else ""
    ending = contracts_address(sheet, provider=row.name, ending=str(ENDING_MONTHS))
    return {
        **vars(row),
        "address": link("organisations-one", row.organisation),
        "things_address": opened,
        "ending_address": ending if is_named and row.ending else "",
    }


def _buyers(sheet: Sheet) -> dict[str, Any]:
    facts = sheet.tables.facts
    rows = sheet.tables.buyers[:BUYERS_SHOWN]
    is_awards = sheet.choices.basis == "awards"
    return {
        "buyers": [
            {
                **vars(row),
                "address": link("organisations-one", row.organisation),
                "things_address": contracts_address(sheet, buyer=row.name) if is_awards else "",
                "ending_address": contracts_address(
                    sheet, buyer=row.name, ending=str(ENDING_MONTHS)
                )
                if is_awards and row.ending
                else "",
            }
            for row in rows
        ],
        "buyers_caption": _largest_of(len(rows), counted(facts.buyers, "buyer")),
        "buyers_said": _buyers_said(sheet),
        "buyers_ending": any(row.ending is not None for row in rows),
    }


def _buyers_said(sheet: Sheet) -> list[str]:
    count = sheet.tables.facts.buyers
    said = [f"{counted(count, 'buyer')} {'buys' if count == 1 else 'buy'} here."]
    largest = next(iter(sheet.tables.buyers), None)
    if largest is not None and largest.share is not None and count > 1:
        said.append(f"{largest.name} buys most: {percent(largest.share)} of {whole_of(sheet)}.")
    return said


def dots(sheet: Sheet) -> dict[str, Any]:
    """Return the drawing of the areas by the share of the largest provider in each."""
    judged, held = judged_areas(sheet)
    if len(judged) < 2:  # noqa: PLR2004 -- one area is the market itself
        return {"area_dots": False}
    is_known = any(_region(area) != NO_REGION for area in judged)
    drawn = [
        charts.Dot(
            _region(area) if is_known else "All areas", area.name, area.share or 0.0, area.kind
        )
        for area in sorted(judged, key=lambda area: (_region(area), area.name))
    ]
    met = {area.kind for area in judged}
    return {
        "area_dots": True,
        "dots_chart": charts.dots_chart(drawn, threshold=HOLD),
        "dot_kinds": [kind for kind in Kind if kind in met],
        "areas_said": _areas_said(len(judged), held, len(sheet.tables.areas)),
    }


def _areas(sheet: Sheet, path: str) -> dict[str, Any]:
    drawn = dots(sheet)
    if not drawn["area_dots"]:
        return drawn
    _, held = judged_areas(sheet)
    shown_count = min(AREAS_SHOWN, len(held))
    return {
        **drawn,
        "least": int(find_measure(LOCAL).assumes["least"]),
        "held_areas": [
            HeldArea(area, path + query_of(sheet.market, sheet.choices, area=area.name))
            for area in held[:AREAS_SHOWN]
        ],
        "held_caption": f"Areas where one provider holds 30% or more: {number(shown_count)} of "
        f"{number(len(held))}, largest share first",
    }


def _region(area: Area) -> str:
    return NO_REGION if area.region in ("", "unknown") else area.region


def _areas_said(judged: int, held: list[Area], all_areas: int) -> list[str]:
    held_in = f"In {number(len(held))} of {counted(judged, 'area')}"
    said = [f"{held_in} the largest provider holds {percent(HOLD)} or more."]
    own = sum(area.kind is Kind.IN_HOUSE for area in held)
    if held:
        others = len(held) - own
        said.append(_who_holds(own, others))
    small = all_areas - judged
    if small:
        said.append(
            f"{counted(small, 'area')} {'is' if small == 1 else 'are'} too small to judge."
        )
    return said


def _who_holds(own: int, others: int) -> str:
    """Say in how many of the areas that one provider holds it is a public body itself."""
    if not own:
        return "In none of them is it a public body itself."
    if not others:
        return "In each of them it is a public body itself."
    return f"In {number(own)} of them it is a public body itself, in {number(others)} another."


def _figures(sheet: Sheet) -> dict[str, Any]:
    """Return the figures that there are, and the measures that this data does not answer."""
    rows = [row for found in sheet.rows.values() for row in found if is_whole(row)]
    return {
        "figures": [_figure_row(row) for row in rows if row.value is not None],
        "unanswered": [row for row in rows if row.value is None],
    }


def is_whole(row: Row) -> bool:
    """Say whether a row is a figure of the whole market, not of one kind, buyer or provider."""
    return not any(isinstance(value, str) for value in row.group.values()) or (
        row.measure in SPOKEN
    )


def _figure_row(row: Row) -> FigureRow:
    write = _writer(row.measure)
    spread = span(_float(row.low), _float(row.high), write)
    value = write(_float(row.value))
    return FigureRow(
        measure=row.measure,
        value=value,
        range="" if row.value is None or spread == value else spread,
        count=row.count,
        coverage=row.coverage,
        note="; ".join(part for part in row.note.split("; ") if part != rule_of(row)),
    )


def _writer(name: str) -> Write:
    unit = find_measure(name).unit
    if unit.startswith("share"):
        return one_place_percent
    return number if name.startswith(("hhi", "places-")) else one_place
