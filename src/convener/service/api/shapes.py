"""The shapes of answers that several operations share. What no shape names is never sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Field, Path, Schema
from pydantic import WithJsonSchema

from convener.measures.rows import Row

# As exact as its source: a decimal is written as the number that it is.
Number = Annotated[
    int | float | Decimal,
    WithJsonSchema({"type": "number"}),
]
Cell = Annotated[
    str | int | float | Decimal | list[str] | None,
    WithJsonSchema({"description": "text, a number, a list of texts, or nothing"}),
]


# The parts of an address.
OfMarket = Annotated[str, Path(description="the market's service, as a list of markets has it")]
OfMeasure = Annotated[str, Path(description="the measure's name, as the catalogue has it")]
OfBody = Annotated[str, Path(description="convener's number of the organisation")]
OfProcess = Annotated[str, Path(description="the process's ocid")]
# Whoever can be named: a person is counted and never listed.
KindListed = Literal[
    "in-house",
    "public-body",
    "private",
    "charity",
    "social-enterprise",
    "mutual",
    "joint-venture",
    "unknown",
]


class Figure(Schema):
    """One figure, with what it rests on."""

    measure: str = Field(description="its name in the catalogue of measures")
    group: dict[str, Cell] = Field(
        description="what it is a figure of: the groupings asked for, and the measure's own"
    )
    value: Number | None = Field(description="nothing where there are too few to give a figure")
    low: Number | None = Field(
        description="least value over the choices that the data leaves open"
    )
    high: Number | None = Field(description="greatest such value; a range, not a sampling error")
    unit: str
    count: int = Field(description="how many things it rests on")
    coverage: float | None = Field(description="share of records that could be used, 0 to 1")
    basis: str = Field(description="awards, payments or provision")
    wilson_low: float | None = Field(description="of a share of events: 95% Wilson interval")
    wilson_high: float | None
    note: str = Field(description="what must be known to read it")


def figure(row: Row) -> dict[str, Any]:
    """Return a figure as its shape has it."""
    return dict(vars(row))
