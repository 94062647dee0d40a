"""A question to the market: which measures, grouped and filtered how, under which choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from convener.base.errors import BadInputError
from convener.base.periods import parse_period
from convener.measures.measure import BASES, ENTITIES

FRAMEWORKS = ("split", "lead", "ceiling")
LEVELS = ("bundle", "label", "division", "group", "class")
GROUPINGS = ("service", "area", "region", "period", "buyer", "source")
FILTERS = (
    "service",
    "area",
    "region",
    "period",
    "from",
    "to",
    "buyer",
    "provider",
    "kind",
    "ocid-prefix",
    "without",
)
SEPARATOR = "|"


def _none() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Question:
    """What is asked.

    ``where`` filters by service, area, region, period, day (``from``, ``to``), buyer, provider or
    kind, or leaves out single processes (``without`` an ocid); several values of one are parted
    by ``|``. ``assume`` sets what a measure assumes, such as the spare capacity of providers.
    ``at`` is the day on which "now" stands; without it, the last day in the data.
    """

    measures: tuple[str, ...]
    by: tuple[str, ...] = ("service",)
    where: Mapping[str, str] = field(default_factory=_none)
    entity: str = "organisation"
    framework: str = "split"
    basis: str | None = None
    sources: tuple[str, ...] = ()
    period: str = "year"
    level: str | None = None
    assume: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    at: date | None = None

    def __post_init__(self) -> None:
        """Refuse a question that cannot mean anything.

        Raises
        ------
        BadInputError
            If a word is not one that is known in its place.
        """
        if not self.measures:
            raise BadInputError("a question names at least one measure")
        for word in self.by:
            _check("grouping", word, GROUPINGS)
        if {"area", "region"} <= set(self.by):
            raise BadInputError(
                "group by area or by region, not by both: an area lies in a region"
            )
        for word in self.where:
            _check("filter", word, FILTERS)
        _check("entity", self.entity, ENTITIES)
        _check("framework rule", self.framework, FRAMEWORKS)
        if self.basis is not None:
            _check("basis", self.basis, BASES)
        if self.level is not None:
            _check("level", self.level, LEVELS)
        parse_period(self.period)

    def wanted(self, key: str) -> list[str] | None:
        """Return the values that a filter lets through, or none where there is no such filter."""
        if key not in self.where:
            return None
        return [part.strip() for part in self.where[key].split(SEPARATOR) if part.strip()]

    def day(self, key: str) -> date | None:
        """Return the day of the filter ``from`` or ``to``; a year alone is its first or last day.

        Raises
        ------
        BadInputError
            If it is not a day or a year.
        """
        text = self.where.get(key)
        if text is None:
            return None
        if len(text) == len("2019") and text.isdigit():
            text += "-01-01" if key == "from" else "-12-31"
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            message = f"{key} is {text!r}; wanted a day such as 2019-04-01, or a year"
            raise BadInputError(message) from error


def _check(what: str, met: str, known: tuple[str, ...]) -> None:
    if met not in known:
        raise BadInputError(f"a {what} cannot be {met!r}; wanted one of {', '.join(known)}")
