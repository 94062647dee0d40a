"""Measures: the catalogue, and any measure by any grouping."""

from __future__ import annotations

from datetime import date
from functools import lru_cache, partial
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Schema

from convener.base.errors import BadInputError, NotFoundError
from convener.measures.measure import Measure, catalogue, find_measure
from convener.measures.question import SEPARATOR, Question
from convener.measures.run import Row, measure
from convener.rules.access import Act
from convener.service.api.asking import bounded
from convener.service.api.frame import operation
from convener.service.api.paging import Asked, Page, page_of
from convener.service.api.shapes import Figure, OfMeasure, figure
from convener.service.market.data import MarketData, market_data

MEASURES_MAX = 10  # in one question
WORDS_MAX = 20
ROWS_MAX = 100_000  # of an answer, all its pages together
ANSWERS_KEPT = 4  # so that the pages of one answer are computed once

Words = list[Annotated[str, Field(max_length=200)]]


class MeasureListed(Schema):
    """One measure, by the header of its SQL."""

    name: str
    family: str
    asks: str = Field(description="the question that it answers")
    unit: str
    source: str = Field(description="where it is defined")
    grain: list[str]
    needs: list[str]
    minimum: int = Field(description="the fewest things that a figure may rest on")
    minimum_of: str
    varies: list[str] = Field(description="the open choices that its range is over")
    bases: list[str]
    is_event: bool = Field(description="a share of events, which has a Wilson interval")
    assumes: dict[str, float]


class MeasureShown(MeasureListed):
    """One measure with its SQL."""

    sql: str


@operation("measures", Act.SEE_MEASURES, Page[MeasureListed], tag="Measures")
def measures(request: HttpRequest, part: Asked) -> dict[str, Any]:
    """List every measure by family."""
    answer = page_of(request, part, list(catalogue().values()))
    return answer | {"rows": [_told(one) for one in answer["rows"]]}


@operation("measures/{str:name}", Act.SEE_MEASURES, MeasureShown, tag="Measures")
def measures_one(request: HttpRequest, name: OfMeasure) -> dict[str, Any]:  # noqa: ARG001 -- ninja's signature
    """Give what one measure asks, and the SQL that answers."""
    return _told(find_measure(name))


def _told(one: Measure) -> dict[str, Any]:
    return {**vars(one), "assumes": dict(one.assumes)}


class Asking(Schema):
    """A question to the market."""

    measure: Words = Field(min_length=1, max_length=MEASURES_MAX, description="measures' names")
    by: list[Literal["service", "area", "region", "period", "buyer", "source", "all"]] = Field(
        ["service"], max_length=3, description="groupings; all for one figure of everything"
    )
    service: Words = Field([], max_length=WORDS_MAX, description="only these services")
    area: Words = Field([], max_length=WORDS_MAX, description="only these areas")
    region: Words = Field([], max_length=WORDS_MAX, description="only these regions")
    period: Words = Field([], max_length=WORDS_MAX, description="only these periods")
    first: date | None = Field(None, alias="from", description="only from this day on")
    last: date | None = Field(None, alias="to", description="only until this day")
    buyer: Words = Field([], max_length=WORDS_MAX, description="only these buyers, by name")
    kind: Words = Field([], max_length=WORDS_MAX, description="only rows of these kinds")
    source: Words = Field([], max_length=WORDS_MAX, description="only these sources")
    entity: Literal["owner", "organisation", "name"] = Field(
        "owner", description="what counts as one provider"
    )
    framework: Literal["split", "lead", "ceiling"] = Field(
        "split", description="how an award to several suppliers is read"
    )
    basis: Literal["awards", "payments", "provision"] | None = Field(
        None, description="what is counted; the first that there is, where it is not said"
    )
    level: Literal["bundle", "label", "division", "group", "class"] | None = Field(
        None, description="how services are cut"
    )
    window: str = Field(
        "year",
        pattern="^((financial-)?year|[1-9][0-9]?-(financial-)?years)$",
        description="year, financial-year, or years such as 3-years",
    )


FILTERS = ("service", "area", "region", "period", "buyer", "kind")


@operation("figures", Act.DOWNLOAD_FIGURES, Page[Figure], tag="Measures")
def figures(
    request: HttpRequest, part: Asked, asking: Annotated[Asking, Query()]
) -> dict[str, Any]:
    """Ask any measures, by any grouping, as the command does."""
    data = market_data()
    if data.is_empty:
        raise NotFoundError("nothing is loaded, so there is nothing to measure yet")
    answers = data.kept("answers", lambda: lru_cache(ANSWERS_KEPT)(partial(_ask, data)))
    rows = answers(*_question(asking))
    answer = page_of(request, part, rows)
    return answer | {"rows": [figure(row) for row in answer["rows"]]}


def _question(asking: Asking) -> tuple[Any, ...]:
    """Return a question in parts that can be looked up."""
    where = {name: SEPARATOR.join(getattr(asking, name)) for name in FILTERS}
    where |= {"from": str(asking.first or ""), "to": str(asking.last or "")}
    return (
        tuple(dict.fromkeys(asking.measure)),
        () if "all" in asking.by else tuple(dict.fromkeys(asking.by)),
        tuple((name, words) for name, words in where.items() if words),
        *(asking.entity, asking.framework, asking.basis, tuple(asking.source)),
        *(asking.window, asking.level),
    )


def _ask(data: MarketData, *parts: Any) -> tuple[Row, ...]:  # noqa: ANN401 -- as `_question` gives them
    names, by, where, entity, framework, basis, sources, window, level = parts
    question = Question(
        measures=names,
        by=by,
        where=dict(where),
        entity=entity,
        framework=framework,
        basis=basis,
        sources=sources,
        period=window,
        level=level,
    )
    with data.cursor() as cursor, bounded(cursor):
        rows = measure(cursor, question)
    if len(rows) > ROWS_MAX:
        raise BadInputError(
            f"this has {len(rows):,} rows and {ROWS_MAX:,} may be asked at once:"
            " ask of one service or one period"
        )
    return tuple(rows)
