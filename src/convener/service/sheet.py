"""One market's page: the choices in its address, its readings and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import duckdb

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.measures.balance import READINGS, Reading, balance_question
from convener.measures.measure import BASES, ENTITIES, find_measure
from convener.measures.question import FRAMEWORKS, Question
from convener.measures.run import Row, measure
from convener.service.market_data import MarketData
from convener.service.markets import ENTITY, Market
from convener.service.tables import Tables, periods_of, read_tables

FRAMEWORK = "split"
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
# Asked beside the balance sheet's own: for markets that are counted and not valued,
# and for lists of entries and exits.
BESIDE = {
    "concentration": ("hhi-by-count", "cr1-by-count"),
    "contest": ("places-opened", "places-closed"),
}


@dataclass(frozen=True)
class Choices:
    """What the reader chose among that which the data leaves open, as it stands in the address."""

    basis: str
    entity: str = ENTITY
    framework: str = FRAMEWORK
    area: str = ""
    period: str = ""

    def query(self, market: Market, **change: str) -> str:
        """Return the address's query with a change; what is usual is left out."""
        usual = Choices(basis=market.bases[0])
        wanted = vars(replace(self, **change))
        kept = {name: value for name, value in wanted.items() if value != getattr(usual, name)}
        return f"?{urlencode(kept)}" if kept else ""


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


@dataclass(frozen=True)
class Sheet:
    """A market under one set of choices."""

    market: Market
    choices: Choices
    rows: dict[str, list[Row]]
    tables: Tables
    periods: tuple[str, ...]

    def all_of(self, name: str) -> list[Row]:
        """Return every row of a measure."""
        return [row for rows in self.rows.values() for row in rows if row.measure == name]

    def one(self, name: str) -> Row | None:
        """Return the one row of a measure, where it was asked and answered."""
        return next(iter(self.all_of(name)), None)

    def first(self, *names: str) -> Row | None:
        """Return the first of some measures that has a figure."""
        rows = (self.one(name) for name in names)
        return next((row for row in rows if row is not None and row.value is not None), None)

    @property
    def shares(self) -> dict[Kind, Row]:
        """Return the mix: by value where anything is valued, else by count."""
        for name in ("share-by-kind", "share-by-kind-by-count"):
            rows = {Kind(row.group["kind"]): row for row in self.all_of(name)}
            if any(row.value for row in rows.values()):
                return rows
        return {}

    @property
    def is_by_count(self) -> bool:
        """Say whether the mix counts things and does not add values."""
        return not any(row.value for row in self.all_of("share-by-kind"))


def read_choices(market: Market, asked: Mapping[str, str]) -> Choices:
    """Return the choices that an address makes.

    Raises
    ------
    BadInputError
        If a word of the address is not one that can be chosen.
    """
    return Choices(
        basis=_chosen("basis", asked, market.bases),
        entity=_chosen("entity", asked, (ENTITY, *ENTITIES)),
        framework=_chosen("framework", asked, (FRAMEWORK, *FRAMEWORKS)),
        area=asked.get("area", ""),
        period=asked.get("period", ""),
    )


def _chosen(name: str, asked: Mapping[str, str], known: tuple[str, ...]) -> str:
    word = asked.get(name) or known[0]
    if word not in known:
        listed = ", ".join(dict.fromkeys(known))
        raise BadInputError(f"{name} is {word!r}; it can be {listed} here")
    return word


def read_sheet(data: MarketData, market: Market, choices: Choices) -> Sheet:
    """Return a market's figures and tables; computed once for each snapshot and set of choices.

    Raises
    ------
    BadInputError
        If the market has nothing in the area or the year that was chosen.
    """
    whole = _sheet(data, market, replace(choices, area="", period=""))
    _check_within("area", choices.area, [area.name for area in whole.tables.areas])
    _check_within("period", choices.period, whole.periods)
    return _sheet(data, market, choices)


def _check_within(name: str, word: str, known: list[str] | tuple[str, ...]) -> None:
    if word and word not in known:
        raise BadInputError(f"this market has nothing in the {name} {word!r}")


def _sheet(data: MarketData, market: Market, choices: Choices) -> Sheet:
    return data.kept(("sheet", market.service, choices), lambda: _read(data, market, choices))


def question_of(market: Market, choices: Choices) -> Question:
    """Return the question that a page answers."""
    return balance_question(
        market.service,
        area=choices.area or None,
        period=choices.period or None,
        entity=choices.entity,
        framework=choices.framework,
        basis=choices.basis,
    )


def asked_of(reading: Reading) -> tuple[str, ...]:
    """Return the measures that a page asks for a reading."""
    return (*reading.measures, *BESIDE.get(reading.key, ()))


def _ask(cursor: duckdb.DuckDBPyConnection, question: Question) -> dict[str, list[Row]]:
    asked = {reading.key: asked_of(reading) for reading in READINGS}
    names = tuple(name for group in asked.values() for name in group)
    fitting = tuple(
        name for name in names if question.basis in (find_measure(name).bases or BASES)
    )
    rows = measure(cursor, replace(question, measures=fitting))
    # What only awards can answer is asked of them, whatever the market is counted by.
    if others := tuple(name for name in names if name not in fitting):
        rows += measure(cursor, replace(question, measures=others, basis=None))
    return {key: [row for row in rows if row.measure in group] for key, group in asked.items()}


def _read(data: MarketData, market: Market, choices: Choices) -> Sheet:
    question = question_of(market, choices)
    with data.cursor() as cursor:
        return Sheet(
            market=market,
            choices=choices,
            rows=_ask(cursor, question),
            tables=read_tables(cursor, question, choices.basis),
            periods=periods_of(cursor, question, choices.basis),
        )


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
                else path + sheet.choices.query(sheet.market, **{name: word}),
            )
            for word, label in options
        ),
    )
