"""Markets: the list, and one market's readings and tables under the reader's choices."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Path, Query, Schema

from convener.measures.balance import READINGS
from convener.measures.keeping import FIGURES
from convener.measures.markets import LEVELS, NAMED
from convener.measures.sheet import Sheet, read_choices
from convener.rules.access import Act
from convener.service.api.frame import operation
from convener.service.api.paging import Asked, Page, page_of
from convener.service.api.shapes import Cell, Figure, Number, OfMarket, figure
from convener.service.downloads import as_json
from convener.service.market import files
from convener.service.market.data import MarketData, market_data
from convener.service.market.listing import Listed, find_market, listed, search
from convener.service.market.switches import sheet_of, whole

TEXT_MAX = 200


class MarketFigure(Schema):
    """One figure of a market, as a list shows it."""

    value: Number | None
    low: Number | None
    high: Number | None


class MarketListed(Schema):
    """One market, with the figures that one looks at first."""

    service: str
    label: str
    level: str = Field(description="bundle, label, division, group or class")
    basis: str = Field(description="what its figures count")
    processes: int
    payments: int
    provision: int
    figures: dict[str, MarketFigure] = Field(description="by the name of the measure")
    mix: dict[str, float] = Field(description="share by kind of provider, where kinds are known")


class ChoicesMade(Schema):
    """What the asker chose among that which the data leaves open."""

    basis: str
    entity: str
    framework: str
    area: str
    period: str


class ReadingShown(Schema):
    """One of the five sides of a balance sheet."""

    key: str
    title: str
    asks: str
    figures: list[Figure]


class BalanceSheet(Schema):
    """One market under one set of choices."""

    service: str
    label: str
    level: str
    bases: list[str] = Field(description="the bases that it can be read on, the usual first")
    choices: ChoicesMade
    readings: list[ReadingShown]
    trend: list[Figure] = Field(description="the figures that are followed, by year")
    periods: list[str] = Field(description="years in which it has anything")
    areas: list[str] = Field(description="areas in which it has anything")


@operation("markets", Act.SEE_MARKET, Page[MarketListed], tag="Markets")
def markets(
    request: HttpRequest,
    part: Asked,
    q: Annotated[str, Query(max_length=TEXT_MAX, description="words of a name, or a code")] = "",
    level: Annotated[
        Literal["bundle", "label", "division", "group", "class"] | None,
        Query(description="how services are cut; else the named ones"),
    ] = None,
) -> dict[str, Any]:
    """List the markets, the named ones first; with q, those of any sort whose name is like it."""
    data = market_data()
    levels = (level,) if level else LEVELS if q.strip() else NAMED
    known = {row.market: row for name in levels for row in listed(data, name)}
    found = [known[one] for one in search(q, known)] if q.strip() else list(known.values())
    answer = page_of(request, part, found)
    return answer | {"rows": [_listed(row) for row in answer["rows"]]}


def _listed(row: Listed) -> dict[str, Any]:
    return {
        **vars(row.market),
        "basis": row.basis,
        "figures": {name: vars(row.rows[name]) for name in FIGURES if name in row.rows},
        "mix": {part.kind.value: part.share for part in row.mix},
    }


class Switches(Schema):
    """The choices that the data leaves open; what is not chosen is as a market is read first."""

    basis: Literal["awards", "payments", "provision"] | None = Field(
        None, description="what is counted, of what this market has"
    )
    entity: Literal["owner", "organisation", "name"] = Field(
        "owner", description="what counts as one provider"
    )
    framework: Literal["split", "lead", "ceiling"] = Field(
        "split", description="how an award to several suppliers is read"
    )
    area: str = Field("", max_length=TEXT_MAX, description="one area of the market")
    period: str = Field("", max_length=TEXT_MAX, description="one year of the market")


Chosen = Annotated[Switches, Query()]


@operation("markets/{str:service}", Act.SEE_MARKET, BalanceSheet, tag="Markets")
def markets_one(request: HttpRequest, service: OfMarket, chosen: Chosen) -> dict[str, Any]:  # noqa: ARG001 -- ninja's signature
    """Give one market's balance sheet: its five readings, and what is followed over the years."""
    sheet = _sheet(market_data(), service, chosen)
    return {
        **vars(sheet.market),
        "bases": sheet.market.bases,
        "choices": vars(sheet.choices),
        "readings": [
            {
                "key": reading.key,
                "title": reading.title,
                "asks": reading.asks,
                "figures": [figure(row) for row in sheet.rows[reading.key]],
            }
            for reading in READINGS
        ],
        "trend": [figure(row) for row in sheet.trend],
        "periods": sheet.periods,
        "areas": [area.name for area in sheet.tables.areas],
    }


@operation(
    "markets/{str:service}/{str:table}", Act.DOWNLOAD_FIGURES, Page[dict[str, Cell]], tag="Markets"
)
def markets_table(
    request: HttpRequest,
    service: OfMarket,
    table: Annotated[
        str, Path(description="kinds, providers, buyers, areas, years, losses or figures")
    ],
    part: Asked,
    chosen: Chosen,
) -> dict[str, Any]:
    """Give one table of a market, such as its providers or its areas."""
    data = market_data()
    sheet = _sheet(data, service, chosen)
    found = files.table(whole(data, sheet), table)
    answer = page_of(request, part, found.rows)
    return answer | {"rows": [as_json(found.columns, row) for row in answer["rows"]]}


def _sheet(data: MarketData, service: OfMarket, chosen: Switches) -> Sheet:
    market = find_market(data, service)
    return sheet_of(
        data, market, read_choices(market, {**chosen.dict(), "basis": chosen.basis or ""})
    )
