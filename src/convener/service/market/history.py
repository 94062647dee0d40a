"""How the mix moved: a bar a year, its table, and the years in which the list itself changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convener.base.kinds import Kind
from convener.measures.run import Row
from convener.measures.sheet import Sheet
from convener.service import charts
from convener.service.market.spoken import one_place_percent
from convener.service.market.trend import (
    Break,
    list_breaks,
    part_year,
    thin_years,
    unfit_years,
    years_of,
)
from convener.service.market.verdict import whole_of
from convener.service.words import counted, day, number, percent

MOVED = 0.02  # a share that moved by less is said to have stayed
YEARS_MOST = 12


@dataclass(frozen=True)
class Year:
    """The mix of one year: the share of each kind, and on how many records it rests."""

    year: str
    shares: dict[Kind, float]
    records: int
    broken: Break | None


def mix_by_year(sheet: Sheet) -> list[Year]:
    """Return the mix of each year that has one, the first year first."""
    rows = years_of(sheet.over_time(_followed(sheet)))
    breaks = {one.year: one for one in list_breaks(sheet)}
    by_year: dict[str, list[Row]] = {}
    for row in rows:
        by_year.setdefault(str(row.group["period"]), []).append(row)
    return [
        Year(
            year,
            {Kind(row.group["kind"]): float(row.value or 0) for row in found},
            max(row.count for row in found),
            breaks.get(year),
        )
        for year, found in by_year.items()
    ]


def _followed(sheet: Sheet) -> str:
    return "share-by-kind-by-count" if sheet.is_by_count else "share-by-kind"


def over_time(sheet: Sheet) -> dict[str, Any]:
    """Return what the part about years needs; nothing where fewer than two have a mix."""
    years = mix_by_year(sheet)[-YEARS_MOST:]
    known = [one for one in years if set(one.shares) - {Kind.UNKNOWN}]
    if len(known) < 2:  # noqa: PLR2004 -- one year does not move
        return {"years": []}
    met = {kind for one in years for kind, share in one.shares.items() if share}
    drawn = [charts.MixRow(one.year, one.shares, number(one.records)) for one in years]
    return {
        "years": years,
        "year_kinds": [kind for kind in Kind if kind in met],
        "years_chart": charts.mix_chart(drawn),
        "years_said": _moved(sheet, years),
        "years_breaks": _cautions(sheet, years),
        "year_share": one_place_percent,
    }


def _moved(sheet: Sheet, years: list[Year]) -> list[str]:
    unfit = unfit_years(sheet)
    whole = [one for one in years if one.year not in unfit] or years
    first, last = whole[0], whole[-1]
    sizes = sorted(last.shares, key=lambda kind: -last.shares[kind])
    kinds = [kind for kind in sizes if kind is not Kind.UNKNOWN][:2]
    return [_move(sheet, kind, first, last) for kind in kinds]


def _move(sheet: Sheet, kind: Kind, first: Year, last: Year) -> str:
    was, now = first.shares.get(kind, 0.0), last.shares.get(kind, 0.0)
    name = kind.label[0] + kind.label[1:].lower()
    if abs(now - was) < MOVED:
        return f"{name}: {percent(now)} of {whole_of(sheet)}, as in {first.year}."
    verb = "rose" if now > was else "fell"
    return f"{name} {verb} from {percent(was)} in {first.year} to {percent(now)} in {last.year}."


def _cautions(sheet: Sheet, years: list[Year]) -> list[str]:
    said = [_broken(one.broken) for one in years if one.broken]
    thin = thin_years(sheet)
    said += [
        f"{one.year} rests on {counted(one.records, 'record')}: too few to follow."
        for one in years
        if one.year in thin and one.year != part_year(sheet)
    ]
    last_on = sheet.tables.facts.last_on
    if part_year(sheet) and last_on is not None and years[-1].year == part_year(sheet):
        said.append(f"{years[-1].year} is a part of a year: the data ends on {day(last_on)}.")
    return said


def _broken(found: Break) -> str:
    return (
        f"From {found.year} the list has {number(found.records)} records, where the year before "
        f"had {number(found.before)}. What moved then may be the list and not the market."
    )


def years_file(sheet: Sheet) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """Return the mix by year as a file gives it."""
    rows = [
        {
            "period": row.group["period"],
            "kind": row.group["kind"],
            "measure": row.measure,
            "value": float(row.value or 0),
            "low": row.low if row.low is None else float(row.low),
            "high": row.high if row.high is None else float(row.high),
            "count": row.count,
            "coverage": row.coverage,
        }
        for row in years_of(sheet.over_time(_followed(sheet)))
    ]
    return ("period", "kind", "measure", "value", "low", "high", "count", "coverage"), rows
