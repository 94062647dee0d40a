"""What if: without steps the figures are the measures' own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.markets import NAMED, known_markets
from convener.measures.question import FRAMEWORKS, Question
from convener.measures.run import measure
from convener.measures.sheet import Choices, question_of, read_sheet
from convener.measures.what_if.figures import figures_of
from convener.measures.what_if.holdings import (
    read_holdings,
)
from convener.simulation.market import make_world
from convener.simulation.releases import write_world
from tried_markets import SPARE, asked, awards, close, measured, numbers_of, told

AT = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    files = write_world(make_world(19, size=0.5), folder / "files")
    store = Store(folder / "workspace")
    load(store, [Wanted(origin=str(path)) for path in files], at=AT)
    with store.connect() as connection:
        yield connection, known_markets(connection, folder)


def choices_of(market, connection):
    """Return some choices of a market: every basis, then a rule, an area and a year."""
    for basis in market.bases:
        usual = Choices(basis=basis)
        yield usual
        if basis == "awards":
            yield from (Choices(basis=basis, framework=rule) for rule in FRAMEWORKS[1:])
    sheet = read_sheet(connection, market, usual)
    yield replace(usual, area=sheet.tables.areas[0].name)
    yield replace(usual, period=sheet.periods[0])


@pytest.mark.parametrize("at", [0, *(pytest.param(at, marks=pytest.mark.slow) for at in (1, 2))])
def test_without_steps_the_figures_are_those_of_the_sheet(world, at):
    connection, markets = world
    market = [one for one in markets if one.level in NAMED][at]

    for choices in choices_of(market, connection):
        sheet = read_sheet(connection, market, choices)
        figures = figures_of(
            read_holdings(connection, question_of([market], choices)), spare=SPARE
        )

        wanted = (
            sheet.first("hhi", "hhi-by-count"),
            sheet.first("cr1", "cr1-by-count"),
            sheet.one("area-dominance"),
            sheet.one("n-minus-1"),
            sheet.one("effective-number-of-kinds"),
        )
        values = numbers_of(None if row is None else row.value for row in wanted)
        assert told(figures) == close(values), choices
        for kind, row in sheet.shares.items():
            if row.value is not None:
                assert figures.mix[kind].value == close(row.value)
                assert figures.mix[kind].high <= row.high + 1e-9  # the sheet's is over rules too
        if choices.basis != "awards":
            kinds = wanted[-1]
            assert (figures.kinds.low, figures.kinds.high) == (close(kinds.low), close(kinds.high))
        assert figures.is_by_count == sheet.is_by_count
        judged = [a for a in sheet.tables.areas if a.things >= 3 and a.share is not None]
        assert figures.judged == len(judged)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rule", FRAMEWORKS)
def test_without_steps_the_figures_of_any_awards_are_the_measures_own(market_of, seed, rule):
    things, who = awards(np.random.default_rng(seed))
    connection = market_of({"things": things, "who": who})

    figures = figures_of(asked(connection, basis="awards", framework=rule), spare=SPARE)

    assert told(figures) == close(measured(connection, basis="awards", framework=rule))


def test_things_that_are_counted_and_not_valued_are_read_by_count(market_of):
    things = [{"providers": f"Firm {number % 3}", "day": "2020-05-01"} for number in range(8)]
    connection = market_of({"things": things})

    figures = figures_of(asked(connection, basis="awards"), spare=SPARE)

    rows = measure(connection, Question(("hhi-by-count", "cr1-by-count"), by=(), entity="owner"))
    assert (figures.hhi, figures.largest) == tuple(close(float(row.value)) for row in rows)
    assert figures.is_by_count
    assert figures.left_over is None


def test_an_award_of_a_million_millions_is_read_to_the_penny(market_of):
    things = [
        {"providers": "Large Ltd", "amount": "1000000000000.25", "day": "2020-05-01"},
        {"providers": "Small Ltd", "amount": "500000000000.10", "day": "2020-05-01"},
    ]

    holdings = asked(market_of({"things": things}), basis="awards")

    assert sorted(holdings.amount.tolist()) == [5_000_000_000_001_000, 10_000_000_000_002_500]
