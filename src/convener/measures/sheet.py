"""One market's balance sheet as it is read: its figures and lists under one set of choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.measures.balance import READINGS, Reading, balance_question
from convener.measures.bench import Bench
from convener.measures.by_market import only
from convener.measures.lists.holders import Tables, no_tables, read_periods, read_tables
from convener.measures.markets import ENTITY, Market
from convener.measures.measure import BASES, ENTITIES, find_measure
from convener.measures.question import FRAMEWORKS, SEPARATOR, Question
from convener.measures.rows import unanswered
from convener.measures.run import Row, answers_under

FRAMEWORK = "split"
LISTED = 200  # providers, and buyers, that a sheet holds; a download asks for all
# Asked beside the balance sheet's own: for markets that are counted and not valued,
# and for lists of entries and exits.
BESIDE = {
    "concentration": ("hhi-by-count", "cr1-by-count"),
    "contest": ("places-opened", "places-closed"),
}
# The figures that are followed over the years, in the order of the readings.
FOLLOWED = (
    "effective-number-of-kinds",
    "share-by-kind",
    "share-by-kind-by-count",
    "hhi",
    "hhi-by-count",
    "single-bid-share",
    "new-entrants",
    "places-opened",
    "share-with-lots",
    "sme-share",
    "vcse-share",
    "n-minus-1",
    "area-dominance",
)


@dataclass(frozen=True)
class Choices:
    """What the reader chose among that which the data leaves open."""

    basis: str
    entity: str = ENTITY
    framework: str = FRAMEWORK
    area: str = ""
    period: str = ""


@dataclass(frozen=True)
class Sheet:
    """A market under one set of choices.

    ``rows`` are the figures of each reading by its key; ``trend`` are those that are followed,
    by year, whatever year was chosen.
    """

    market: Market
    choices: Choices
    rows: dict[str, list[Row]]
    trend: list[Row]
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

    def over_time(self, name: str) -> list[Row]:
        """Return the rows of a followed measure by year, the first year first."""
        rows = [row for row in self.trend if row.measure == name]
        return sorted(rows, key=lambda row: str(row.group["period"]))

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


def usual_choices(market: Market) -> Choices:
    """Return the choices under which a market is read first."""
    return Choices(basis=market.bases[0])


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


def check_within(sheet: Sheet, choices: Choices) -> None:
    """Refuse an area or a year in which the whole market has nothing.

    Raises
    ------
    BadInputError
        If there is nothing; the message says of what.
    """
    known = {"area": [area.name for area in sheet.tables.areas], "period": [*sheet.periods]}
    for name, words in known.items():
        word = getattr(choices, name)
        if word and word not in words:
            raise BadInputError(f"this market has nothing in the {name} {word!r}")


def question_of(markets: Sequence[Market], choices: Choices) -> Question:
    """Return the question that the sheets of some markets answer."""
    question = balance_question(
        SEPARATOR.join(market.service for market in markets),
        area=choices.area or None,
        period=choices.period or None,
        entity=choices.entity,
        framework=choices.framework,
        basis=choices.basis,
    )
    return replace(question, by=("service",), level=markets[0].level)


def asked_of(reading: Reading) -> tuple[str, ...]:
    """Return the measures that a sheet asks for a reading."""
    return (*reading.measures, *BESIDE.get(reading.key, ()))


def read_sheet(
    cursor: duckdb.DuckDBPyConnection,
    market: Market,
    choices: Choices,
    *,
    of_all_years: Sheet | None = None,
) -> Sheet:
    """Return a market's sheet under some choices.

    What is followed over the years does not depend on the year: it is taken from the sheet of
    all years, where that is at hand.
    """
    with only(cursor, market.level, market.service, choices.area):
        if of_all_years is None:
            [sheet] = read_sheets(cursor, [market], [choices])
            return sheet
        with Bench(cursor, question_of([market], choices)) as bench:
            [sheet] = _within(bench, [market], [choices])
    return replace(sheet, trend=of_all_years.trend, periods=of_all_years.periods)


def read_sheets(
    cursor: duckdb.DuckDBPyConnection, markets: Sequence[Market], choices: Sequence[Choices]
) -> list[Sheet]:
    """Return the sheets of markets of one level and of the same bases, each under some choices.

    The choices differ by entity and framework alone. Asked together, each sheet has the figures
    that it has when asked alone.
    """
    question = question_of(markets, choices[0])
    with Bench(cursor, question) as bench:
        sheets = _within(bench, markets, choices)
        where = {name: value for name, value in question.where.items() if name != "period"}
        bench.turn_to(replace(question, by=("service", "period"), where=where))
        trends = dict(zip(choices, _ask(bench, FOLLOWED, choices), strict=True))
        periods = read_periods(bench, choices[0].basis)
    return [
        replace(
            sheet,
            trend=_given(trends[sheet.choices].get(sheet.market.service, {})),
            periods=periods.get(sheet.market.service, ()),
        )
        for sheet in sheets
    ]


def _within(bench: Bench, markets: Sequence[Market], choices: Sequence[Choices]) -> list[Sheet]:
    """Return the sheets of markets with all but what is followed over the years."""
    names = tuple(name for reading in READINGS for name in asked_of(reading))
    sheets = []
    for one, rows in zip(choices, _ask(bench, names, choices), strict=True):
        bench.question = replace(bench.question, entity=one.entity, framework=one.framework)
        tables = read_tables(bench, one.basis, most=LISTED)
        sheets += [
            Sheet(
                market=market,
                choices=one,
                rows=_by_reading(bench.question, rows.get(market.service, {}), names),
                trend=[],
                tables=tables.get(market.service) or no_tables(one.basis),
                periods=(),
            )
            for market in markets
        ]
    return sheets


def _given(answers_: dict[str, list[Row]]) -> list[Row]:
    return [row for rows in answers_.values() for row in rows if row.value is not None]


def _ask(
    bench: Bench, names: tuple[str, ...], choices: Sequence[Choices]
) -> list[dict[str, dict[str, list[Row]]]]:
    """Return under each choice, by service and measure, the rows that answer.

    The service is taken from their groups. Of a measure that lists many (its providers, its
    buyers), the largest are kept.
    """
    basis = choices[0].basis
    rules = [(one.entity, one.framework) for one in choices]
    fitting = tuple(name for name in names if basis in (find_measure(name).bases or BASES))
    answered = answers_under(bench, fitting, basis, rules)
    # What only awards can answer is asked of them, whatever the market is counted by.
    if others := tuple(name for name in names if name not in fitting):
        more = answers_under(bench, others, None, rules)
        answered = [[*rows, *rest] for rows, rest in zip(answered, more, strict=True)]
        bench.question = replace(bench.question, basis=basis)
    return [_largest(rows) for rows in answered]


def _largest(rows: Sequence[Row]) -> dict[str, dict[str, list[Row]]]:
    found: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        group = {key: value for key, value in row.group.items() if key != "service"}
        of_measure = found.setdefault(str(row.group["service"]), {}).setdefault(row.measure, [])
        if len(of_measure) < LISTED:
            of_measure.append(replace(row, group=group))
    return found


def _by_reading(
    question: Question, answered: dict[str, list[Row]], names: tuple[str, ...]
) -> dict[str, list[Row]]:
    """Return the rows of each reading; a measure that nothing answers says so."""
    alone = replace(question, by=())
    told = {
        name: answered.get(name)
        or [unanswered(alone, find_measure(name), _basis_of(name, question))]
        for name in names
    }
    return {
        reading.key: [row for name in asked_of(reading) for row in told[name]]
        for reading in READINGS
    }


def _basis_of(name: str, question: Question) -> str:
    bases = find_measure(name).bases or BASES
    return question.basis if question.basis in bases else bases[0]
