"""The choices of a market's page, as links: each stands in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from urllib.parse import urlencode

from convener.measures.bench import Bench
from convener.measures.by_market import only
from convener.measures.lists.holders import Tables, read_tables
from convener.measures.markets import Market
from convener.measures.sheet import (
    LISTED,
    Choices,
    Sheet,
    check_within,
    question_of,
    read_sheet,
    usual_choices,
)
from convener.service.market.data import MarketData

_WORDS = {
    "basis": {"awards": "Awards", "payments": "Payments", "provision": "Provision"},
    "entity": {"owner": "Ultimate owner", "organisation": "Organisation", "name": "As named"},
    "framework": {"split": "Split evenly", "lead": "All to the first", "ceiling": "All to each"},
}
_TITLES = {
    "basis": "Counted by",
    "entity": "One provider is",
    "framework": "An award to several",
    "area": "Area",
    "period": "Year",
}
PERIODS_SHOWN = 6
WHOLE_KEPT = 4  # a large market's may be thousands of rows; its tables are asked for in turn


@dataclass(frozen=True)
class Option:
    """One link of a switch; the current choice has no address."""

    label: str
    address: str | None


@dataclass(frozen=True)
class Switch:
    """One choice with its options."""

    title: str
    options: tuple[Option, ...]
    name: str = ""


@dataclass(frozen=True)
class Narrowing:
    """The areas and years to which a page can be narrowed by a form, and what it keeps."""

    areas: tuple[str, ...]
    periods: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]


def query_of(market: Market, choices: Choices, **change: str) -> str:
    """Return an address's query for some choices with a change; what is usual is left out."""
    usual = usual_choices(market)
    wanted = vars(replace(choices, **change))
    kept = {name: value for name, value in wanted.items() if value != getattr(usual, name)}
    return f"?{urlencode(kept)}" if kept else ""


def sheet_of(data: MarketData, market: Market, choices: Choices) -> Sheet:
    """Return a market's sheet; read or computed once for each snapshot and set of choices.

    Raises
    ------
    BadInputError
        If the market has nothing in the area or the year that was chosen.
    """
    whole = _sheet(data, market, replace(choices, area="", period=""))
    check_within(whole, choices)
    return _sheet(data, market, choices)


def narrowing(data: MarketData, sheet: Sheet) -> Narrowing:
    """Return what the form of areas and years offers: all that the whole market has."""
    all_of = _sheet(data, sheet.market, replace(sheet.choices, area="", period=""))
    usual = usual_choices(sheet.market)
    kept = {name: getattr(sheet.choices, name) for name in ("basis", "entity", "framework")}
    return Narrowing(
        areas=tuple(sorted(area.name for area in all_of.tables.areas)),
        periods=all_of.periods,
        kept=tuple((name, word) for name, word in kept.items() if word != getattr(usual, name)),
    )


def _sheet(data: MarketData, market: Market, choices: Choices) -> Sheet:
    def made() -> Sheet:
        if (sheet := data.figures.sheet(market, choices)) is not None:
            return sheet
        of_all_years = (
            _sheet(data, market, replace(choices, period="")) if choices.period else None
        )
        with data.cursor() as cursor:
            return read_sheet(cursor, market, choices, of_all_years=of_all_years)

    return data.kept(("sheet", market.service, choices), made)


def whole(data: MarketData, sheet: Sheet) -> Sheet:
    """Return a sheet with all of its providers and buyers, where it holds the largest only."""
    listed = sheet.tables
    if len(listed.providers) < LISTED and len(listed.buyers) < LISTED:
        return sheet
    read = data.kept("whole", lambda: lru_cache(WHOLE_KEPT)(partial(_tables, data)))
    return replace(sheet, tables=read(sheet.market, sheet.choices) or listed)


def _tables(data: MarketData, market: Market, choices: Choices) -> Tables | None:
    with (
        data.cursor() as cursor,
        only(cursor, market.level, market.service, choices.area),
        Bench(cursor, question_of([market], choices)) as bench,
    ):
        return read_tables(bench, choices.basis).get(market.service)


def switches(sheet: Sheet, path: str) -> list[Switch]:
    """Return the choices that make a difference here, as links."""
    offered = {
        "basis": sheet.market.bases,
        "entity": ("owner", "organisation", "name"),
        "framework": ("split", "lead", "ceiling") if sheet.choices.basis == "awards" else (),
    }
    made = [
        _switch(sheet, path, name, tuple((word, _WORDS[name][word]) for word in words))
        for name, words in offered.items()
        if len(words) > 1
    ]
    if len(sheet.periods) > 1:
        years = tuple((year, year) for year in sheet.periods[:PERIODS_SHOWN])
        made.append(_switch(sheet, path, "period", (("", "All"), *years)))
    if sheet.choices.area:
        area = sheet.choices.area
        made.append(_switch(sheet, path, "area", ((area, area), ("", "All areas"))))
    return made


def _switch(sheet: Sheet, path: str, name: str, options: tuple[tuple[str, str], ...]) -> Switch:
    current = getattr(sheet.choices, name)
    return Switch(
        _TITLES[name],
        tuple(
            Option(
                label,
                None
                if word == current
                else path + query_of(sheet.market, sheet.choices, **{name: word}),
            )
            for word, label in options
        ),
        name,
    )
